import Foundation
import Testing
import UETModel
import UETSystem
import UETTestSupport

@testable import UETGit

@Suite struct WarmMoveTests {
  /// Random histories are built step by step in one place, and each tree in a clean one as well.
  @Test(arguments: WarmProject.Tool.allCases)
  func aWarmPlaceSaysWhatACleanOneSays(_ tool: WarmProject.Tool) async throws {
    guard tool.isThere else { return print("\(tool) is not installed") }
    // It builds for minutes.
    if tool == .swift, !isLong { return }
    for seed in Seeds(short: tool.isSlow ? 1 : 2, long: tool.histories).all {
      do { try await WarmWalk(tool, seed).run() } catch {
        let words = "\(tool), seed \(seed): \(error)"
        Issue.record(
          "\(words)\nreplay: UET_SEED=\(seed) swift test --filter WarmMoveTests")
        return
      }
    }
  }

  /// However fast one content follows the other: none is given a whole second that the file had.
  @Test func noSecondIsGivenToAFileTwice() async throws {
    let fixture = try SealedGitFixture(["a": "one\n", "b": "one\n", ".gitignore": "build\n"])
    let commits = [fixture.tip, fixture.test.commit("second", ["a": "two\n"])]
    let worktree = try await fixture.add("warm")
    try fixture.git.backdate(worktree, commits[1])
    var former = FormerTimes()
    var seconds: Set<Int64> = []
    var warm = 0
    func second(_ name: String) -> Int64 {
      Files.time(worktree.path + "/" + name)?.seconds ?? 0
    }
    for step in 0..<12 {
      mkdir(worktree.path + "/build", 0o755)
      fixture.write(worktree, "build/out", "\(step)")
      seconds.insert(second("a"))
      let (from, to) = (commits[(step + 1) % 2], commits[step % 2])
      let reason = try await fixture.git.moveWarm(
        worktree, from: fixture.repository.treeID(of: from), to: to, keeping: ["build"], &former)
      guard reason == nil else {
        // There is only so much time.
        #expect(
          reason == "times in it have not come yet")
        break
      }
      warm += 1
      #expect(!seconds.contains(second("a")), "step \(step)")
      #expect(second("a") > second("build/out") && second("b") < second("build/out"))
    }
    #expect(warm >= 2)
  }

  @Test func nothingIsNewerThanWhatWasWrittenLast() {
    func plan(_ seconds: [Int64], now: Int64) -> TimeShift.Plan {
      TimeShift.plan(
        seconds.map { FileTime(seconds: $0, nanoseconds: 5) },
        now: FileTime(seconds: now, nanoseconds: 9))
    }
    #expect(plan([], now: 10) == .none)
    #expect(plan([3, 9], now: 10) == .none)
    #expect(plan([3, 10], now: 10) == .shift(TimeShift(start: 10, seconds: 1)))
    #expect(plan([3, 7, 8, 9, 10], now: 10) == .shift(TimeShift(start: 7, seconds: 1)))
    // There must be room for the whole span.
    #expect(plan([3, 9, 11], now: 10) == .shift(TimeShift(start: 9, seconds: 2)))
    #expect(plan([3, 8, 9, 11], now: 10) == .shift(TimeShift(start: 8, seconds: 2)))
    #expect(plan([3, 5, 7, 9, 11], now: 10) == .shift(TimeShift(start: 3, seconds: 2)))
    #expect(plan([3, 99], now: 10) == .impossible)
  }

  @Test func timesThatAreSetBackKeepTheirOrder() {
    var random = SeededRandom(seed: 7)
    for _ in 0..<2_000 {
      let now = FileTime(seconds: 1_000, nanoseconds: Int64.random(in: 0..<1_000, using: &random))
      let times = (0..<Int.random(in: 1...12, using: &random)).map { _ in
        FileTime(
          seconds: Int64.random(in: 985...1_001, using: &random),
          nanoseconds: Int64.random(in: 0..<1_000, using: &random))
      }
      guard case .shift(let shift) = TimeShift.plan(times, now: now) else { continue }
      let moved = times.map { shift.applies(to: $0) ? shift.time($0) : $0 }
      #expect(moved.allSatisfy { $0.seconds < now.seconds })
      for (one, before) in zip(moved, times) {
        for (other, otherBefore) in zip(moved, times) {
          #expect((one < other) == (before < otherBefore))
          #expect((one.seconds < other.seconds) == (before.seconds < otherBefore.seconds))
        }
      }
    }
  }

  @Test func whatCannotBeMendedStepByStepIsNamed() throws {
    let fixture = try SealedGitFixture([
      "a.c": "1", "Makefile": "x", "deep/CMakeLists.txt": "x", "lib/build.rs": "x", "b.c": "2",
    ])
    let first = fixture.tip
    func coldness(_ reading: [ScopePattern]? = nil, _ change: () -> Void) throws -> String? {
      change()
      let commit = fixture.test.commit("change")
      defer { fixture.test.git("reset", "-q", "--hard", first.hex) }
      let changes = try fixture.repository.changes(
        from: fixture.repository.treeID(of: first), to: fixture.repository.treeID(of: commit))
      return SealedGit.coldness(changes, ["build"], reading: reading)
    }
    let write = fixture.test.write
    #expect(try coldness { write("a.c", "3", 0o644) } == nil)
    #expect(try coldness { write("a.c", "3", 0o755) } == nil)
    #expect(try coldness { write("new.c", "3", 0o644) } == "'new.c' is new")
    #expect(try coldness { fixture.test.git("rm", "-q", "b.c") } == "'b.c' is gone")
    #expect(try coldness { fixture.test.git("mv", "b.c", "c.c") } == "'b.c' is gone")
    // Who says what builds read: nothing else is looked for. Descriptions of a build count always.
    let source = [try ScopePattern("src")]
    #expect(try coldness(source) { write("docs/new.md", "3", 0o644) } == nil)
    #expect(try coldness(source) { write("src/new.c", "3", 0o644) } == "'src/new.c' is new")
    #expect(
      try coldness(source) { write("Makefile", "3", 0o644) } == "'Makefile' says how it is built")
    for path in ["Makefile", "deep/CMakeLists.txt", "lib/build.rs"] {
      #expect(try coldness { write(path, "3", 0o644) } == "'\(path)' says how it is built")
    }
    #expect(
      try coldness {
        fixture.test.git("rm", "-q", "b.c")
        fixture.test.git("config", "core.symlinks", "true")
        symlink("a.c", fixture.test.path + "/b.c")
      } == "'b.c' is no plain file")
  }
}

