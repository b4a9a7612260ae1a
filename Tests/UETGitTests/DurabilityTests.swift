import Testing
import UETModel
import UETTestSupport

@testable import UETGit

@Suite struct DurabilityTests {
  @Test func aLockInTheWayIsNamed() throws {
    let test = TestRepository()
    let tip = test.commit()
    let repository = try Repository.open(discoveringFrom: test.path, environment: test.environment)
    let name = "refs/heads/held"
    let path = test.path + "/.git/" + name + ".lock"
    test.write(".git/\(name).lock", "")
    #expect(throws: GitError.referenceLocked(name: name, path: path)) {
      try repository.setReference(name, to: tip, expecting: .zero, message: "m")
    }
  }

  @Test func objectsOfOthersAreSynced() throws {
    let test = TestRepository()
    let base = test.commit("base", ["a": "1", "d/b": "2"])
    test.commit("own", ["d/b": "3", "e/f/g": "4"])
    let tip = test.commit("own again", ["a": "5"])
    let repository = try Repository.open(discoveringFrom: test.path, environment: test.environment)
    try repository.syncObjects(in: tip, notIn: [base])
    test.git("gc", "-q")
    try repository.syncObjects(in: tip, notIn: [])
  }

  /// Git counts its own calls of fsync.
  @Test(arguments: [true, false]) func durableChildrenSync(isDurable: Bool) async throws {
    let fixture = try SealedGitFixture()
    let trace = fixture.test.directory.path + "/trace"
    let input = Array("create refs/uet/x\0\(fixture.tip)\0".utf8)
    try await fixture.git.check(["update-ref", "--stdin", "-z"]) {
      $0.isDurable = isDurable
      $0.input = input
      $0.environment["GIT_TRACE2_EVENT"] = trace
    }
    let text = String(decoding: TemporaryDirectory.read(trace) ?? [], as: UTF8.self)
    let flushes = text.split(separator: "\n").filter { $0.contains("hardware-flush") }
    #expect(text.contains("update-ref"))
    #expect(flushes.contains { !$0.contains("\"value\":\"0\"") } == isDurable)
  }
}
