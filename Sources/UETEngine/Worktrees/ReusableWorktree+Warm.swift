import UETGit
import UETModel
import UETSystem

/// What attempts built in a slot, and stays for the next: by the rules of `SealedGit.moveWarm`.
extension ReusableWorktree {
  enum Step {
    /// It is what was asked for, with what was built before.
    case warm
    /// What was built before is gone.
    case cold
    /// There was nothing.
    case plain
  }

  /// Seconds after which all is built anew, whatever happened: compilers are no part of a tree.
  private static let longest: Int64 = 24 * 3600

  /// The tree that stands there, where nothing else does.
  func builtTree(in worktree: WorktreeHandle) throws -> ObjectID? {
    if case .free(_, let tree)? = WorktreeMark(of: worktree) { tree } else { nil }
  }

  /// Makes it a checkout of `base` with what was built there, or takes that away.
  func goOn(
    _ worktree: WorktreeHandle, from tree: ObjectID?, to base: ObjectID
  ) async throws -> Step {
    let last = BenchMark(of: worktree)
    try Files.remove(BenchMark.path(worktree))
    if keeping.isEmpty || KeptOutput(in: path, folders: keeping).isEmpty { return .plain }
    var reason = "nothing says what was built"
    if let last, let tree {
      if let why = try distrust(last, tree) {
        reason = why
      } else {
        var former = last.former
        let why = try await context.git.moveWarm(
          worktree, from: tree, to: base, keeping: keeping, &former)
        guard let why else {
          try mark(base, since: last.since, former).write(to: worktree)
          return .warm
        }
        reason = why
      }
    }
    context.notes.once("what was built in '\(path)' is not used again: \(reason)")
    KeptOutput.remove(keeping, in: path)
    return .cold
  }

  private func distrust(_ last: BenchMark, _ tree: ObjectID) throws -> String? {
    if last.key != key || last.path != seenPath { return "it was built in another way" }
    if !last.isOfThisBoot { return "the machine was started since" }
    let now = context.project.clock.now().wholeSeconds
    if now < last.since || now - last.since > Self.longest { return "it was begun a day ago" }
    // What came and went during the attempt was there for some of its builds and not for others.
    let changes = try context.repository.changes(from: last.tree, to: tree)
    return SealedGit.coldness(changes, keeping)
  }

  /// Notes what builds begin from, where something of them stays.
  func noteBase(_ base: ObjectID, in worktree: WorktreeHandle) throws {
    if keeping.isEmpty || BenchMark(of: worktree) != nil { return }
    let now = context.project.clock.now().wholeSeconds
    try mark(base, since: now, FormerTimes()).write(to: worktree)
  }

  /// Notes that what builds begin from was brought there, where something of them stays.
  func noteSeed(
    _ base: ObjectID, since: Int64, _ former: FormerTimes, in worktree: WorktreeHandle
  ) throws {
    if keeping.isEmpty { return }
    try mark(base, since: since, former).write(to: worktree)
  }

  private func mark(
    _ base: ObjectID, since: Int64, _ former: FormerTimes
  ) throws -> BenchMark {
    BenchMark(
      state: .ready, key: key, commit: base, tree: try context.repository.treeID(of: base),
      since: since, owner: BenchMark.us, path: seenPath, former: former)
  }

  private var key: String {
    let setup = context.configuration.run.setup.flatMap(\.argv)
    return Repository.hashBlob(Array((keeping + setup).joined(separator: "\n").utf8)).hex
  }
}
