import CLibgit2
import Testing
import UETModel
import UETSystem
import UETTestSupport

@testable import UETGit

/// Trees are data from strangers: what may be written to a disk, and that nothing else is.
@Suite struct TreeJudgeTests {
  @Test(arguments: [
    "", ".", "..", "a/b", "/a", ".git", ".GIT", ".gIt", "git~1", "GIT~1", ".git.", ".git ",
    ".git . ",
    ".git:x", ".git::$INDEX_ALLOCATION", ".g\u{200C}it", "\u{FEFF}.git", ".git\u{202A}",
    "a\\.git\\x",
    "..\\x", "git~1\\x", String(repeating: "n", count: 256),
  ]) func refusedNames(_ name: String) {
    #expect(TreeName.fault(name.utf8) != nil)
  }

  @Test(arguments: [
    "a", "...", ".gitignore", ".gitmodules", "git", "git~2", "git~10", ".gitx", ".git-x",
    "gitmod~1",
    "a\\b", "system-a\\x2db.slice", "a:b", " .git", "é", "\u{200C}", "Foo::Bar.3",
    String(repeating: "n", count: 255),
  ]) func acceptedNames(_ name: String) {
    #expect(TreeName.fault(name.utf8) == nil)
  }

  @Test(arguments: [
    ".gitmodules", ".GITmodules", ".gitmodules ", "gitmod~1", "GITMOD~4", "gi7eba~1", "gi7~1234",
    ".git\u{200D}modules",
  ]) func noLinkDeclaresSubmodules(_ name: String) {
    #expect(TreeName.fault(Array(name.utf8), isLink: true) == .linkedModules)
    #expect(TreeName.fault(Array(name.utf8), isLink: false) == nil)
  }

  /// Random names of the parts that matter, as git itself judges them.
  @Test func namesAreJudgedAsGitDoes() throws {
    let test = TestRepository()
    let blob = test.git("hash-object", "-w", "--stdin", input: "x")
    let parts = [
      ".", "g", "i", "t", "G", "~", "1", "git", ".git", "modules", " ", ":", "x", "\u{200C}",
      "\u{FEFF}",
      "gi7eba", "gitmod", "4", "é",
    ]
    for seed in Seeds(short: 60, long: 3_000).all {
      var random = SeededGenerator(seed: seed)
      let name = (0..<Int.random(in: 1...5, using: &random)).map { _ in
        parts.randomElement(using: &random) ?? "x"
      }.joined()
      let isLink = Bool.random(using: &random)
      let git = test.tryGit([
        "-c", "core.protectHFS=true", "-c", "core.protectNTFS=true", "update-index", "--add",
        "--replace", "--cacheinfo", "\(isLink ? "120000" : "100644"),\(blob),\(name)",
      ])
      let isRefused = TreeName.fault(Array(name.utf8), isLink: isLink) != nil
      #expect(isRefused == (git.status != 0), "seed \(seed): '\(name)', link \(isLink)")
    }
  }

  private typealias Entry = (mode: String, name: String, id: ObjectID)

  private static func write(_ entries: [Entry], _ repository: Repository) throws -> ObjectID {
    var bytes: [UInt8] = []
    for entry in entries {
      bytes += Array("\(entry.mode) \(entry.name)".utf8) + [0] + entry.id.bytes
    }
    return try repository.write(bytes, as: GIT_OBJECT_TREE)
  }

