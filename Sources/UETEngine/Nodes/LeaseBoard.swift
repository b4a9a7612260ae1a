import UETGit
import UETModel

/// Where orchestrator and nodes find the references of leases: in this repository, which nodes
/// reach by its path, or at a remote.
struct LeaseBoard: Sendable {
  let project: Project
  /// nil for this repository itself.
  let remote: String?
  /// The remote, where it is a repository whose files can be written: references and objects are
  /// put there without a process.
  private let lender: Repository?

  init(project: Project, remote: String?, lender: Repository? = nil) {
    (self.project, self.remote, self.lender) = (project, remote, lender)
  }

  /// More bytes than this are pushed: they are not to be in memory at once.
  private static let mostHanded = 16 << 20

  /// Where references are without a process.
  private var near: Repository? { remote == nil ? project.repository : lender }

  /// The end of a lease; nil where it was taken away.
  func end(of name: String) async throws(GitError) -> ObjectID? {
    if let near { return try near.reference(name) }
    return try await ends(under: name)[name]
  }

  /// The ends of the leases whose names begin so.
  func ends(under prefix: String) async throws(GitError) -> [String: ObjectID] {
    if let near {
      let found = try near.references(under: prefix)
      return Dictionary(found.map { ($0.name, $0.id) }, uniquingKeysWith: { first, _ in first })
    }
    guard let remote else { return [:] }
    return try await project.git.remoteReferences(remote, under: [prefix], network: .init())
  }

  /// Moves a lease on from the end that is expected, nil for none; false where it had another.
  func move(
    _ name: String, from expected: ObjectID?, to new: ObjectID
  ) async throws(GitError) -> Bool {
    guard let remote else {
      return try await set(name, from: expected, to: new, in: project.repository)
    }
    if let lender,
      let handed = try project.repository.hand(
        new, notIn: expected, to: lender, most: Self.mostHanded)
    {
      defer { handed.release() }
      return try await set(name, from: expected, to: new, in: lender)
    }
    return try await push(PushUpdate(name: name, new: new, expected: expected), to: remote)
  }

  private func set(
    _ name: String, from expected: ObjectID?, to new: ObjectID, in repository: Repository
  ) async throws(GitError) -> Bool {
    try await unlessMoved { () throws(GitError) in
      try repository.setReference(
        name, to: new, expecting: expected ?? .zero, message: "git-uet: lease")
    }
  }

  /// Begins leases, each where there is none of its name: whether it is new, or why that cannot be
  /// said.
  func begin(
    _ leases: [(name: String, end: ObjectID)]
  ) async -> [Result<Bool, GitError>] {
    guard let remote else {
      var begun: [Result<Bool, GitError>] = []
      for lease in leases {
        do throws(GitError) {
          begun.append(.success(try await move(lease.name, from: nil, to: lease.end)))
        } catch { begun.append(.failure(error)) }
      }
      return begun
    }
    let updates = leases.map { PushUpdate(name: $0.name, new: $0.end, expected: nil) }
    do throws(GitError) {
      let refused = try await refused(updates, at: remote)
      return updates.map { update in
        guard let refusal = refused[update] else { return .success(true) }
        return refusal.reason == .moved ? .success(false) : .failure(refusal.error(remote))
      }
    } catch {
      return updates.map { _ in .failure(error) }
    }
  }

  /// Takes a lease away, with what was brought of it; false where it had another end.
  func remove(_ name: String, at end: ObjectID) async throws(GitError) -> Bool {
    guard let remote else {
      return try await unlessMoved { () async throws(GitError) in
        try await project.git.updateReferences(
          [ReferenceChange(name: name, new: nil, old: end)], message: "git-uet: lease")
      }
    }
    let update = PushUpdate(name: name, new: nil, expected: end)
    guard try await push(update, to: remote) else { return false }
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

  private func push(_ update: PushUpdate, to remote: String) async throws(GitError) -> Bool {
    guard let refusal = try await refused([update], at: remote)[update] else { return true }
    if refusal.reason == .moved { return false }
    throw refusal.error(remote)
  }

  private func refused(
    _ updates: [PushUpdate], at remote: String
  ) async throws(GitError) -> [PushUpdate: PushResult.Refusal] {
    let result = try await project.git.push(remote, updates, isAtomic: false, network: .init())
    guard case .ended(let ended) = result else { return [:] }
    return Dictionary(
      ended.refused.map { ($0.update, $0) }, uniquingKeysWith: { first, _ in first })
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

extension PushResult.Refusal {
  fileprivate func error(_ remote: String) -> GitError {
    .remoteFailed(remote: remote, detail: text)
  }
}
