import Testing
import UETGit
import UETModel
import UETTestSupport

@testable import UETLedger

@Suite struct LedgerCloneTests {
  /// What a clone that fetched `refs/uet` shows is what the original shows, with every commit
  /// there.
  @Test func aFreshCloneShowsTheSame() async throws {
    let ledger = try Ledger()
    let lost = ledger.test.commit("only the ledger keeps it", ["b.txt": "b\n"])
    ledger.test.git("reset", "-q", "--hard", "HEAD~1")
    var walk = RandomRun(
      run: ledger.run, seed: 21, commits: ledger.commits + [lost], start: Ledger.start,
      identify: Repository.hashBlob)
    let writer = try ledger.create([walk.next().draft])
    for (index, (draft, at)) in walk.drafts(200).enumerated() {
      try writer.append([draft], at: at)
      if index % 9 == 0 { try await writer.flush() }
    }
    try writer.append([EventDraft(.heartbeat, anchors: [lost])], at: Ledger.start)
    try await writer.release()

    let clone = ledger.test.directory.path + "/clone"
    ledger.test.git("clone", "-q", ledger.test.path, clone)
    ledger.test.git("fetch", "-q", "origin", "refs/uet/*:refs/uet/*", in: clone)
    let repository = try Repository.open(
      discoveringFrom: clone, environment: ledger.test.environment)
    let reader = LedgerReader(repository: repository)
    #expect(try reader.verify(ledger.run).problems == [])
    #expect(try reader.state(of: ledger.run) == ledger.reader.state(of: ledger.run))
    #expect(try reader.root(of: ledger.run) == ledger.root)
    #expect(repository.contains(lost))
    let there = try CacheTests.answers(Cache(repository: repository), ledger)
    #expect(try there == CacheTests.answers(CacheTests.cache(ledger), ledger))
  }

  @Test func aLinkedWorktreeSeesTheSameRuns() async throws {
    let ledger = try Ledger()
    let writer = try ledger.create([EventDraft(.runStarted)])
    let place = ledger.test.directory.path + "/linked"
    ledger.test.git("worktree", "add", "-q", "--detach", place)
    let repository = try Repository.open(
      discoveringFrom: place, environment: ledger.test.environment)
    #expect(try LedgerReader(repository: repository).runs() == [ledger.run])
    let cache = Cache(repository: repository)
    #expect(try cache.runs().count == 1)
    try writer.append([EventDraft(.heartbeat)], at: Ledger.start)
    try await writer.flush()
    #expect(try cache.events(EventQuery()).count == 2)
    #expect(TemporaryDirectory.read(CacheTests.path(ledger)) != nil)
  }
}
