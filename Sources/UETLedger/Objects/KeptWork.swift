import UETGit
import UETModel

/// Points references at commits of work whose objects nothing led to before, and sees to it that
/// they stay.
///
/// Work is stored by git, or by whoever did it, and may be much: what a collection took is noticed
/// by walking over it, and stored again from where the work stands.
package struct KeptWork: Sendable {
  private let repository: Repository
  private let options: LedgerOptions

  package init(repository: Repository, options: LedgerOptions) {
    self.repository = repository
    self.options = options
  }

  /// How often work that is taken away is stored again.
  private static let rounds = 8

  /// Stores work with `make` and points the reference `name` at it, whatever that held; durable
  /// when it returns. `make` gives a commit on top of `base`, or nil where there is nothing to
  /// keep.
  package func keep(
    as name: String, since base: ObjectID, message: String,
    make: (_ isAgain: Bool) async throws -> ObjectID?
  ) async throws -> ObjectID? {
    var round = 0
    while true {
      round += 1
      let tip: ObjectID
      do {
        guard let made = try await make(round > 1) else { return nil }
        tip = made
        try repository.setReference(name, to: tip, expecting: nil, message: message)
      } catch {
        // Where none is under way it is not that which is wrong.
        guard round < Self.rounds, GitCollection.isUnderWay(in: repository) else { throw error }
        try await Task.sleep(for: .milliseconds(50))
        continue
      }
      if try await stays(tip, since: base) { return tip }
      guard round < Self.rounds else { throw LedgerError.git(.objectMissing(tip)) }
      options.notice(.rewroteBatch(commit: tip))
    }
  }

  /// Waits for a collection's end where the work cannot be put into a pack; false where some of it
  /// is gone.
  private func stays(_ tip: ObjectID, since base: ObjectID) async throws -> Bool {
    while true {
      let isCollecting = GitCollection.isUnderWay(in: repository)
      guard let ids = try? repository.objects(in: tip, notIn: [base]).sorted(),
        repository.areStored(ids)
      else { return false }
      if !isCollecting || (try? repository.pack(ids)) == true { return true }
      try await Task.sleep(for: .milliseconds(50))
    }
  }
}
