import Testing
import UETModel
import UETTestSupport

@testable import UETGit

@Suite struct RepositoryReferencesTests {
  let test = TestRepository()
  let repository: Repository
  let first: ObjectID
  let second: ObjectID
  let name = "refs/uet/runs/r/main"

  init() throws {
    first = test.commit("first", ["a": "1"])
    second = test.commit("second", ["a": "2"])
    repository = try Repository.open(discoveringFrom: test.path, environment: test.environment)
  }

  @Test func createsAndMovesByCompareAndSwap() throws {
    #expect(try repository.reference(name) == nil)
    try repository.setReference(name, to: first, expecting: .zero, message: "m")
    #expect(try repository.reference(name) == first)
    #expect(throws: GitError.referenceMoved(name: name, found: first)) {
      try repository.setReference(name, to: second, expecting: .zero, message: "m")
    }
    #expect(throws: GitError.referenceMoved(name: name, found: first)) {
      try repository.setReference(name, to: second, expecting: second, message: "m")
    }
    try repository.setReference(name, to: second, expecting: first, message: "m")
    #expect(test.id(name) == second)
    try repository.setReference(name, to: first, expecting: nil, message: "m")
    #expect(test.id(name) == first)
  }

  @Test func anAbsentReferenceHasMoved() throws {
    #expect(throws: GitError.referenceMoved(name: name, found: nil)) {
      try repository.setReference(name, to: second, expecting: first, message: "m")
    }
  }

  @Test func packedReferencesCountToo() throws {
    try repository.setReference(name, to: first, expecting: .zero, message: "m")
    test.git("pack-refs", "--all")
    #expect(try repository.reference(name) == first)
    #expect(throws: GitError.referenceMoved(name: name, found: first)) {
      try repository.setReference(name, to: second, expecting: .zero, message: "m")
    }
    try repository.setReference(name, to: second, expecting: first, message: "m")
    #expect(test.id(name) == second)
  }

  @Test func aLockIsNamed() throws {
    test.write(".git/" + name + ".lock", "")
    let path = test.path + "/.git/" + name + ".lock"
    #expect(throws: GitError.referenceLocked(name: name, path: path)) {
      try repository.setReference(name, to: first, expecting: .zero, message: "m")
    }
  }

  @Test(arguments: [
    "main", "HEAD", "refs/heads/..", "refs/heads/a b", "refs/heads/x.lock", "refs/heads/\n",
    "refs/heads/-x\0", "--upload-pack", "",
  ])
  func hostileNamesAreRefused(name: String) throws {
    #expect(throws: GitError.invalidReferenceName(name)) {
      try repository.setReference(name, to: first, expecting: nil, message: "m")
    }
  }

  @Test(arguments: [
    "refs/heads/-x", "refs/heads/--upload-pack=x", "refs/heads/é/ß", "refs/uet/$(x)",
  ])
  func oddNamesWork(name: String) throws {
    try repository.setReference(name, to: first, expecting: .zero, message: "m")
    #expect(test.id(name) == first)
  }

  @Test func collisionsAndBadTargets() throws {
    try repository.setReference(name, to: first, expecting: .zero, message: "m")
    #expect(throws: GitError.self) {
      try repository.setReference(name + "/below", to: first, expecting: .zero, message: "m")
    }
    #expect(throws: GitError.self) {
      try repository.setReference("refs/uet/runs", to: first, expecting: .zero, message: "m")
    }
    #expect(throws: GitError.self) {
      try repository.setReference(
        "refs/uet/x", to: Repository.hashBlob([1, 2]), expecting: .zero, message: "m")
    }
  }

  @Test func listsBelowAPrefix() throws {
    for suffix in ["b", "a", "a.b", "c/d"] {
      try repository.setReference(
        "refs/uet/runs/" + suffix, to: first, expecting: .zero, message: "")
    }
    test.git("pack-refs", "--all")
    try repository.setReference("refs/uet/runs/a0", to: second, expecting: .zero, message: "")
    try repository.setReference("refs/uet/runs-not", to: second, expecting: .zero, message: "")
    test.git("symbolic-ref", "refs/uet/runs/dangling", "refs/heads/nowhere")
    let found = try repository.references(under: "refs/uet/runs")
    #expect(found.map(\.name) == ["a", "a.b", "a0", "b", "c/d"].map { "refs/uet/runs/" + $0 })
    #expect(found[2].id == second)
    #expect(try repository.references(under: "refs/none/").isEmpty)
  }

  @Test func headsMovedByGitAreSeen() throws {
    #expect(try repository.resolve("main") == second)
    let third = test.commit("third")
    #expect(try repository.resolve("main") == third)
    #expect(try repository.resolve("main~2") == first)
    #expect(throws: GitError.unknownRevision("--all")) { try repository.resolve("--all") }
    #expect(throws: GitError.unknownRevision("nope")) { try repository.resolve("nope") }
    #expect(throws: GitError.unknownRevision("HEAD:a")) { try repository.resolve("HEAD:a") }
  }
}