  @Test func wholeTrees() throws {
    let fixture = try SealedGitFixture()
    let repository = fixture.repository
    let blob = try repository.writeBlob([1])
    let folder = try Self.write([("100644", "f", blob)], repository)
    func reason(_ entries: [Entry]) throws -> TreeFault.Reason? {
      let tree = try Self.write(entries, repository)
      do throws(GitError) { try repository.judge(tree) } catch {
        guard case .refusedTree(tree, let fault) = error else { throw error }
        return fault.reason
      }
      return nil
    }
    #expect(
      try reason([("100664", "a", blob), ("40000", "b", folder), ("120000", "c", blob)]) == nil)
    #expect(try reason([("100644", "a", blob), ("100644", "a", blob)]) == .twice)
    #expect(try reason([("100644", "b", blob), ("100644", "a", blob)]) == .disorder)
    #expect(try reason([("120000", "a", blob), ("40000", "a", folder)]) == .fileAndFolder)
    #expect(
      try reason([("120000", "a", blob), ("100644", "a.b", blob), ("40000", "a", folder)])
        == .fileAndFolder)
    #expect(try reason([("40000", "a", blob)]) == .noFolder)
    #expect(try reason([("100644", "a", .zero)]) == .noObject)
    #expect(try reason([("10000", "a", blob)]) == .unreadable)
    #expect(try reason([("100644", "../x", blob)]) == .severalParts)
    var deep = folder
    for _ in 0..<600 { deep = try Self.write([("40000", "d", deep)], repository) }
    #expect(try reason([("40000", "d", deep)]) == .deep)
    var large = folder
    for _ in 0..<10 {
      large = try Self.write((0..<10).map { ("40000", "\($0)", large) }, repository)
    }
    #expect(try reason([("40000", "d", large)]) == .large)
    let bad = try Self.write([("100644", "git~1", blob)], repository)
    let fault = #expect(throws: GitError.self) {
      try repository.judge(Self.write([("40000", "sub", bad)], repository))
    }
    #expect("\(try #require(fault))".contains("'sub/git~1'"))
  }

  @Test func nothingIsCheckedOutOrMergedOfARefusedTree() async throws {
    let fixture = try SealedGitFixture()
    let repository = fixture.repository
    let blob = try repository.writeBlob([1])
    let tree = try Self.write([("100755", "../../pwn", blob)], repository)
    let commit = try repository.writeCommit(
      tree: tree, parents: [fixture.tip], message: "m\n", author: fixture.who,
      committer: fixture.who)
    func isRefused(_ body: () async throws(GitError) -> Void) async -> Bool {
      do throws(GitError) { try await body() } catch {
        if case .refusedTree(commit, _) = error { return true }
      }
      return false
    }
    #expect(
      await isRefused { () throws(GitError) in
        _ = try await fixture.git.addWorktree(at: fixture.place("w"), commit: commit, reason: "t")
      })
    #expect(repository.worktree(at: fixture.place("w")) == nil)
    let worktree = try await fixture.add("v")
    #expect(
      await isRefused { () throws(GitError) in
        try await fixture.git.switchWorktree(worktree, to: commit)
      })
    #expect(
      await isRefused { () throws(GitError) in
        try await fixture.git.reset(worktree, to: commit)
      })
    #expect(
      await isRefused { () throws(GitError) in
        _ = try await fixture.git.mergeTree(fixture.tip, commit)
      })
    #expect(TemporaryDirectory.read(fixture.test.directory.path + "/pwn") == nil)
    #expect(TemporaryDirectory.read(worktree.path + "/a") == Array("1\n".utf8))
  }

  /// A worker's own commits that hold such a tree are kept beside its files, and are no result.
  @Test func workOnARefusedTreeIsKept() async throws {
    let fixture = try SealedGitFixture()
    let worktree = try await fixture.add("w")
    let base = fixture.tip
    fixture.write(worktree, "b", "2\n")
    fixture.write(worktree, "git~1", "3\n")
    let blob = try fixture.repository.writeBlob([1])
    let tree = try Self.write([("100644", "..", blob)], fixture.repository)
    let own = try fixture.repository.writeCommit(
      tree: tree, parents: [base], message: "m\n", author: fixture.who, committer: fixture.who)
    fixture.test.git("update-ref", "--no-deref", "HEAD", own.hex, in: worktree.path)
    await #expect(throws: GitError.self) { try await fixture.commit(worktree, base: base) }
    let kept = try await fixture.git.commitAll(
      worktree, base: base, message: "kept\n", author: fixture.who, committer: fixture.who,
      keepsRefused: true)
    let work = try #require(kept)
    #expect(try fixture.repository.commit(work.tip).parents == [base, own])
    #expect(try fixture.repository.tree(work.tip).map(\.name) == ["a", "b"])
    try fixture.repository.judge(work.tip)
  }

  /// Random hostile paths through the writer alone, without the kernel's help.
  @Test func theWriterStaysInItsFolder() throws { try writeHostilePaths(usesKernel: false) }

  @Test(.enabled(if: BoundFolder.kernelCan, "the kernel has no openat2"))
  func theKernelKeepsTheWriterInItsFolder() throws { try writeHostilePaths(usesKernel: true) }

  private func writeHostilePaths(usesKernel: Bool) throws {
    let directory = TemporaryDirectory()
    let (inside, outside) = (directory.path + "/in", directory.path + "/out")
    TemporaryDirectory.write([1], to: outside + "/kept")
    TemporaryDirectory.write([1], to: inside + "/real/kept")
    let shell = GitProcess(
      ["sh", "-ec", "ln -s ../out in/link; ln -s .. in/up; ln -s \"$PWD/out\" in/real/far"],
      in: directory.path, environment: ["PATH": "/usr/bin:/bin"])
    #expect(shell.status == 0)
    let root = try BoundFolder(inside, usesKernel: usesKernel)
    let parts = ["..", ".", "", "link", "up", "real", "far", "out", "new", "kept", ".git", "a\0b"]
    for seed in Seeds(short: 300, long: 20_000).all {
      var random = SeededGenerator(seed: seed)
      let path = (0..<Int.random(in: 1...5, using: &random)).map { _ in
        parts.randomElement(using: &random) ?? "x"
      }.joined(separator: "/")
      let mode = Bool.random(using: &random) ? FileMode.file : .symlink
      _ = try? FileWriter(root).write(
        IndexEntry(path: Array(path.utf8), mode: mode.rawValue, id: .zero), [0x78])
      if seed % 7 == 0, let (folder, name) = root.place(of: Array(path.utf8)) {
        Folder.remove(name, in: folder)
      }
      #expect(Files.names(in: outside) == ["kept"], "seed \(seed): '\(path)'")
      #expect(Files.names(in: directory.path) == ["in", "out"], "seed \(seed): '\(path)'")
    }
  }

  /// Random trees: refused, or written inside, and never a crash.
  @Test func randomTreesNeverLeaveTheWorktree() async throws {
    let fixture = try SealedGitFixture()
    let repository = fixture.repository
    let blob = try repository.writeBlob(Array("../../pwn".utf8))
    let names = ["a", "b", "a.b", "..", ".", "x/y", "../../pwn", ".git", "git~1", "c", "", "d\\e"]
    let before = Files.names(in: fixture.test.directory.path)
    for seed in Seeds(short: 25, long: 2_000).all {
      var random = SeededGenerator(seed: seed)
      var trees: [ObjectID] = []
      for _ in 0..<Int.random(in: 1...4, using: &random) {
        var entries: [Entry] = (0..<Int.random(in: 0...4, using: &random)).map { _ in
          let mode =
            ["100644", "100755", "120000", "40000", "160000", "0", "777777"]
            .randomElement(using: &random) ?? "100644"
          let id = mode == "40000" ? trees.randomElement(using: &random) ?? blob : blob
          return (mode, names.randomElement(using: &random) ?? "a", id)
        }
        if !random.oneIn(3) { entries.sort { $0.name < $1.name } }
        trees.append(try Self.write(entries, repository))
      }
      let commit = try repository.writeCommit(
        tree: trees[trees.count - 1], parents: [], message: "m\n", author: fixture.who,
        committer: fixture.who)
      do {
        let worktree = try await fixture.add("w\(seed)", at: commit)
        try await fixture.git.removeWorktree(at: worktree.path, force: true)
      } catch { #expect(!"\(error)".isEmpty) }
      let after = Files.names(in: fixture.test.directory.path).filter { $0 != "worktrees" }
      #expect(after == before.filter { $0 != "worktrees" }, "seed \(seed)")
    }
  }
}
