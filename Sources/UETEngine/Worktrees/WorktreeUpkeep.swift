import UETGit
import UETModel
import UETPlanning
import UETScheduling
import UETSystem

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Removes worktrees that `run.keep` and `run.keep_disk` do not keep; never one that holds what no
/// reference has. On Linux one in which a process is at work stays, too; elsewhere none is seen.
struct WorktreeUpkeep: Sendable {
  private let context: RunFacts
  private let room: WorktreeRoom

  init(_ context: RunFacts, _ room: WorktreeRoom) {
    self.context = context
    self.room = room
  }

  private var settings: Configuration.Run { context.configuration.run }

  /// What follows from the end of an attempt whose work is all in `commit`, which the record or a
  /// reference keeps.
  func attemptEnded(at path: String, commit: ObjectID, succeeded: Bool) async {
    let isKept =
      switch settings.keep {
      case .all, .unlanded: true
      case .failed: !succeeded
      case .none: false
      }
    if !isKept, WorktreeUsers(proc: "/proc").users(of: path).isEmpty,
      await isCheckout(at: path, of: commit)
    {
      try? await context.git.removeWorktree(at: path, force: true)
    }
    if let limit = settings.keepDisk { await room.makeRoom(limit, context) }
  }

  /// Whether nothing stands there, ignored files aside, that is not in the commit.
  private func isCheckout(at path: String, of commit: ObjectID) async -> Bool {
    guard let worktree = context.repository.worktree(at: path),
      case .free? = WorktreeMark(of: worktree),
      await context.innerRepositories(in: worktree).unkept().isEmpty
    else { return false }
    let tree = try? await context.git.stageAll(
      worktree, base: commit, excluding: context.local)
    return tree != nil && tree == (try? context.repository.treeID(of: commit))
  }
}

