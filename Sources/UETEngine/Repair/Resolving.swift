import UETGit
import UETLedger
import UETModel
import UETSystem

/// A conflict in the hands of a person: a worktree with it, and the way back from there.
package struct Resolving: Sendable {
  let project: Project
  let recorded: RecordedPlan
  package let run: RunID
  package let id: WorkstreamID

  /// Finds the workstream; changes nothing.
  package init(
    _ name: String, of runName: String?, in project: Project
  ) throws {
    let run = try project.ownRun(named: runName)
    let recorded = try RecordedPlan(of: run, in: project)
    // Branches that no run made are in no plan.
    let known = try project.reader.state(of: run).workstreams.map(\.id)
    guard let id = WorkstreamID(name), known.contains(id) else {
      throw Refusal.unknownWorkstream(name, known: known, run: run)
    }
    (self.project, self.recorded, self.run, self.id) = (recorded.project, recorded, run, id)
  }

  /// Where the conflict is, or will be, for a person to work on.
  package var path: String { "\(project.worktreeRoot)/\(run)/\(id).resolve" }

  var names: RunNames { RunNames(prefix: project.refPrefix, run: run) }

  /// The worktree, where it is open.
  var handle: WorktreeHandle? {
    guard Files.kind(path) == .directory else { return nil }
    return project.repository.worktree(at: path)
  }

  /// The conflict and what it is resolved on top of: what is integrated by now.
  func subject() throws -> (conflict: ConflictRecord, onto: ObjectID) {
    let state = try project.state(of: run)
    guard let record = state[id] else {
      throw Refusal.unknownWorkstream(id.rawValue, known: [], run: run)
    }
    guard let conflict = record.conflict, conflict.state.isOpen else {
      throw RepairRefusal.noConflict(id, record.state)
    }
    if conflict.isOfBase, [.failed, .quarantined].contains(record.state) {
      return (conflict, conflict.onto)
    }
    guard !conflict.isOfBase, record.state == .ejected else {
      throw RepairRefusal.noConflict(id, record.state)
    }
    let integration = state.integration
    let onto = integration.chain.isEmpty ? integration.start : integration.tip
    return (conflict, onto ?? conflict.onto)
  }

  /// Opens a worktree with the conflict in it: markers in the files, the stages in the index. Gives
  /// the paths.
  package func open() async throws -> [String] {
    let (conflict, onto) = try subject()
    if handle != nil { throw RepairRefusal.alreadyOpen(id, path: path) }
    let git = project.git
    try await git.judge(conflict.tip)
    if project.repository.worktree(at: path) != nil {
      try await git.removeWorktree(at: path, force: true)
    }
    let handle = try await git.addWorktree(
      at: path, commit: onto, reason: "git-uet: a conflict of '\(id)'")
    do {
      let paths = try await git.beginMerge(
        of: conflict.tip, onto: onto, base: conflict.base, in: handle)
      if !paths.isEmpty { return paths }
      throw RepairRefusal.conflictIsGone(run, id)
    } catch {
      try await git.removeWorktree(at: path, force: true)
      throw error
    }
  }

  /// Gives the conflict up for now; what was done in the worktree is kept. The reference that keeps
  /// it, or nil where nothing was done.
  package func abort() async throws -> String? {
    guard let handle else { throw RepairRefusal.notOpen(run, id) }
    let kept = try await keep(handle)
    try await project.git.removeWorktree(at: path, force: true)
    return kept
  }

  private func keep(_ handle: WorktreeHandle) async throws -> String? {
    guard let head = try project.repository.head(of: handle) else { return nil }
    let identity = project.identity()
    let reference = "\(project.refPrefix)/salvage/\(run)/\(id)/resolve"
    let kept = try await project.kept.keep(
      as: reference, since: head, message: "git-uet: keep what was done on a conflict"
    ) { _ in
      let work = try await project.git.commitAll(
        handle, base: head, message: "work on a conflict of '\(id)', kept\n\nUET-Run: \(run)\n",
        author: identity, committer: identity, excluding: project.configuration.run.copy,
        keepsRefused: true)
      return work?.tip == head ? nil : work?.tip
    }
    return kept.map { _ in reference }
  }
}

extension WorktreeHandle {
  /// Tells git to work here.
  func enter(_ options: inout SealedGit.Options) {
    options.gitDirectory = gitDirectory
    options.workTree = path
  }
}
