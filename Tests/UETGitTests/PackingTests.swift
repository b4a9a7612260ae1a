import Testing
import UETModel
import UETSystem
import UETTestSupport

@testable import UETGit

@Suite struct PackingTests {
  private let fixture = TestRepository(isInMemory: true)

  private var git: SealedGit {
    get throws {
      SealedGit(
        repository: try Repository.open(
          discoveringFrom: fixture.path, environment: fixture.environment),
        environment: fixture.environment)
    }
  }

  private var packs: [String] {
    Files.names(in: fixture.path + "/.git/objects/pack").filter { $0.hasSuffix(".pack") }
  }

  private func makePacks(_ count: Int) {
    // Git would put them together itself, in the background.
    fixture.git("config", "gc.auto", "0")
    for number in 0..<count {
      fixture.commit("c\(number)", ["a": "\(number)\n"])
      fixture.git("repack", "--quiet")
    }
  }

  @Test("packs are put together where there are more than git leaves, but for what is kept")
  func combined() async throws {
    makePacks(8)
    try await git.combinePacks()
    #expect(packs.count == 8)
    fixture.git("config", "gc.autoPackLimit", "4")
    // What no reference leads to, in a pack and as a file.
    fixture.commit("lost", ["b": "1\n"])
    fixture.git("repack", "--quiet")
    let packed = fixture.git("rev-parse", "HEAD")
    fixture.git("reset", "--quiet", "--hard", "HEAD~1")
    fixture.git("reflog", "expire", "--expire=now", "--all")
    let loose = fixture.git("hash-object", "-w", "--stdin", input: "lost")
    let kept = try #require(packs.first).replacing(".pack", with: ".keep")
    try Files.write([], to: fixture.path + "/.git/objects/pack/" + kept)
    try await git.combinePacks()
    #expect(packs.count < 5 && packs.contains(kept.replacing(".keep", with: ".pack")))
    #expect(fixture.git("rev-list", "--count", "HEAD") == "8")
    for lost in [packed, loose] { fixture.git("cat-file", "-e", lost) }
    fixture.git("fsck", "--strict")
    // As with git, 0 is never.
    fixture.git("config", "gc.autoPackLimit", "0")
    makePacks(3)
    let before = packs.count
    try await git.combinePacks()
    #expect(packs.count == before)
  }

  @Test("a walk through more packs than may be open reads each of them once")
  func manyPacks() throws {
    makePacks(60)
    let repository = try git.repository
    let head = try #require(ObjectID(fixture.git("rev-parse", "HEAD")))
    _ = try repository.commits(in: head, notIn: [])
    let open = Files.names(in: "/proc/self/fd").compactMap { Files.linked("/proc/self/fd/\($0)") }
      .count { $0.hasPrefix(fixture.path) && $0.hasSuffix(".pack") }
    #expect(open == 60)
  }
}
