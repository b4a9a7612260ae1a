import Testing
import UETModel
import UETTestSupport

@testable import UETGit

/// What counts as work in spite of ignore rules, and what does not although nothing outside hides
/// it.
@Suite struct ForcedStagingTests {
  private func shell(_ script: String, _ worktree: WorktreeHandle, _ fixture: SealedGitFixture) {
    let process = GitProcess(
      ["sh", "-ec", script], in: worktree.path, environment: fixture.test.environment)
    #expect(process.status == 0)
  }

  private func changed(
    _ fixture: SealedGitFixture, _ worktree: WorktreeHandle, declared: [String] = [],
    excluding: [String] = []
  ) async throws -> [String] {
    let tree = try await fixture.git.stageAll(
      worktree, base: fixture.tip, excluding: excluding,
      declared: declared.map { try ScopePattern($0) })
    return try fixture.repository.changes(
      from: fixture.repository.treeID(of: fixture.tip), to: tree
    )
    .map(\.path)
  }

  /// As the record of the checkout knows it, and as git finds out by itself.
  @Test(arguments: [false, true]) func whatWasStagedCounts(byGit: Bool) async throws {
    let fixture = try SealedGitFixture(["a": "1", "build/old": "1"])
    fixture.test.commit("ignore", [".gitignore": "build/\n.env\n"])
    let worktree = try await fixture.add("w")
    if byGit { fixture.git.forgetCheckout(worktree) }
    shell(
      """
      printf 1 > build/new; printf 2 > build/not; printf 3 > .env
      git add -f build/new .env; git rm -q --cached build/old
      """, worktree, fixture)
    #expect(
      try await changed(fixture, worktree, excluding: [".env"]) == ["build/new", "build/old"])
  }

  @Test func whatIsDeclaredCounts() async throws {
    let fixture = try SealedGitFixture([
      "src/a": "1", ".gitignore": "out/\n*.gen\n*.pyc\nnode_modules/\n",
    ])
    let worktree = try await fixture.add("w")
    for path in ["out/t", "out/deep/u", "src/x.gen", "src/a.pyc", "node_modules/m/x.gen"] {
      fixture.write(worktree, path, "new")
    }
    #expect(try await changed(fixture, worktree) == [])
    #expect(try await changed(fixture, worktree, declared: ["out/t"]) == ["out/t"])
    #expect(try await changed(fixture, worktree, declared: ["out"]) == ["out/deep/u", "out/t"])
    #expect(try await changed(fixture, worktree, declared: ["src/*.gen"]) == ["src/x.gen"])
    // Meant for the rest of what they cover.
    #expect(try await changed(fixture, worktree, declared: ["src", "src/**", "**/*.gen"]) == [])
    #expect(try await changed(fixture, worktree, declared: ["out/t"], excluding: ["out"]) == [])
  }

  @Test func whatAnInnerRepositoryHidesStaysOut() async throws {
    let fixture = try SealedGitFixture(["a": "1", "dir/f": "1", "file": "1"])
    let worktree = try await fixture.add("w")
    shell(
      """
      for place in app dir app/in; do
        git init -q $place; printf '.env\\nforced\\n' >> $place/.git/info/exclude
        printf s > $place/.env; printf m > $place/main; printf f > $place/forced
        git -C $place add -f forced
      done
      git init -q named; printf 'key\\n' > ../rules; printf k > named/key; printf m > named/main
      git -C named config core.excludesFile "$PWD/../rules"
      rm file; git init -q file; printf m > file/main
      """, worktree, fixture)
    let found = try await changed(fixture, worktree)
    #expect(
      found == [
        "app/forced", "app/in/forced", "app/in/main", "app/main", "dir/forced", "dir/main", "file",
        "file/main", "named/main",
      ])
  }
}
