import Testing
import UETModel
import UETSystem
import UETTestSupport

@testable import UETGit

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Whatever is done to a worktree, staging finds what `git add -A` finds.
///
/// A failure prints its seed; `UET_SEED=N swift test --filter StagingPropertyTests` replays it.
@Suite struct StagingPropertyTests {
  static var seeds: [UInt64] {
    if let one = getenv("UET_SEED").flatMap({ UInt64(String(cString: $0)) }) { return [one] }
    return Array(1...(getenv("UET_LONG") == nil ? 6 : 200))
  }

  private static let names = ["a", "b", "d/a", "d/b", "d/e/a", "e", "x é", "x.o", "-n", "f/g/h"]

  /// How the worktree is filled: in this process, by git because of an attribute, or in part.
  enum Way: CaseIterable { case plain, byGit, sparse, sparseByGit }

  /// One random command of a shell that works on a few names.
  static func step(_ random: inout SeededRandom) -> String {
    let name = names.randomElement(using: &random) ?? "a"
    let quoted = "'./\(name)'"
    let parent = name.contains("/") ? "'./\(name.prefix { $0 != "/" })'" : quoted
    switch Int.random(in: 0..<11, using: &random) {
    case 0, 1, 2:
      return "mkdir -p \"$(dirname \(quoted))\"; printf \(random.next() % 10) > \(quoted)"
    case 3: return "printf more >> \(quoted)"
    case 4: return "rm -rf \(quoted)"
    case 5: return "rm -rf \(parent)"
    case 6: return "rm -rf \(quoted); mkdir -p \(quoted); printf 1 > \(quoted)/in"
    case 7: return "rm -rf \(parent); ln -s d \(parent)"
    case 8: return "chmod \(Bool.random(using: &random) ? "+" : "-")x \(quoted)"
    case 9: return "cp -p \(quoted) ./copy; mv ./copy \(quoted)"
    default: return "touch -d @\(1_600_000_000 + random.next() % 3) \(quoted)"
    }
  }

  static func disturb(_ place: String, _ random: inout SeededRandom, _ test: TestRepository)
    -> String
  {
    let steps = (0..<Int.random(in: 1...6, using: &random)).map { _ in
      "{ \(step(&random)); } 2>&- || :"
    }
    let script = steps.joined(separator: "\n")
    _ = GitProcess(["sh", "-c", script], in: place, environment: test.environment)
    return script
  }

  @Test(arguments: seeds) func stagingIsGitAdd(seed: UInt64) async throws {
    var random = SeededRandom(seed: seed)
    for way in Way.allCases { try await stage(seed, way, &random) }
  }

  private func stage(_ seed: UInt64, _ way: Way, _ random: inout SeededRandom) async throws {
    var files = [".gitignore": "*.o\n"]
    for name in Self.names.prefix(6) where name != "d" { files[name] = "\(name)\n" }
    if way == .byGit || way == .sparseByGit { files[".gitattributes"] = "*.zip filter=x\n" }
    let fixture = try SealedGitFixture(files)
    let isSparse = way == .sparse || way == .sparseByGit
    let worktree = try await fixture.git.addWorktree(
      at: fixture.place("w"), commit: fixture.tip, reason: "test", sparse: isSparse ? ["e"] : nil)
    #expect((SavedIndex(worktree, of: fixture.tip) == nil) == (way == .plain || way == .sparse))
    #expect(Files.exists(worktree.path + "/d/a") == !isSparse)
    var scripts: [String] = []
    for round in 0..<4 {
      scripts.append(Self.disturb(worktree.path, &random, fixture.test))
      let index = ["GIT_INDEX_FILE": fixture.test.directory.path + "/index.\(round)"]
      fixture.test.git("read-tree", fixture.tip.hex, in: worktree.path, environment: index)
      if isSparse {
        for name in ["d/a", "d/b", "d/e/a"]
        where GitProcess(
          ["test", "-e", name, "-o", "-L", name], in: worktree.path,
          environment: fixture.test.environment
        ).status != 0 {
          fixture.test.git(
            "update-index", "--skip-worktree", name, in: worktree.path, environment: index)
        }
      }
      fixture.test.git("add", "-A", "--sparse", in: worktree.path, environment: index)
      let expected = fixture.test.git("write-tree", in: worktree.path, environment: index)
      let staged = try await fixture.git.stageAll(worktree, base: fixture.tip)
      #expect(
        staged.hex == expected,
        "seed \(seed), \(way), round \(round):\n\(scripts.joined(separator: "\n--\n"))")
      if staged.hex != expected { return }
    }
  }
}
