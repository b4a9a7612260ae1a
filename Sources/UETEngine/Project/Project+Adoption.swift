import UETGit
import UETLedger
import UETModel
import UETSystem

extension Project {
  /// Takes a run's chain for this clone's own as it stands, since a person has looked at it: the
  /// clone's key may be lost, or a backup older than the record.
  ///
  /// The person names the commit, so that what moves the chain meanwhile is not taken along.
  package func adopt(_ run: RunID, at revision: String) async throws {
    let tip = try reader.tip(of: run)
    guard let named = try? repository.resolve(revision), named == tip else {
      throw Refusal.notAdopted(run, "its chain ends with \(tip.short), not there")
    }
    guard let clone = try reader.root(of: run).details["clone"]?.string, clone == knownCloneID
    else { throw Refusal.foreignRun(run) }
    try requireFree(run)
    guard try reader.verify(run).isSound else {
      throw Refusal.notAdopted(run, "its chain is damaged")
    }
    _ = try await cloneID()
    let writer = LedgerNames.mainWriter
    guard
      let document = CloneSeal.document(adopting: tip, of: run, writer, in: repository)
    else { throw Refusal.notAdopted(run, "this clone's key cannot be read") }
    let path = CloneSeal.path(in: repository)
    try Files.write(Array(document.encoded().utf8), to: path, mode: 0o600)
    Files.sync(from: path, upTo: repository.commonDirectory)
  }
}

extension Refusal {
  /// A chain that is not taken for this clone's own, though a person asked for it.
  fileprivate static func notAdopted(_ run: RunID, _ reason: String) -> Refusal {
    Refusal(
      .usage, "run '\(run)' is not taken over: \(reason.terminalSafe)",
      hint: "look at it: git uet verify \(run)")
  }
}
