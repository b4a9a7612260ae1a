import UETGit
import UETModel
import UETPlanning
import UETSystem

/// One warm place: a checkout at a fixed path that goes from tree to tree, and in which what gates
/// built before stays.
///
/// A gate may be faster there, never greener: where it is not certain that its build goes on as one
/// in a clean place would, that place is what it gets.
struct Bench: Sendable {
  let context: Ground
  let hold: BenchHold
  let kind: BenchKind

  /// Seconds after which all is built anew, whatever happened: compilers are no part of a tree.
  private static let longest: Int64 = 24 * 3600

  /// A bench as a gate finds it.
  struct Ready: Sendable {
    let worktree: WorktreeHandle
    var mark: BenchMark
    /// The tree on which what is kept was built; nil in a clean place.
    var warm: ObjectID?
    /// Why what was kept was thrown away.
    var cold: String?
  }

  /// Makes it a checkout of `commit`, with what was built there or without.
  func prepare(_ commit: ObjectID, isCold: Bool) async throws -> Ready {
    let tree = try context.repository.treeID(of: commit)
    let known = try usable()
    let last = known.flatMap { BenchMark(of: $0) }
    let now = context.project.clock.now().wholeSeconds
    var mark = BenchMark(
      state: .filling, key: kind.key, commit: commit, tree: tree, since: now,
      owner: BenchMark.us, path: seenPath)
    var cold: String?
    if let known {
      try mark.write(to: known)
      let output = output
      let had = !output.isEmpty
      let former = had ? last : nil
      let reason =
        isCold ? "a clean place is asked for" : former.flatMap { distrust($0, output, now, commit) }
      if let former, reason == nil {
        var times = former.former
        cold = try await context.git.moveWarm(
          known, from: former.tree, to: commit, keeping: kind.keep, reading: kind.gate.inputs,
          &times)
        if cold == nil {
          (mark.since, mark.former, mark.state) = (former.since, times, .building)
          try mark.write(to: known)
          return Ready(worktree: known, mark: mark, warm: former.tree, cold: nil)
        }
      } else if had {
        cold = reason ?? "nothing says what was built"
      }
    }
    let worktree = try await emptied(known, commit)
    let seed = isCold ? nil : try await plant(in: worktree, at: commit).planted
    if let seed {
      (mark.since, mark.former) = (seed.since, seed.former)
    } else {
      try context.git.backdate(worktree, commit)
    }
    mark.state = .building
    try mark.write(to: worktree)
    return Ready(worktree: worktree, mark: mark, warm: seed?.tree, cold: seed == nil ? cold : nil)
  }

  /// Notes that what ran there ended by itself, so that what it left is good for the next.
  func finish(_ ready: Ready) {
    var mark = ready.mark
    mark.state = .ready
    mark.output = output.identity
    try? mark.write(to: ready.worktree)
  }

  /// Why what stands in the build folders is of no use; nil where it may be.
  func distrust(
    _ last: BenchMark, _ output: KeptOutput, _ now: Int64, _ commit: ObjectID
  ) -> String? {
    if !kind.gate.isWarm { return "'gates.\(kind.gate.name).warm' is false" }
    if last.state != .ready { return "what was built last was cut short" }
    if last.key != kind.key { return "it was built by another gate, or in another environment" }
    if last.path != seenPath { return "it was built in another place" }
    if !last.isOfThisBoot { return "the machine was started since" }
    if now < last.since || now - last.since > Self.longest { return "it was begun a day ago" }
    if kind.gate.isKeyedByCommit, last.commit != commit { return "the gate looks at the history" }
    if last.output != output.identity {
      return "somebody changed what was built"
    }
    return nil
  }

  /// What stands in its build folders.
  var output: KeptOutput { KeptOutput(in: hold.path, folders: kind.keep) }

  /// Where what runs in it sees it.
  var seenPath: String { context.onePath ?? hold.path }

  /// The worktree where it is one that can be gone on with.
  func usable() throws -> WorktreeHandle? {
    guard let worktree = context.repository.worktree(at: hold.path) else { return nil }
    let file = Files.content(of: hold.path + "/.git").map { String(decoding: $0, as: UTF8.self) }
    let isSound =
      Files.kind(hold.path) == .directory && file == "gitdir: \(worktree.gitDirectory)\n"
      && Files.kind(worktree.gitDirectory + "/modules") == nil
    return isSound ? worktree : nil
  }

  /// A clean checkout.
  func emptied(
    _ known: WorktreeHandle?, _ commit: ObjectID
  ) async throws -> WorktreeHandle {
    if let known {
      BenchReads(known).remove()
      KeptOutput.remove(kind.keep, in: hold.path)
      do {
        try await context.git.reset(known, to: commit)
        return known
      } catch GitError.diskFull(let path, let detail) {
        throw GitError.diskFull(path: path, detail: detail)
      } catch {
        // It is made anew.
      }
    }
    if context.repository.worktree(at: hold.path) != nil {
      try await context.git.removeWorktree(at: hold.path, force: true)
    }
    if Files.kind(hold.path) != nil {
      let aside = "\(hold.path).aside-\(context.project.clock.now().microseconds)"
      try Files.move(hold.path, to: aside)
      context.project.warn("moved what stood at '\(hold.path)' to '\(aside)'")
    }
    return try await context.git.addWorktree(
      at: hold.path, commit: commit, reason: "git-uet bench")
  }
}
