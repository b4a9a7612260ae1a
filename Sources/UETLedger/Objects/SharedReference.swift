import UETGit
import UETModel

/// A reference that many may write, moved by compare-and-swap: whoever loses the race reads again
/// and makes its change anew, so that nobody's is lost. Never for a chain, whose loser is fenced.
///
/// What is written for it outlasts the collections of others.
package struct SharedReference: Sendable {
  let repository: Repository
  /// The full name.
  package let name: String
  private let options: LedgerOptions

  package init(repository: Repository, name: String, options: LedgerOptions) {
    self.repository = repository
    self.name = name
    self.options = options
  }

  /// What the reference is to hold next, written through `objects` or there already; nil where all
  /// is well as it is. It is asked again after a lost race, and to write once more what was taken
  /// away: for the same `tip` it must make the same.
  package typealias Change =
    (_ tip: ObjectID?, _ objects: inout ObjectLog) throws(LedgerError) -> ObjectID?

  /// Makes a change, durable when it returns. Gives what the reference holds then; nil for nothing.
  @discardableResult
  package func change(_ message: String, _ make: Change) throws(LedgerError) -> ObjectID? {
    var attempt = 0
    while true {
      let tip: ObjectID?
      var log = ObjectLog(repository)
      let commit: ObjectID
      do throws(LedgerError) {
        tip = try LedgerError.wrap { () throws(GitError) in try repository.reference(name) }
        guard let made = try make(tip, &log) else { return tip }
        commit = made
        try log.syncWhatWasThere()
        options.reached(.objectsWritten)
        try LedgerError.wrap { () throws(GitError) in
          try repository.setReference(
            name, to: commit, expecting: tip ?? .zero, message: "uet: \(message)")
        }
      } catch {
        attempt += 1
        try recover(error, attempt)
        continue
      }
      let failure = LedgerError.contended(name, rounds: attempt + 1)
      try Outlasting(repository: repository, options: options)
        .hold(commit, &log, failure: failure) { (log) throws(LedgerError) in
          _ = try make(tip, &log)
        }
      options.reached(.referenceMoved)
      return commit
    }
  }

  /// Returns where trying again may help.
  private func recover(_ error: LedgerError, _ attempt: Int) throws(LedgerError) {
    switch error {
    case .git(.referenceMoved) where attempt < 1000: return
    case .git(.referenceLocked(_, let path)):
      if let evidence = StaleReferenceLock(path: path).removeIfOwnerIsDead(options.processes) {
        options.notice(.removedStaleLock(path: path, evidence: evidence))
        return
      }
      guard attempt <= options.patience.attempts else {
        throw .referenceLocked(name: name, path: path)
      }
      options.patience.pause()
    default:
      guard error.mayPass, attempt < 8 else { throw error }
      options.patience.pause()
    }
  }
}
