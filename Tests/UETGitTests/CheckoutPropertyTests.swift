import Testing
import UETModel
import UETSystem
import UETTestSupport

@testable import UETGit

/// A worktree that was filled, disturbed and switched again and again is what git would have
/// checked out, whichever way it was filled before.
///
/// A failure prints its seed; `UET_SEED=N swift test --filter CheckoutPropertyTests` replays it.
@Suite struct CheckoutPropertyTests {
  /// Everything below a directory: kinds, rights, content.
  private func content(_ place: String, _ test: TestRepository) -> String {
    let script = """
      find . -path ./.git -prune -o -printf '%p %y %M %l\\n' | sort
      find . -path ./.git -prune -o -type f -print0 | sort -z | xargs -0 -r sha1sum
      """
    return GitProcess(["sh", "-c", script], in: place, environment: test.environment).text
  }

  private func commits(_ fixture: SealedGitFixture, _ random: inout SeededRandom) -> [ObjectID] {
    var ids = [fixture.tip]
    for number in 0..<4 {
      _ = StagingPropertyTests.disturb(fixture.test.path, &random, fixture.test)
      if number == 2 { fixture.test.write(".gitattributes", "*.zip filter=x\n") }
      if number == 3 { fixture.test.git("rm", "-q", "-f", ".gitattributes") }
      ids.append(fixture.test.commit("next"))
    }
    return ids
  }

  @Test(arguments: StagingPropertyTests.seeds) func switchingIsACheckout(seed: UInt64) async throws
  {
    var random = SeededRandom(seed: seed)
    let fixture = try SealedGitFixture(
      [
        ".gitignore": "*.o\n", "a": "1", "d/a": "2", "d/e/a": "3", "e": "4", "f/g/h": "5",
        "f/x": "6",
      ])
    let ids = commits(fixture, &random)
    let cones: [[String]?] = [nil, ["d"], ["f/g", "new"], ["e"], ["d/e", "f/g/h"]]
    var worktree = try await fixture.add("slot-1", at: ids[0])
    for round in 0..<8 {
      let commit = ids.randomElement(using: &random) ?? ids[0]
      let sparse = cones.randomElement(using: &random) ?? nil
      let script = StagingPropertyTests.disturb(worktree.path, &random, fixture.test)
      var known: KnownCheckout?
      let way = random.next() % 3
      if way > 0 {
        let tree = try await fixture.git.stageAll(worktree, base: ids[0], isPassing: way == 1)
        known =
          way == 1
          ? try fixture.git.recentCheckout(
            of: worktree, tree: tree, ignoring: [], towards: commit, within: .seconds(600))
          : try fixture.git.knownCheckout(of: worktree, tree: tree, ignoring: [])
      }
      try await fixture.git.switchWorktree(worktree, to: commit, sparse: sparse, from: known)
      let fresh = fixture.place("fresh-\(round)")
      fixture.test.git("clone", "-q", "--no-checkout", fixture.test.path, fresh)
      let cone = try sparse.flatMap { try SparseCone($0, in: commit, fixture.repository) }
      if let cone {
        TemporaryDirectory.write(
          Array(cone.patterns.utf8), to: fresh + "/.git/info/sparse-checkout")
      }
      fixture.test.git(
        "-c", "core.sparseCheckout=\(cone != nil)", "-c", "core.sparseCheckoutCone=true",
        "checkout", "-q", "--detach", commit.hex, in: fresh)
      let (found, expected) = (
        content(worktree.path, fixture.test), content(fresh, fixture.test)
      )
      #expect(found == expected, "seed \(seed), round \(round), \(sparse ?? ["all"]):\n\(script)")
      #expect(
        fixture.test.git("status", "--porcelain", "--ignored", in: worktree.path) == "",
        "seed \(seed), round \(round), \(sparse ?? ["all"]):\n\(script)")
      #expect(
        try await fixture.git.stageAll(worktree, base: commit)
          == fixture.test.id("\(commit)^{tree}"))
      if found != expected { return }
      if random.next() % 5 == 0 {
        try await fixture.git.removeWorktree(at: worktree.path, force: true)
        worktree = try await fixture.add("slot-1", at: ids[0])
      }
    }
  }

  @Test func anIndexIsReadAndWrittenAsGitDoes() async throws {
    let fixture = try SealedGitFixture(["a": "1", "d/b": "2", "d/e/f": "3", "x é": "4"])
    for version in ["2", "3", "4"] {
      fixture.test.git("update-index", "--index-version", version)
      let bytes = try #require(Files.content(of: fixture.test.path + "/.git/index"))
      let entries = try #require(IndexFile.entries(bytes))
      #expect(
        entries.map { String(decoding: $0.path, as: UTF8.self) } == ["a", "d/b", "d/e/f", "x é"])
      #expect(try #require(IndexFile.entries(IndexFile.bytes(entries))) == entries)
      // Cut off or damaged anywhere, it is refused or read, and nothing traps.
      for length in 0..<bytes.count { _ = IndexFile.entries(Array(bytes[..<length])) }
      for position in bytes.indices {
        var damaged = bytes
        damaged[position] ^= 0xFF
        _ = IndexFile.entries(damaged)
      }
    }
    let worktree = try await fixture.git.addWorktree(
      at: fixture.place("w"), commit: fixture.tip, reason: "r", sparse: ["d/e"])
    fixture.test.git("fsck", in: worktree.path)
    #expect(fixture.test.git("ls-files", "-t", in: worktree.path).split(separator: "\n").count == 4)
    #expect(
      fixture.test.git("write-tree", in: worktree.path)
        == fixture.test.git("rev-parse", "HEAD^{tree}"))
  }

  @Test func theChecksumIsSHA1() {
    func hex(_ text: String) -> String {
      SHA1.digest(Array(text.utf8)).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }
    #expect(hex("") == "da39a3ee5e6b4b0d3255bfef95601890afd80709")
    #expect(hex("abc") == "a9993e364706816aba3e25717850c26c9cd0d89d")
    #expect(hex(String(repeating: "a", count: 1_000)) == "291e9a6c66994949b57ba5e650361e98fc36b1ba")
  }
}
