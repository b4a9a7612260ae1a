import GRDB
import Testing
import UETModel
import UETTestSupport

@testable import UETLedger

@Suite struct CacheCostTests {
  /// A run with `count` random events, and the cache of it.
  private func recorded(_ count: Int, seed: UInt64) async throws -> (Ledger, Cache) {
    let ledger = try Ledger(isInMemory: true)
    var walk = ledger.walk(seed: seed)
    let writer = try ledger.create([walk.next().draft])
    let cache = CacheTests.cache(ledger)
    for _ in 0..<(count / 40) {
      for (draft, at) in walk.drafts(40) { try writer.append([draft], at: at) }
      try await writer.flush()
      if walk.random.oneIn(3) { try cache.catchUp() }
    }
    return (ledger, cache)
  }

  @Test(arguments: UInt64(1)...2) func theSumsAreThoseOfTheEvents(seed: UInt64) async throws {
    let (ledger, cache) = try await recorded(1200, seed: seed)
    let reports = try ledger.events().filter { $0.type == .usageRecorded }
    #expect(!reports.isEmpty)
    let totals = try cache.cost(of: ledger.run)
    #expect(totals.reduce(0) { $0 + $1.reports } == reports.count, "seed \(seed)")
    for total in totals {
      let mine = reports.filter {
        $0.workstream == total.workstream && $0.attempt == total.attempt
          && $0.worker == total.worker && $0.data["model"]?.string == total.model
      }
      #expect(total.reports == mine.count)
      #expect(total.inputTokens == mine.reduce(0) { $0 + ($1.data["input"]?.integer ?? 0) })
      #expect(total.outputTokens == mine.reduce(0) { $0 + ($1.data["output"]?.integer ?? 0) })
      let costs = mine.compactMap { $0.data["cost_usd"]?.double }
      #expect(total.costUSD == costs.reduce(0, +), "seed \(seed)")
      #expect(total.unpriced == mine.count - costs.count)
    }
    #expect(try cache.verify().isEmpty, "seed \(seed)")
    #expect(try cache.cost(of: RunID(startedAt: Ledger.start, salt: 1)).isEmpty)
  }

  @Test func sumsThatAreTooLargeStayTheLargest() {
    var total = CostTotal(run: RunID(startedAt: Ledger.start, salt: 1))
    for _ in 0..<2 {
      total.add(.init { ($0.input, $0.costUSD) = (Int.max, 0.5) })
    }
    #expect(total.inputTokens == Int.max)
    #expect(total.costUSD == 1)
  }

  /// What a cache held is input as well; of a range both ends are kept.
  @Test func cachedInputAndRangesAreCountedApart() {
    var total = CostTotal(run: RunID(startedAt: Ledger.start, salt: 1))
    total.add(
      .init {
        ($0.input, $0.cacheRead, $0.cacheWrite5m, $0.output) = (100, 90, 10, 5)
        ($0.costUSD, $0.cost) = (0.9, ["amount": 0.9, "least": 0.475, "state": "range"])
      })
    total.add(.init { ($0.input, $0.output, $0.costUSD) = (1, 1, 0.25) })
    total.add(.init { ($0.input, $0.output) = (7, 3) })
    #expect((total.inputTokens, total.cachedTokens, total.outputTokens) == (208, 90, 9))
    #expect((total.costUSD, total.leastUSD) == (1.15, 0.725))
    #expect((total.reports, total.unpriced) == (3, 1))
  }

  /// No table of the schema is there for show.
  @Test func everyTableIsFilledByARun() async throws {
    let (ledger, cache) = try await recorded(2000, seed: 4)
    try cache.catchUp()
    cache.close()
    let queue = try DatabaseQueue(path: CacheTests.path(ledger))
    for table in CacheSchema.tables {
      let count = try await queue.read {
        try Int.fetchOne($0, sql: "SELECT count(*) FROM \(table.name)") ?? 0
      }
      #expect(count > 0, "\(table.name)")
    }
  }

  @Test func aConflictIsPendingUntilItIsResolved() async throws {
    let ledger = try Ledger(isInMemory: true)
    let id = WorkstreamID("ws-1")
    let started = EventDraft(
      .runStarted, data: JSONObject([.workstreams: [["id": "ws-1"]], .workers: 1]))
    let writer = try ledger.create([started])
    func record(_ type: EventType, _ data: KeyValuePairs<EventKey, JSONValue?> = [:]) throws {
      let draft = EventDraft(
        type, workstream: id, attempt: 1, worker: "w1", data: JSONObject(data))
      try writer.append([draft], at: Ledger.start)
    }
    func states() async throws -> [String] {
      try await writer.flush()
      let cache = CacheTests.cache(ledger)
      try cache.catchUp()
      cache.close()
      let queue = try DatabaseQueue(path: CacheTests.path(ledger))
      return try await queue.read {
        try String.fetchAll($0, sql: "SELECT state FROM merge_conflicts")
      }
    }
    for type in [EventType.taskReady, .taskAssigned, .taskStarted] { try record(type) }
    try record(.taskCompleted, [.tip: .commit(ledger.commits[0])])
    try record(.candidateQueued)
    try record(.mergeConflict, [.paths: ["a.txt"]])
    #expect(try await states() == ["PENDING"])
    try record(.conflictResolved, [.status: "AUTO_RESOLVED"])
    #expect(try await states() == ["AUTO_RESOLVED"])
  }
}
