import Testing
import UETModel
import UETTestSupport

@testable import UETGit

@Suite struct DurabilityTests {
  @Test func aStaleLockIsToldFromOneInUse() throws {
    let test = TestRepository()
    let tip = test.commit()
    let repository = try Repository.open(discoveringFrom: test.path, environment: test.environment)
    let name = "refs/uet/runs/r/main"
    #expect(try repository.lock(on: name) == nil)
    test.write(".git/\(name).lock", "")
    let lock = try #require(try repository.lock(on: name))
    #expect(lock.holder == nil)
    let soon = lock.since.advanced(bySeconds: 1)
    #expect(try !repository.removeStale(lock, olderThan: 10, now: soon))
    let later = lock.since.advanced(bySeconds: 11)
    #expect(try repository.removeStale(lock, olderThan: 10, now: later))
    try repository.setReference(name, to: tip, expecting: .zero, message: "m")
    #expect(try repository.lock(on: name) == nil)
    test.write(".git/\(name).lock", "")
    let again = try #require(try repository.lock(on: name))
    test.git("update-ref", "-d", "refs/uet/other")
    #expect(try !repository.removeStale(lock, olderThan: 0, now: later) || again == lock)
    #expect(throws: GitError.self) { try repository.lock(on: "refs/../../x") }
    #expect(repository.lockOnPackedReferences() == nil)
  }

  @Test func aHeldLockHasAHolder() async throws {
    let test = TestRepository()
    let tip = test.commit()
    let repository = try Repository.open(discoveringFrom: test.path, environment: test.environment)
    let name = "refs/heads/held"
    let path = test.path + "/.git/" + name + ".lock"
    // The shell holds the lock open until we let it go.
    let script = "exec 9> '\(path)'; while test -e '\(path)'; do :; done"
    async let holder = GitProcess(
      ["sh", "-c", script], in: test.path, environment: test.environment)
    var lock: ReferenceLock?
    while lock?.holder == nil { lock = try repository.lock(on: name) }
    let held = try #require(lock)
    let later = held.since.advanced(bySeconds: 100)
    #expect(try !repository.removeStale(held, olderThan: 1, now: later))
    #expect(throws: GitError.referenceLocked(name: name, path: path)) {
      try repository.setReference(name, to: tip, expecting: .zero, message: "m")
    }
    #expect(GitProcess(["rm", path], in: "/", environment: test.environment).status == 0)
    #expect(await holder.status == 0)
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