/// A place that goes from tree to tree, and what a clean one says beside it.
private struct WarmWalk {
  private let tool: WarmProject.Tool
  private let seed: UInt64

  init(_ tool: WarmProject.Tool, _ seed: UInt64) { (self.tool, self.seed) = (tool, seed) }

  func run() async throws {
    var random = SeededRandom(seed: seed)
    let (fixture, commits) = try WarmProject.history(of: tool, &random)
    let worktree = try await fixture.add("warm", at: commits[0])
    try fixture.git.backdate(worktree, commits[0])
    var former = FormerTimes()
    var tree = try fixture.repository.treeID(of: commits[0])
    var last = try tool.said(in: worktree.path, fixture)
    var clean = CleanAnswers(tool, fixture)
    var warm = 0
    for _ in 0..<10 {
      // Now and then the same again.
      let commit = commits.randomElement(using: &random) ?? commits[0]
      let reason = try await fixture.git.moveWarm(
        worktree, from: tree, to: commit, keeping: ["build"], &former)
      if reason == nil {
        warm += 1
      } else {
        KeptOutput.remove(["build"], in: worktree.path)
        try await fixture.git.reset(worktree, to: commit)
        try fixture.git.backdate(worktree, commit)
        former = FormerTimes()
      }
      tree = try fixture.repository.treeID(of: commit)
      let status = fixture.test.git("status", "--porcelain", in: worktree.path)
      try Violation.unless(status.isEmpty, "not clean: \(status)")
      last = try tool.said(in: worktree.path, fixture)
      let expected = try await clean.answer(at: commit)
      try Violation.unless(
        last == expected, "warm says \(last), clean \(expected) (\(reason ?? "went on"))")
    }
    if seed == 1 { print("\(tool): \(warm) of 10 steps were warm") }
  }
}
