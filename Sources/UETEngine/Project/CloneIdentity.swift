import UETGit
import UETLedger
import UETModel

/// Tells one clone from another: a run's main chain is written by the clone that started it, alone.
///
/// The name is kept in the clone's own git configuration, which neither clone nor fetch copies.
extension Project {
  static let cloneKey = "uet.cloneId"

  /// This clone's name; made and kept where there is none yet.
  ///
  /// Under the start lock, and read anew there: of two first runs that start together the second must
  /// neither fail on the lock of git's configuration nor replace the name the first one recorded.
  func cloneID() async throws -> String {
    if let known = repository.config(Self.cloneKey) { return known }
    return try await StartLock.holdingAsync(in: self) {
      if let known = try reopened().config(Self.cloneKey) { return known }
      var random = SystemRandomNumberGenerator()
      let made = String(random.next(), radix: 16) + String(random.next(), radix: 16)
      try await git.check(["config", "--local", Self.cloneKey, made])
      return made
    }
  }

  /// This clone's name where it has one; read anew where it was made after the repository was opened.
  var knownCloneID: String? {
    repository.config(Self.cloneKey) ?? (try? reopened())?.config(Self.cloneKey)
  }

  /// Refuses to write to a run that another clone started; a run that names no clone is anybody's.
  func requireOwn(_ run: RunID, _ root: RootRecord) throws(EngineError) {
    try requireNotArchived(run)
    guard isOwn(root) else { throw .foreignRun(run) }
  }

  /// Refuses to write to a run that was put away.
  func requireNotArchived(_ run: RunID) throws(EngineError) {
    do {
      if try repository.reference(ledgerNames.chain(run)) == nil {
        throw EngineError.archived(run, tip: try reader.tip(of: run))
      }
    } catch {
      throw EngineError(error)
    }
  }

  /// Whether this clone started the run, or nobody knows which one did.
  package func isOwn(_ run: RunID) throws(EngineError) -> Bool {
    do throws(LedgerError) { return isOwn(try reader.root(of: run)) } catch { throw .ledger(error) }
  }

  /// The repository opened once more: the ledger's writes to the disk then hold up nobody else.
  func reopened() throws(GitError) -> Repository {
    try Repository.open(discoveringFrom: repository.gitDirectory, environment: environment)
  }
}
