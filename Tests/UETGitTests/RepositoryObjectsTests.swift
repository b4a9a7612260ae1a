import Testing
import UETModel
import UETTestSupport

@testable import UETGit

@Suite struct RepositoryObjectsTests {
  let test = TestRepository()
  let repository: Repository
  let who = Signature(
    name: "A U Thor", email: "author@example.com", at: Timestamp(seconds: 1_700_000_000),
    offsetMinutes: 90)

  init() throws {
    repository = try Repository.open(discoveringFrom: test.path, environment: test.environment)
  }

  @Test(arguments: [[], [0], Array("hello\n".utf8), [UInt8](repeating: 7, count: 300_000)])
  func blobs(bytes: [UInt8]) throws {
    let id = try repository.writeBlob(bytes)
    #expect(id == Repository.hashBlob(bytes))
    #expect(try repository.blob(id) == bytes)
    #expect(repository.contains(id))
    let git = test.tryGit(["hash-object", "--stdin"], input: bytes)
    #expect(git.text == id.hex + "\n")
    #expect(try repository.writeBlob(bytes) == id)
  }

  @Test func treesAreSortedAsGitSortsThem() throws {
    let blob = try repository.writeBlob([1])
    let inner = try repository.writeTree([TreeEntry(name: "x", mode: .file, id: blob)])
    let entries = [
      TreeEntry(name: "a", mode: .tree, id: inner), TreeEntry(name: "a.b", mode: .file, id: blob),
      TreeEntry(name: "a0", mode: .executable, id: blob),
      TreeEntry(name: "sub", mode: .submodule, id: blob),
      TreeEntry(name: "-x --y\nz é", mode: .symlink, id: blob),
      TreeEntry(nameBytes: [0xff, 0xfe], mode: .file, id: blob),
    ]
    let id = try repository.writeTree(entries)
    #expect(Set(try repository.tree(id)) == Set(entries))
    #expect(try repository.tree(id).map(\.name).prefix(4) == ["-x --y\nz é", "a.b", "a", "a0"])
    #expect(test.tryGit(["fsck", "--strict"]).status == 0)
    #expect(test.git("cat-file", "-t", id.hex) == "tree")
    #expect(try repository.entry(at: "a/x", in: id)?.id == blob)
    #expect(try repository.entry(at: "a/nope", in: id) == nil)
    #expect(try repository.entry(at: "a.b/nope", in: id) == nil)
    #expect(try repository.entry(at: "", in: id) == nil)
  }

  @Test(arguments: ["", ".", "..", ".git", ".GIT", "a/b"])
  func badTreeNames(name: String) throws {
    let blob = try repository.writeBlob([1])
    #expect(throws: GitError.self) {
      try repository.writeTree([TreeEntry(name: name, mode: .file, id: blob)])
    }
  }

  @Test func treeRefusesTwinsAndMissingObjects() throws {
    let blob = try repository.writeBlob([1])
    let twin = TreeEntry(name: "a", mode: .file, id: blob)
    #expect(throws: GitError.self) { try repository.writeTree([twin, twin]) }
    let absent = TreeEntry(name: "a", mode: .file, id: Repository.hashBlob([9, 9]))
    #expect(throws: GitError.self) { try repository.writeTree([absent]) }
  }

  @Test func commitsAreByteEqualToGits() throws {
    let tree = try repository.writeTree([])
    let message = "subject é\n\nbody\n\nUET-Run: x\n"
    let first = try repository.writeCommit(
      tree: tree, parents: [], message: message, author: who, committer: who)
    let date = "1700000000 +0130"
    let git = test.git(
      "commit-tree", tree.hex, input: message,
      environment: [
        "GIT_AUTHOR_DATE": date, "GIT_COMMITTER_DATE": date, "GIT_COMMITTER_NAME": who.name,
        "GIT_COMMITTER_EMAIL": who.email,
      ])
    #expect(first.hex == git)
    let read = try repository.commit(first)
    #expect(read.message == message && read.author == who && read.tree == tree)
    let second = try repository.writeCommit(
      tree: tree, parents: [first, first], message: "-m", author: who, committer: who)
    #expect(try repository.commit(second).parents == [first, first])
    #expect(try repository.tree(first).isEmpty)
  }

  @Test func badCommits() throws {
    let tree = try repository.writeTree([])
    let blob = try repository.writeBlob([1])
    let nobody = Signature(name: " <>\n", email: "", at: Timestamp(seconds: 0))
    #expect(throws: GitError.self) {
      try repository.writeCommit(
        tree: tree, parents: [], message: "", author: nobody, committer: who)
    }
    #expect(throws: GitError.wrongKind(blob, expected: "tree")) {
      try repository.writeCommit(tree: blob, parents: [], message: "", author: who, committer: who)
    }
    #expect(throws: GitError.wrongKind(tree, expected: "commit")) {
      try repository.writeCommit(
        tree: tree, parents: [tree], message: "", author: who, committer: who)
    }
    #expect(throws: GitError.self) {
      try repository.writeCommit(
        tree: tree, parents: [], message: "a\0b", author: who, committer: who)
    }
  }

  @Test func namesCannotBreakTheCommit() throws {
    let tree = try repository.writeTree([])
    let sly = Signature(
      name: "x\ncommitter evil <e> 0 +0000", email: "a\n>b<", at: Timestamp(seconds: 50_000),
      offsetMinutes: -330)
    let id = try repository.writeCommit(
      tree: tree, parents: [], message: "m\n", author: sly, committer: who)
    #expect(test.tryGit(["fsck", "--strict"]).status == 0)
    #expect(
      test.git("show", "-s", "--format=%an|%ae|%ai|%cn", id.hex)
        == "xcommitter evil e 0 +0000|ab|1970-01-01 08:23:20 -0530|A U Thor")
  }

  @Test func missingAndWrongKinds() throws {
    let absent = Repository.hashBlob([1, 2, 3])
    #expect(throws: GitError.objectMissing(absent)) { try repository.blob(absent) }
    #expect(throws: GitError.objectMissing(absent)) { try repository.tree(absent) }
    #expect(throws: GitError.objectMissing(absent)) { try repository.commit(absent) }
    #expect(!repository.contains(absent))
    let tree = try repository.writeTree([])
    #expect(throws: GitError.wrongKind(tree, expected: "blob")) { try repository.blob(tree) }
  }
}
