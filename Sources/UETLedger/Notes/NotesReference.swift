import UETGit
import UETModel

/// Changes notes by compare-and-swap: whoever loses the race reads again and tries again, so that no
/// writer's note is lost.
struct NotesReference {
  let repository: Repository
  /// As `refs/notes/uet`.
  let name: String
  let options: LedgerOptions

  /// Applies the changes in one commit; none is made where nothing changes.
  func apply(
    _ changes: [ObjectID: NotesTree.Change], message: String, at time: Timestamp
  ) throws(LedgerError) {
    if changes.isEmpty { return }
    let person = Signature(
      name: options.author.name, email: options.author.email, at: time, offsetMinutes: 0)
    var attempt = 0
    while true {
      do {
        let tip = try repository.reference(name)
        let old = try tip.map { (id) throws(GitError) in try repository.commit(id).tree }
        let tree = try NotesTree(repository: repository).applying(changes, to: old)
        if tree == old { return }
        let commit = try repository.writeCommit(
          tree: tree, parents: tip.map { [$0] } ?? [], message: message + "\n", author: person,
          committer: person)
        try repository.setReference(
          name, to: commit, expecting: tip ?? .zero, message: "uet: \(message)")
        return
      } catch {
        attempt += 1
        try recover(error, attempt)
      }
    }
  }

  private func recover(_ error: GitError, _ attempt: Int) throws(LedgerError) {
    switch error {
    case .referenceMoved where attempt < 1000: return
    // A collection removes folders that it finds empty under whoever is about to use them.
    case .libgit2 where attempt < 8: options.patience.pause()
    case .referenceLocked(_, let path):
      if let evidence = StaleReferenceLock(path: path).removeIfOwnerIsDead(options.processes) {
        options.notice(.removedStaleLock(path: path, evidence: evidence))
        return
      }
      guard attempt <= options.patience.attempts else {
        throw .referenceLocked(name: name, path: path)
      }
      options.patience.pause()
    default: throw .git(error)
    }
  }
}
