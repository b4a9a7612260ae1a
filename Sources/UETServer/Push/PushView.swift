import UETGit
import UETLedger
import UETModel

/// A push as the rules see it: what is asked for, by whom, and the repository as it is before.
struct PushView {
  let repository: Repository
  let reader: LedgerReader
  let git: SealedGit
  let policy: PushPolicy
  let pusher: Pusher
  let updates: [(update: ReferenceUpdate, kind: PushedKind)]
  /// What the references hold before the push: read once, where a rule asks for it.
  let existing: ExistingReferences
  /// The folder of the bundles, as the settings' commit has it.
  let workstreams: String
  /// The commit that the settings come from.
  let settings: ObjectID?
  /// Variables by which a git that is started here finds what was pushed.
  let objects: [String: String]
  /// What the push was given besides, as typed.
  let options: [String]

  /// What a reference will hold after the push.
  func tip(_ name: String) throws(GitError) -> ObjectID? {
    if let found = updates.first(where: { $0.update.name == name }) { return found.update.new }
    return try repository.reference(name)
  }
}

/// All references of the repository, read when they are first asked for.
final class ExistingReferences {
  private let repository: Repository
  private var known: [(name: String, id: ObjectID)]?

  init(_ repository: Repository) { self.repository = repository }

  func all() throws(GitError) -> [(name: String, id: ObjectID)] {
    if let known { return known }
    let found = try repository.references(under: "refs")
    known = found
    return found
  }

  func under(_ prefix: String) throws(GitError) -> [(name: String, id: ObjectID)] {
    try all().filter { $0.name.utf8.starts(with: prefix.utf8) }
  }
}
