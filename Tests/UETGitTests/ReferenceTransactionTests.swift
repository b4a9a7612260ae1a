import Testing
import UETModel
import UETTestSupport

@testable import UETGit

@Suite struct ReferenceTransactionTests {
  let fixture: SealedGitFixture
  let first: ObjectID
  let second: ObjectID

  init() throws {
    fixture = try SealedGitFixture()
    first = fixture.tip
    second = fixture.test.commit("second")
  }

  @Test func allOrNothing() async throws {
    try await fixture.git.updateReferences([
      ReferenceChange(name: "refs/uet/a", new: first, old: .zero),
      ReferenceChange(name: "refs/uet/b", new: first, old: nil),
    ])
    let change = [
      ReferenceChange(name: "refs/uet/a", new: second, old: first),
      ReferenceChange(name: "refs/uet/b", new: second, old: second),
    ]
    await #expect(throws: GitError.referenceMoved(name: "refs/uet/b", found: first)) {
      try await fixture.git.updateReferences(change)
    }
    #expect(try fixture.repository.reference("refs/uet/a") == first)
    try await fixture.git.updateReferences([
      ReferenceChange(name: "refs/uet/a", new: second, old: first),
      ReferenceChange(name: "refs/uet/b", new: nil, old: first),
    ])
    #expect(try fixture.repository.reference("refs/uet/a") == second)
    #expect(try fixture.repository.reference("refs/uet/b") == nil)
    try await fixture.git.updateReferences([])
  }

  @Test func expectations() async throws {
    await #expect(throws: GitError.referenceMoved(name: "refs/uet/a", found: nil)) {
      try await fixture.git.updateReferences([
        ReferenceChange(name: "refs/uet/a", new: nil, old: first)
      ])
    }
    await #expect(throws: GitError.referenceMoved(name: "refs/heads/main", found: second)) {
      try await fixture.git.updateReferences([
        ReferenceChange(name: "refs/heads/main", new: first, old: .zero)
      ])
    }
  }

  @Test func aLockIsNamed() async throws {
    let lock = fixture.test.path + "/.git/refs/uet/a.lock"
    TemporaryDirectory.write([], to: lock)
    await #expect(throws: GitError.referenceLocked(name: "refs/uet/a", path: lock)) {
      try await fixture.git.updateReferences([
        ReferenceChange(name: "refs/uet/a", new: first, old: nil)
      ])
    }
  }

  @Test(arguments: ["-x", "HEAD", "refs/heads/a b", "refs/heads/x\0refs/heads/y", "refs/a\nb"])
  func badNames(name: String) async throws {
    await #expect(throws: GitError.self) {
      try await fixture.git.updateReferences([ReferenceChange(name: name, new: first, old: nil)])
    }
  }

  @Test(arguments: [
    "refs/heads/-x", "refs/heads/--upload-pack=x", "refs/heads/é/ß", "refs/uet/$(x)",
  ])
  func oddNames(name: String) async throws {
    try await fixture.git.updateReferences([ReferenceChange(name: name, new: first, old: .zero)])
    #expect(try fixture.repository.reference(name) == first)
    #expect(try await fixture.git.checkedOutAt(branch: name) == nil)
  }
}
