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

  /// Moves leases on, each only from the end that is expected; false where one had another, and
  /// then none is moved.
  func move(_ updates: [PushUpdate]) async throws(GitError) -> Bool {
    guard let remote else { return try await moveHere(updates) }
    let result = try await project.git.push(remote, updates, isAtomic: true, network: .init())
    guard case .ended(let ended) = result else {
      throw .remoteFailed(remote: remote, detail: "it cannot change several references at once")
    }
    if ended.refused.isEmpty { return true }
    guard let refusal = ended.refused.first(where: { ![.moved, .withOthers].contains($0.reason) })
    else { return false }
    throw .remoteFailed(remote: remote, detail: refusal.text)
  }

  private func moveHere(_ updates: [PushUpdate]) async throws(GitError) -> Bool {
    let none = ObjectID.zero
    do throws(GitError) {
      // One that is not taken away needs no process.
      if updates.count == 1, let update = updates.first, let new = update.new {
        try project.repository.setReference(
          update.name, to: new, expecting: update.expected ?? none, message: "git-uet: lease")
        return true
      }
      try await project.git.updateReferences(
        updates.map {
          ReferenceChange(name: $0.name, new: $0.new, old: $0.expected ?? none)
        }, message: "git-uet: lease")
      return true
    } catch {
      switch error {
      case .referenceMoved: return false
      default: throw error
      }
    }
  }

  /// Brings the objects of leases here.
  func bring(_ names: [String]) async throws(GitError) {
    guard let remote else { return }
    try await project.git.fetch(
      remote, refspecs: names.map { "+\($0):\($0)" }, prune: false, network: .init())
  }

  /// Drops what was brought of a lease that is gone.
  func forget(_ name: String) async {
    guard remote != nil else { return }
    try? await project.git.updateReferences([ReferenceChange(name: name, new: nil, old: nil)])
  }
}