/// Keeps the worktrees that runs left within `run.keep_disk`; one at a time.
actor WorktreeRoom {
  /// What each worktree took when it was last looked at, and the time of its last change then.
  private var known: [String: (time: Int64, bytes: Int)] = [:]

  private struct Kept {
    let path: String
    let time: Int64
    let bytes: Int
    /// The number of a bench.
    var bench: Int?
  }

  /// Removes the oldest that are provably safe until the rest fits; says which, and says once where
  /// too much is left.
  func makeRoom(_ limit: Int, _ context: RunFacts) async {
    var kept: [Kept] = []
    for path in Self.worktrees(in: context.project.worktreeRoot) {
      guard let worktree = context.repository.worktree(at: path),
        case .free? = WorktreeMark(of: worktree)
      else { continue }
      kept.append(measure(path, worktree))
    }
    kept += benches(context)
    var sum = kept.reduce(0) { $0 + $1.bytes }
    let survey = WorktreeSurvey(context.project, holding: context.run)
    for candidate in kept.sorted(by: { $0.time < $1.time }) where sum > limit {
      if let number = candidate.bench {
        guard await Self.remove(bench: number, at: candidate.path, context) else { continue }
        known[candidate.path] = nil
        sum -= candidate.bytes
        context.project.warn(
          "removed '\(candidate.path)' (\(ByteCount.text(candidate.bytes))), because "
            + "'run.keep_disk' is \(ByteCount.text(limit)); the next gate builds all anew")
        continue
      }
      guard let keeper = await Self.keeper(of: candidate.path, context),
        await Self.isUnused(candidate.path, survey),
        (try? await context.git.removeWorktree(at: candidate.path, force: true)) != nil
      else { continue }
      known[candidate.path] = nil
      sum -= candidate.bytes
      context.project.warn(
        "removed the worktree '\(candidate.path)' (\(ByteCount.text(candidate.bytes))), because "
          + "'run.keep_disk' is \(ByteCount.text(limit)); its work is in \(keeper)")
    }
    if sum > limit {
      context.notes.once(
        "kept worktrees take more than the \(ByteCount.text(limit)) of 'run.keep_disk': what is "
          + "left is in use, or holds what is kept nowhere else")
    }
  }

  /// What gates built takes room as well.
  private func benches(_ context: RunFacts) -> [Kept] {
    let names = Files.names(in: context.project.worktreeRoot)
    return names.compactMap { name in
      guard name.hasPrefix("bench-"), let number = Int(name.dropFirst(6)),
        let worktree = context.repository.worktree(at: context.project.bench(number))
      else { return nil }
      var kept = measure(context.project.bench(number), worktree, mark: BenchMark.path(worktree))
      kept.bench = number
      return kept
    }
  }

  private static func remove(bench number: Int, at path: String, _ context: RunFacts) async -> Bool
  {
    guard let hold = (try? BenchHold(number, context.project)) ?? nil else { return false }
    defer { withExtendedLifetime(hold) {} }
    return (try? await context.git.removeWorktree(at: path, force: true)) != nil
  }

  /// Whether nobody else has a hand in it, by the facts that a verdict stands on. That its attempt
  /// is over its mark says, before the record does.
  private static func isUnused(_ path: String, _ survey: WorktreeSurvey) async -> Bool {
    guard let facts = try? await survey.facts(at: path) else { return false }
    return facts.users.isEmpty && !facts.hasForeignLock && facts.contents == .kept
  }

  /// Those of workstreams, at ROOT/RUN/WORKSTREAM; slots are for use, not for review.
  private static func worktrees(in root: String) -> [String] {
    let runs = Files.names(in: root)
    return runs.filter { RunID($0) != nil }.flatMap { run in
      (Files.names(in: "\(root)/\(run)"))
        .filter { WorkstreamID($0) != nil }.map { "\(root)/\(run)/\($0)" }
    }
  }

  private func measure(
    _ path: String, _ worktree: WorktreeHandle, mark: String? = nil
  ) -> Kept {
    var status = stat()
    lstat(mark ?? worktree.gitDirectory + "/uet-mark", &status)
    #if canImport(Glibc)
      let time = Int64(status.st_mtim.tv_sec) * 1_000_000_000 + Int64(status.st_mtim.tv_nsec)
    #else
      let time = Int64(status.st_mtimespec.tv_sec) * 1_000_000_000
    #endif
    if let known = known[path], known.time == time {
      return Kept(path: path, time: time, bytes: known.bytes)
    }
    let bytes = Int(FolderSize(of: path).bytes)
    known[path] = (time, bytes)
    return Kept(path: path, time: time, bytes: bytes)
  }

  /// The name of the reference that has all that stands in a worktree, ignored files aside; nil
  /// where none has it for certain.
  private static func keeper(of path: String, _ context: RunFacts) async -> String? {
    let parts = path.split(separator: "/").suffix(2).map(String.init)
    guard parts.count == 2, let run = RunID(parts[0]), let id = WorkstreamID(parts[1]),
      let worktree = context.repository.worktree(at: path),
      case .free(let commit, _)? = WorktreeMark(of: worktree),
      let found = try? await context.git.stageAll(
        worktree, base: commit, excluding: context.local)
    else { return nil }
    let names = RunNames(prefix: context.project.refPrefix, run: run)
    let salvage = String(names.salvage(id, attempt: 0).dropLast())
    let candidates =
      [names.branch(id)]
      + ((try? context.repository.references(under: salvage)) ?? []).map(\.name)
    for name in candidates {
      guard let tip = (try? context.repository.reference(name)) ?? nil,
        let tree = try? context.repository.treeID(of: tip), tree == found
      else { continue }
      // The worker's own commits, too, must be in it.
      let head = (try? context.repository.head(of: worktree)) ?? nil
      let isWithin = head.map { (try? context.repository.isAncestor($0, of: tip)) ?? false } ?? true
      if head == tip || isWithin { return RunNames.short(name) }
    }
    return nil
  }
}
