import Foundation
import Testing
import UETModel
import UETSystem
import UETTestSupport

@testable import UETGit

/// What was built in one checkout, brought to another.
@Suite struct SeedingTests {
  /// Random states of a project are built in one place, brought to new ones, and gone on with
  /// there.
  @Test(arguments: [WarmProject.Tool.make, .ninja, .pythonCopy, .pythonMemory, .python])
  func aPlaceThatWasGivenABuildSaysWhatACleanOneSays(_ tool: WarmProject.Tool) async throws {
    guard tool.isThere else { return print("\(tool) is not installed") }
    for seed in Seeds(short: 2, long: 360).all {
      do { try await SeedWalk(tool, seed).run() } catch {
        let words = "\(tool), seed \(seed): \(error)"
        Issue.record("\(words)\nreplay: UET_SEED=\(seed) swift test --filter SeedingTests")
        return
      }
    }
  }

  private struct Places {
    let fixture: SealedGitFixture
    let commits: [ObjectID]
    let bench: WorktreeHandle

    /// A bench of the first commit, in which `build/out` was made from `a`.
    init() async throws {
      fixture = try SealedGitFixture(["a": "one\n", "b": "one\n", ".gitignore": "build\nx\n"])
      commits = [fixture.tip, fixture.test.commit("second", ["a": "two\n"])]
      bench = try await fixture.add("bench", at: commits[0])
      try fixture.git.backdate(bench, commits[0])
      mkdir(bench.path + "/build", 0o755)
      fixture.write(bench, "build/out", "made of a")
    }

    func seed(_ folders: [String] = ["build"], former: FormerTimes = FormerTimes()) throws -> Seed {
      Seed(
        bench, of: try fixture.repository.treeID(of: commits[0]), folders: folders,
        KeptOutput(in: bench.path, folders: folders), former: former)
    }

    func time(_ worktree: WorktreeHandle, _ name: String) -> FileTime {
      Files.time("\(worktree.path)/\(name)") ?? FileTime(seconds: 0, nanoseconds: 0)
    }

    func refusal(_ worktree: WorktreeHandle, at commit: ObjectID) throws -> String? {
      switch try fixture.git.plant(seed(), in: worktree, at: commit) {
      case .planted: nil
      case .refused(let reason): reason
      }
    }
  }

