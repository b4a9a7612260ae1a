import UETGit
import UETLedger
import UETModel
import UETPlanning
import UETSystem

extension WorktreeSurvey {
  func facts(of place: Place, _ runs: RunStandings) async -> WorktreeFacts {
    var facts = WorktreeFacts(
      path: place.path, role: place.role, presence: presence(of: place),
      work: runs.work(place.role, project.repository, project.refPrefix), lock: place.entry?.lock,
      users: users.users(of: place.path))
    guard let entry = place.entry else { return facts }
    if case .bench(let number) = place.role {
      // What stands in it is nobody's, and nothing of it is anywhere else's only copy.
      if BenchHold.isInUse(number, project) { facts.work = .live }
      (facts.head, facts.keeper) = (entry.head, "the queue")
      return facts
    }
    // Git prints the HEAD of the folder; what counts is what the repository itself has.
    let handle = project.repository.worktree(at: place.path)
    facts.head =
      handle.map { handle in (try? project.repository.head(of: handle)) ?? nil } ?? entry.head
    let recorded = runs.recorded(place.role)
    if let head = facts.head { facts.keeper = await keeper(of: head, recorded) }
    switch (facts.presence, facts.work) {
    case (.registered, .running), (.registered, .live): return facts
    case (.registered, _):
      let isTest = if case .test = place.role { true } else { false }
      facts.contents = await contents(
        of: handle, facts.head, recorded, place.role.run, isTest: isTest)
      return facts
    default: return facts
    }
  }

  private func presence(of place: Place) -> WorktreeFacts.Presence {
    guard place.entry != nil else { return .unregistered }
    if Files.kind(place.path) != nil { return .registered }
    let root = Self.formerRoot(place.path)
    return Files.kind(root) == nil ? .unreachable(parent: root) : .vanished
  }

  /// What keeps a commit: the record where it names it, else any reference that reaches it.
  private func keeper(of commit: ObjectID, _ recorded: [ObjectID]) async -> String? {
    if recorded.contains(commit) { return "the record" }
    let output = try? await project.git.check([
      "for-each-ref", "--count=1", "--format=%(refname)", "--contains=\(commit.hex)",
    ])
    return output?.text.split(separator: "\n").first.map(String.init)
  }

  private func contents(
    of handle: WorktreeHandle?, _ head: ObjectID?, _ recorded: [ObjectID], _ run: RunID?,
    isTest: Bool
  ) async -> WorktreeFacts.Contents {
    guard let handle else { return .unknown("git does not find it any more") }
    guard let head else { return .unknown("its HEAD names no commit") }
    if let operation = Self.operation(in: handle) { return .busy(operation) }
    let inner = InnerRepositories(
      project: project, worktree: handle, excluding: project.configuration.run.caches)
    do {
      // What tests make where they run is nobody's, unless it is left in the open.
      let unkept =
        isTest
        ? try await project.git.embeddedRepositories(in: handle) : await inner.unkept().map(\.path)
      if !unkept.isEmpty { return .repositories(unkept) }
      guard let index = try await project.git.indexTree(of: handle) else {
        return .busy("a merge with conflicts")
      }
      let kept = Set(([head] + recorded).compactMap { try? project.repository.commit($0).tree })
      let tree = try await project.git.stageAll(
        handle, base: head, excluding: project.configuration.run.copy)
      if kept.contains(tree), index == tree || kept.contains(index) { return .kept }
      let copied = project.copiedFiles(of: run)
      let real =
        copied == project.configuration.run.copy
        ? tree : try await project.git.stageAll(handle, base: head, excluding: copied)
      if kept.contains(real), index == real || kept.contains(index) { return .kept }
      guard kept.contains(index) else { return .dirty }
      for commit in recorded where try await isAllOf(commit, handle, excluding: copied) {
        return .kept
      }
      return .dirty
    } catch {
      return .unknown("\(error)")
    }
  }

  /// Whether nothing stands there that the commit has not, ignored files aside that it does not
  /// track.
  private func isAllOf(
    _ commit: ObjectID, _ handle: WorktreeHandle, excluding: [String]
  ) async throws -> Bool {
    let found = try await project.git.stageAll(handle, base: commit, excluding: excluding)
    return try found == project.repository.treeID(of: commit)
  }

  /// What a person began in it and has not ended.
  private static func operation(in handle: WorktreeHandle) -> String? {
    let marks = [
      ("rebase-merge", "a rebase"), ("rebase-apply", "a rebase"), ("MERGE_HEAD", "a merge"),
      ("CHERRY_PICK_HEAD", "a cherry-pick"), ("REVERT_HEAD", "a revert"),
      ("BISECT_START", "a bisection"),
    ]
    return marks.first { Files.kind("\(handle.gitDirectory)/\($0.0)") != nil }?.1
  }
}

extension Project {
  /// The ignored files that a run copies into its worktrees, which are never committed: as recorded
  /// at its start, with those of today's configuration.
  func copiedFiles(of run: RunID?) -> [String] {
    let now = configuration.run.copy
    guard let run, let root = try? reader.root(of: run) else { return now }
    let then = Configuration.load(root.configuration, file: "config.yaml").configuration.run.copy
    return now + then.filter { !now.contains($0) }
  }
}
