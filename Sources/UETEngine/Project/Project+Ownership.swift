import UETGit
import UETLedger
import UETModel

/// Which runs this clone may go on with.
extension Project {
  /// Refuses to write to a run that another clone started. What others put in the place of its
  /// chain is set aside first, and said.
  func requireOwn(_ run: RunID) throws {
    try requireNotArchived(run)
    try restoreOwnChains(run)
    _ = try reader.commit(try reader.tip(of: run))
    guard try isOwn(run) else { throw try notToGoOn(run) }
  }

  /// Refuses to write to a run that was put away.
  func requireNotArchived(_ run: RunID) throws {
    if try repository.reference(ledgerNames.chain(run)) == nil {
      let tip = try reader.tip(of: run)
      throw Refusal(
        .usage, "run '\(run)' is archived",
        hint: "bring it back first: git update-ref refs/uet/runs/\(run)/main \(tip)")
    }
  }

  /// Whether this clone started the run. One whose chain cannot be read is nobody's to go on with.
  package func isOwn(_ run: RunID) throws -> Bool {
    let tip: ObjectID
    do throws(LedgerError) { tip = try reader.tip(of: run) } catch {
      if case .noSuchRun = error { return false }
      throw error
    }
    return OwnChains(reader).isOwn(run, tip, clone: knownCloneID)
  }

  /// Sets the chains of this clone back to where it left them, where something else has moved them:
  /// a fetch into `refs/uet` itself, a push into this repository, another program.
  func restoreOwnChains(_ run: RunID? = nil) throws {
    let asides: [OwnChains.Aside]
    do { asides = try OwnChains(reader).restore(run) } catch LedgerError.git(.readOnly) {
      return
    } catch LedgerError.git(.diskFull) {
      return
    }
    for aside in asides { warn(Self.words(of: aside)) }
  }

  private static func words(of aside: OwnChains.Aside) -> String {
    let look = "git log -p \(aside.kept)"
    guard let restored = aside.restored else {
      return "'\(aside.name)' is not as this clone left it, and what it had is not here any more; "
        + "nothing goes on from there; look at what is there: \(look)"
    }
    return "'\(aside.name)' had commits that this clone did not write; it is set back to "
      + "\(restored.short), and they are kept; look at them: \(look) ^\(restored.short)"
  }
}
