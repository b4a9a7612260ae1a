import UETGit
import UETModel
import UETSystem

/// Removes worktrees that the verdict lets go, after keeping what they hold.
package struct WorktreeRemoval: Sendable {
  private let project: Project
  private let survey: WorktreeSurvey
  private let policy: WorktreePolicy

  package init(_ survey: WorktreeSurvey, policy: WorktreePolicy = .clean) {
    project = survey.project
    self.survey = survey
    self.policy = policy
  }

  /// What became of one worktree.
  package enum Outcome: Hashable, Sendable {
    /// It is gone, for this reason; `salvage` is the reference that keeps what was only there.
    case removed(String, salvage: String?)
    case held(WorktreeVerdict.Hold)
    /// It should go, but git or the system failed.
    case failed(String)
  }

  /// Judges once more by the facts given, and acts on it.
  package func remove(_ facts: WorktreeFacts) async -> Outcome {
    switch WorktreeVerdict(facts, policy: policy) {
    case .held(let hold): return .held(hold)
    case .removable(let reason): return await remove(facts, reason, salvage: nil)
    case .afterSalvage(let reason): return await salvage(facts, reason)
    }
  }

  /// Removes worktrees of a run that this process holds, of those workstreams alone; what holds one
  /// stays.
  static func sweep(
    _ project: Project, _ run: RunID, policy: WorktreePolicy, of wanted: (WorkstreamID) -> Bool
  ) async {
    let survey = WorktreeSurvey(project, holding: run)
    guard let all = try? await survey.facts(of: run) else { return }
    let removal = WorktreeRemoval(survey, policy: policy)
    for facts in all {
      guard case .workstream(_, let id) = facts.role, wanted(id) else { continue }
      if case .failed(let reason) = await removal.remove(facts) {
        project.warn("the worktree '\(facts.path)' is not removed: \(reason)")
      }
    }
  }

  private func salvage(_ facts: WorktreeFacts, _ reason: String) async -> Outcome {
    do {
      let salvage = WorktreeSalvage(project)
      let kept = try await salvage.keep(facts)
      // Somebody may have gone on working in it meanwhile.
      if facts.contents == .dirty, try await salvage.tree(facts) != kept.tree {
        return .failed("it changed while its work was being kept as \(kept.name)")
      }
      return await remove(facts, reason, salvage: kept.name)
    } catch {
      return .failed("its work cannot be kept: \(error)")
    }
  }

  private func remove(
    _ facts: WorktreeFacts, _ reason: String, salvage: String?
  ) async -> Outcome {
    do {
      var hold: BenchHold?
      if case .bench(let number) = facts.role {
        hold = try BenchHold(number, project)
        if hold == nil { return .failed("a gate runs in it") }
      }
      defer { withExtendedLifetime(hold) {} }
      if facts.presence == .unregistered {
        try Files.removeAll(facts.path)
      } else {
        try await project.git.removeWorktree(at: facts.path, force: true)
      }
      return .removed(reason, salvage: salvage)
    } catch {
      return .failed("\(error)")
    }
  }
}

/// Keeps what stands in a worktree under a reference of its own.
struct WorktreeSalvage: Sendable {
  private let project: Project

  init(_ project: Project) { self.project = project }

  /// Commits the staged files where they differ, then all files, on top of HEAD, and points a new
  /// salvage reference at that; durable when it returns.
  func keep(_ facts: WorktreeFacts) async throws -> (name: String, tree: ObjectID?) {
    guard var tip = facts.head else { throw GitError.notAWorktree(path: facts.path) }
    Repository.enableFsync()
    let tree = facts.contents == .dirty ? try await self.tree(facts) : nil
    if let tree, let handle = project.repository.worktree(at: facts.path) {
      let before = try project.repository.commit(tip).tree
      if let staged = try await project.git.indexTree(of: handle), staged != before, staged != tree
      {
        tip = try commit(staged, onto: tip, "files staged in '\(facts.name)'", facts)
      }
      if try tree != project.repository.commit(tip).tree {
        tip = try commit(tree, onto: tip, "files in '\(facts.name)'", facts)
      }
    }
    let apart = KeptApart(project, run: facts.run, label: "\(facts.salvageName).kept")
    let cleaned = try await apart.cleaned(
      tip, since: facts.head ?? tip, in: project.repository.worktree(at: facts.path))
    return (try point(facts, at: cleaned.commit ?? facts.head ?? tip), tree)
  }

  /// The tree of the files that stand there now.
  func tree(_ facts: WorktreeFacts) async throws -> ObjectID {
    guard let head = facts.head, let handle = project.repository.worktree(at: facts.path) else {
      throw GitError.notAWorktree(path: facts.path)
    }
    return try await project.git.stageAll(
      handle, base: head, excluding: project.copiedFiles(of: facts.run))
  }

  private func commit(
    _ tree: ObjectID, onto parent: ObjectID, _ title: String, _ facts: WorktreeFacts
  ) throws -> ObjectID {
    let identity = project.identity()
    var message = "\(title), kept\n"
    if let run = facts.run { message += "\nUET-Run: \(run)\n" }
    if let id = facts.workstream { message += "UET-Workstream: \(id)\n" }
    return try project.repository.writeCommit(
      tree: tree, parents: [parent], message: message, author: identity, committer: identity)
  }

  /// The first free name of its kind; names of attempts are numbers, so that none of them is taken.
  private func point(_ facts: WorktreeFacts, at commit: ObjectID) throws -> String {
    let run = try facts.run ?? project.reader.runs().first
    let folder =
      "\(project.refPrefix)/salvage/\(run?.rawValue ?? "unknown")/\(facts.salvageName)"
    for number in 1... {
      do throws(GitError) {
        let name = "\(folder)/kept-\(number)"
        try project.repository.setReference(
          name, to: commit, expecting: .zero, message: "git-uet: keep the work of a worktree")
        return name
      } catch {
        if case .referenceMoved = error { continue }
        throw error
      }
    }
    throw GitError.invalidReferenceName(folder)
  }
}

extension WorktreeFacts {
  /// The last part of its path.
  package var name: String { path.split(separator: "/").last.map(String.init) ?? path }

  /// A component of a reference that says which worktree it was.
  fileprivate var salvageName: String {
    switch role {
    case .workstream(_, let id), .attempt(_, let id, _), .conflict(_, let id),
      .resolver(_, let id):
      id.rawValue
    case .slot(let number): "slot-\(number)"
    case .test: "integration"
    case .bench(let number): "bench-\(number)"
    case .rollback: "rollback"
    case .scratch, .aside, .stranger: "worktree"
    }
  }
}