  @Test func whatIsTheSameIsOlderThanTheBuildAndWhatIsNotIsNewer() async throws {
    let places = try await Places()
    // It was checked out before the build was made, which by its times is newer than all of it.
    let place = try await places.fixture.add("own", at: places.commits[1])
    places.fixture.write(places.bench, "build/late", "made last")
    #expect(try places.refusal(place, at: places.commits[1]) == nil)
    let (out, late) = (places.time(place, "build/out"), places.time(place, "build/late"))
    #expect(places.time(place, "b") < out)
    #expect(places.time(place, "a").seconds > late.seconds && late >= out)
    #expect(places.fixture.test.git("status", "--porcelain", in: place.path) == "")
    // The order of all that was built, to the nanosecond.
    #expect(
      (places.time(places.bench, "build/out") < places.time(places.bench, "build/late"))
        == (out < late))
    let b = (places.time(place, "b"), places.time(places.bench, "b"))
    #expect(b.0.nanoseconds == b.1.nanoseconds)
  }

  @Test func noSecondThatAFileHadIsGivenToIt() async throws {
    let places = try await Places()
    let place = try await places.fixture.add("own", at: places.commits[1])
    let now = try CheckoutRecord.now(in: place.path).seconds
    var former = FormerTimes()
    for second in now...(now + 5) {
      former.note(Array("a".utf8), FileTime(seconds: second, nanoseconds: 0))
    }
    guard
      case .planted(let after) = try places.fixture.git.plant(
        places.seed(former: former), in: place, at: places.commits[1])
    else {
      Issue.record("it is refused")
      return
    }
    #expect(places.time(place, "a").seconds == now + 6)
    #expect(after.holds(Array("a".utf8), places.time(places.bench, "a").seconds))
  }

  @Test func whatIsOfNoUseIsRefused() async throws {
    let places = try await Places()
    func fresh(_ name: String, at commit: ObjectID? = nil) async throws -> WorktreeHandle {
      try await places.fixture.add(name, at: commit ?? places.commits[1])
    }
    let more = places.fixture.test.commit("third", ["c": "new\n"])
    #expect(
      try await places.refusal(fresh("new-path", at: more), at: more) == "'c' is new")
    let described = places.fixture.test.commit("fourth", ["Makefile": "all:\n"])
    #expect(
      try await places.refusal(fresh("described", at: described), at: described)?
        .contains("says how it is built") == true)
    // What a worker left there may have been read by no build of the bench's.
    let used = try await fresh("used")
    places.fixture.write(used, "x", "ignored")
    #expect(
      try places.refusal(used, at: places.commits[1]) == "files that git ignores stand beside it")
    let built = try await fresh("built")
    mkdir(built.path + "/build", 0o755)
    #expect(try places.refusal(built, at: places.commits[1]) == "'build' stands there already")
    // A gate that changes what it builds from, and puts it back as it was.
    let place = try await fresh("odd")
    places.fixture.write(places.bench, "b", "one\n")
    #expect(
      try places.refusal(place, at: places.commits[1])
        == "what builds it changes files that are tracked")
    #expect(Files.kind(place.path + "/build") == nil)
  }

  @Test func whatIsInstalledThereStays() async throws {
    let places = try await Places()
    mkdir(places.bench.path + "/node_modules", 0o755)
    let place = try await places.fixture.add("own", at: places.commits[1])
    mkdir(place.path + "/node_modules", 0o755)
    places.fixture.write(place, "node_modules/mine", "x")
    let seed = try places.seed(["build", "node_modules"])
    guard
      case .planted = try places.fixture.git.plant(
        seed, in: place, at: places.commits[1], besides: ["node_modules"])
    else {
      Issue.record("it is refused")
      return
    }
    #expect(Files.kind(place.path + "/node_modules/mine") == .file)
    #expect(Files.kind(place.path + "/build/out") == .file)
  }
}

/// A walk through states of a project, each of which begins in a new place with what the last
/// built.
private struct SeedWalk {
  private let tool: WarmProject.Tool
  private let seed: UInt64

  init(_ tool: WarmProject.Tool, _ seed: UInt64) { (self.tool, self.seed) = (tool, seed) }

  func run() async throws {
    var random = SeededRandom(seed: seed)
    let (fixture, commits) = try WarmProject.history(of: tool, &random)
    var bench = try await fixture.add("bench", at: commits[0])
    try fixture.git.backdate(bench, commits[0])
    var (tree, former) = (try fixture.repository.treeID(of: commits[0]), FormerTimes())
    _ = try tool.said(in: bench.path, fixture)
    var clean = CleanAnswers(tool, fixture)
    var planted = 0
    for step in 0..<8 {
      let commit = commits.randomElement(using: &random) ?? commits[0]
      let place = try await fixture.add("place-\(step)", at: commit)
      let outcome = try fixture.git.plant(
        Seed(
          bench, of: tree, folders: ["build"], KeptOutput(in: bench.path, folders: ["build"]),
          former: former), in: place, at: commit)
      let isPlanted: Bool
      switch outcome {
      case .planted(let times):
        (isPlanted, former) = (true, times)
        planted += 1
      case .refused:
        (isPlanted, former) = (false, FormerTimes())
        try fixture.git.backdate(place, commit)
      }
      let found = try tool.said(in: place.path, fixture)
      let expected = try await clean.answer(at: commit)
      try Violation.unless(
        found == expected, "step \(step): it says \(found), clean \(expected) (\(outcome))")
      // Later ones begin with what was built here, or once more with the same.
      if !isPlanted || Bool.random(using: &random) {
        (bench, tree) = (place, try fixture.repository.treeID(of: commit))
      }
    }
    if seed == 1 { print("\(tool): \(planted) of 8 places were given a build") }
  }
}
