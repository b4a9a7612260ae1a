import UETGit
import UETLedger
import UETModel
import UETSystem

extension Resolving {
  package struct Result: Hashable, Sendable {
    package let commit: ObjectID
    package let isOfBase: Bool
  }

  /// Takes what a person made of the conflict: as a commit on top of both sides, which the queue
  /// takes for the candidate from now on.
  ///
  /// Where two results conflict that an attempt builds on, the next base that holds both is made of
  /// it.
  package func finish() async throws -> Result {
    let (conflict, _) = try subject()
    guard let handle else { throw RepairRefusal.notOpen(run, id) }
    try project.requireFree(run)
    let (onto, tree) = try await result(of: handle, conflict)
    try check(tree, conflict, onto)
    let commit = try await write(tree, conflict, onto)
    try project.repository.syncObjects(in: commit, notIn: [onto, conflict.tip])
    try await record(commit, onto)
    try project.repository.setReference(
      conflict.isOfBase ? names.base(onto, conflict.tip) : names.candidate(id), to: commit,
      expecting: nil,
      message: "git-uet: resolved")
    await Resolutions(project)
      .remember(conflict, onto: onto, as: commit, project)
    try await project.git.removeWorktree(at: path, force: true)
    return Result(commit: commit, isOfBase: conflict.isOfBase)
  }

  /// The commit the worktree was opened at, and the tree that is staged there, or committed on top.
  private func result(
    of handle: WorktreeHandle, _ conflict: ConflictRecord
  ) async throws -> (onto: ObjectID, tree: ObjectID) {
    let unmerged = try await project.git.unmerged(in: handle)
    if !unmerged.isEmpty { throw RepairRefusal.unmerged(path: path, paths: unmerged) }
    let unstaged = try await project.git.check(["diff-files", "--name-only", "-z"], handle.enter)
    let names = unstaged.stdout.split(separator: 0).map { String(decoding: $0, as: UTF8.self) }
    if !names.isEmpty { throw RepairRefusal.unstaged(path: path, paths: names) }
    guard let head = try project.repository.head(of: handle) else {
      throw RepairRefusal.moved(path: path)
    }
    let merging = try Files.read(handle.gitDirectory + "/MERGE_HEAD")
    if let merging {
      let text = String(decoding: merging, as: UTF8.self).prefix(40)
      guard ObjectID(text) == conflict.tip else { throw RepairRefusal.moved(path: path) }
      let written = try await project.git.check(["write-tree"]) { options in
        handle.enter(&options)
        options.isDurable = true
      }
      guard let tree = ObjectID(written.text.prefix(40)) else {
        throw GitError.unexpectedOutput(command: "git write-tree")
      }
      return (head, tree)
    }
    // It was committed there: the first of the two parents is where the worktree was opened.
    let commit = try project.repository.commit(head)
    guard commit.parents.count == 2, commit.parents[1] == conflict.tip else {
      throw RepairRefusal.moved(path: path)
    }
    return (commit.parents[0], commit.tree)
  }

  /// Refuses marks that were forgotten, and changes that are neither the candidate's to make nor in
  /// conflict.
  private func check(_ tree: ObjectID, _ conflict: ConflictRecord, _ onto: ObjectID) throws {
    // What no bundle declares is not checked.
    let scope = recorded.plan.index(of: id).map { recorded.plan.workstreams[$0].scope }
    let problem = try ResolutionCheck(repository: project.repository, scope: scope).problem(
      of: tree, onto: onto, tip: conflict.tip, base: conflict.base, paths: conflict.paths)
    switch problem {
    case .marked(let paths): throw RepairRefusal.marked(path: path, paths: paths)
    case .outOfScope(let paths):
      if scope != nil { throw RepairRefusal.outOfScope(id, paths: paths) }
    case nil: break
    }
  }

  private func write(
    _ tree: ObjectID, _ conflict: ConflictRecord, _ onto: ObjectID
  ) async throws -> ObjectID {
    let identity = project.identity()
    let message = """
      merge \(id), its conflict resolved

      UET-Run: \(run)
      UET-Workstream: \(id)
      UET-Candidate: \(conflict.tip.hex)
      UET-Repair: \(ConflictRecord.State.human.rawValue)

      """
    return try await project.git.writeCommit(
      tree: tree, parents: [onto, conflict.tip], message: message, author: identity,
      committer: identity)
  }

  private func record(_ commit: ObjectID, _ onto: ObjectID) async throws {
    let identity = project.identity()
    let resolved = Told<Fact.ConflictRepair> {
      ($0.status, $0.method, $0.by) = (.human, .person, "\(identity.name) <\(identity.email)>")
      ($0.commit, $0.onto) = (commit, onto)
    }
    let draft = EventDraft(.conflictResolved(resolved), workstream: id, anchors: [commit])
    try await project.claiming(run, driving: Facts.init) { facts in
      _ = try await facts.once([[draft]])
    }
  }
}
