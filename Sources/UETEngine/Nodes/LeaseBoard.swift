import UETGit
import UETModel

/// Where orchestrator and nodes find the references of leases: in this repository, which nodes
/// reach by its path, or at a remote.
struct LeaseBoard: Sendable {
  let project: Project
  /// nil for this repository itself.
  let remote: String?

  /// The end of a lease; nil where it was taken away.
  func end(of name: String) async throws(GitError) -> ObjectID? {
    guard remote != nil else { return try project.repository.reference(name) }
    return try await ends(under: name)[name]
  }

  /// The ends of the leases whose names begin so.
  func ends(under prefix: String) async throws(GitError) -> [String: ObjectID] {
    guard let remote else {
      let found = try project.repository.references(under: prefix)
      return Dictionary(found.map { ($0.name, $0.id) }, uniquingKeysWith: { first, _ in first })
    }
    return try await project.git.remoteReferences(remote, under: [prefix], network: .init())
  }

  /// Moves a lease on from the end that is expected, nil for none; false where it had another.
  func move(
    _ name: String, from expected: ObjectID?, to new: ObjectID
  ) async throws(GitError) -> Bool {
    guard remote != nil else {
      return try await unlessMoved { () throws(GitError) in
        // Without a process.
        try project.repository.setReference(
          name, to: new, expecting: expected ?? .zero, message: "git-uet: lease")
      }
    }
    return try await push(PushUpdate(name: name, new: new, expected: expected))
  }

  /// Takes a lease away, with what was brought of it; false where it had another end.
  func remove(_ name: String, at end: ObjectID) async throws(GitError) -> Bool {
    guard remote != nil else {
      return try await unlessMoved { () async throws(GitError) in
        try await project.git.updateReferences(
          [ReferenceChange(name: name, new: nil, old: end)], message: "git-uet: lease")
      }
    }
    guard try await push(PushUpdate(name: name, new: nil, expected: end)) else { return false }
    await forget(name)
    return true
  }

  private func unlessMoved(
    _ body: () async throws(GitError) -> Void
  ) async throws(GitError) -> Bool {
    do throws(GitError) {
      try await body()
      return true
    } catch .referenceMoved {
      return false
    }
  }

  private func push(_ update: PushUpdate) async throws(GitError) -> Bool {
    guard let remote else { return false }
    let result = try await project.git.push(remote, [update], isAtomic: false, network: .init())
    guard case .ended(let ended) = result, let refusal = ended.refused.first else { return true }
    if refusal.reason == .moved { return false }
    throw .remoteFailed(remote: remote, detail: refusal.text)
  }

  /// Brings the objects of a lease here.
  func bring(_ name: String) async throws(GitError) {
    guard let remote else { return }
    try await project.git.fetch(
      remote, refspecs: ["+\(name):\(name)"], prune: false, network: .init())
  }

  /// Drops what was brought of a lease that is gone.
  func forget(_ name: String) async {
    guard remote != nil else { return }
    try? await project.git.updateReferences([ReferenceChange(name: name, new: nil, old: nil)])
  }

  /// The same of all whose names begin so, but for some.
  func forgetAll(under prefix: String, but kept: Set<String>) async {
    guard remote != nil, let found = try? project.repository.references(under: prefix) else {
      return
    }
    for (name, _) in found where !kept.contains(name) { await forget(name) }
  }
}
