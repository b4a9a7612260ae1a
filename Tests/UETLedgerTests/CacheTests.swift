import Testing
import UETGit
import UETModel
import UETTestSupport

@testable import UETLedger

@Suite struct CacheTests {
  /// Everything a cache answers, as one text.
  static func answers(_ cache: Cache, _ ledger: Ledger) throws -> String {
    var text = ""
    for run in try cache.runs() {
      let counts = run.counts.map { "\($0.key.rawValue)=\($0.value)" }.sorted()
      text += "\(run.run) \(run.status) \(run.sequence) \(counts) \(run.problem ?? "-")\n"
    }
    text += (try cache.state(of: ledger.run)?.summaryJSON.encoded() ?? "-") + "\n"
    for total in try cache.cost(of: ledger.run) { text += "\(total)\n" }
    for event in try cache.events(EventQuery()) {
      text += String(decoding: event.event.line, as: UTF8.self) + "\n"
    }
    for index in 1...8 {
      guard let id = WorkstreamID("ws-\(index)") else { continue }
      let detail = try cache.workstream(id, in: ledger.run)
      text += "\(detail.map { $0.record.json.encoded() } ?? "-")\n"
    }
    return text
  }

  static func cache(_ ledger: Ledger) -> Cache {
    Cache(repository: ledger.repository, names: ledger.options.names)
  }

  static func path(_ ledger: Ledger) -> String {
    "\(ledger.repository.commonDirectory)/uet/cache.sqlite"
  }

  static func remove(_ path: String) {
    #expect(GitProcess(["rm", "-rf", path], in: "/", environment: [:]).status == 0)
  }

  /// Who has the state at hand gives it: the rows are the same as those that are folded anew, and a
  /// state that is not the run's last one changes nothing.
  @Test(arguments: [UInt64](1...3))
  func aStateThatIsKnownNeedsNoFold(seed: UInt64) async throws {
    let ledger = try Ledger()
    var walk = ledger.walk(seed: seed)
    let writer = try ledger.create([walk.next().draft])
    let cache = Self.cache(ledger)
    var earlier = writer.state
    for part in 0..<4 {
      for (draft, at) in walk.drafts(40) { try writer.append([draft], at: at) }
      try await writer.flush()
      try cache.catchUp(knowing: part == 2 ? earlier : writer.state)
      #expect(try cache.compareAfresh().isEmpty, "seed \(seed), part \(part)")
      #expect(try cache.state(of: ledger.run) == writer.state)
      earlier = writer.state
    }
  }

  @Test(arguments: UInt64(1)...3)
  func whatIsCaughtUpEqualsWhatIsBuiltAnew(seed: UInt64) async throws {
    let ledger = try Ledger()
    let cache = Self.cache(ledger)
    #expect(try cache.runs().isEmpty)
    var walk = ledger.walk(seed: seed)
    let writer = try ledger.create([walk.next().draft])
    for _ in 0..<25 {
      for (draft, at) in walk.drafts(Int.random(in: 1...12, using: &walk.random)) {
        try writer.append([draft], at: at)
      }
      try await writer.flush()
      if walk.random.oneIn(3) { try cache.catchUp() }
      if walk.random.oneIn(6) { Self.remove("\(ledger.repository.commonDirectory)/uet") }
    }
    #expect(try cache.state(of: ledger.run) == walk.state, "seed \(seed)")
    #expect(try cache.verify().isEmpty, "seed \(seed)")
    let before = try Self.answers(cache, ledger)
    #expect(try cache.rebuild() == walk.state.sequence)
    #expect(try Self.answers(cache, ledger) == before, "seed \(seed)")
    #expect(try cache.events(EventQuery()).map(\.event) == ledger.events())
    #expect(try cache.catchUp() == 0)
    #expect(!cache.isInMemory)
  }

  @Test func questionsRestrictWhatTheyGive() async throws {
    let ledger = try Ledger()
    var walk = ledger.walk(seed: 5)
    let writer = try ledger.create([walk.next().draft])
    for (draft, at) in walk.drafts(300) { try writer.append([draft], at: at) }
    try await writer.flush()
    let all = try ledger.events()
    let cache = Self.cache(ledger)
    func found(_ change: (inout EventQuery) -> Void) throws -> [Event] {
      var query = EventQuery(run: ledger.run)
      change(&query)
      return try cache.events(query).map(\.event)
    }
    #expect(try found { _ in } == all)
    #expect(try found { $0.tail = 7 } == Array(all.suffix(7)))
    #expect(try found { $0.tail = 0 }.isEmpty)
    #expect(
      try found { $0.types = [.taskReady, .taskFailed] }
        == all.filter { $0.type == .taskReady || $0.type == .taskFailed })
    #expect(
      try found {
        $0.types = [.taskReady, .taskFailed]
        $0.tail = 3
      } == all.filter { $0.type == .taskReady || $0.type == .taskFailed }.suffix(3))
    let id = WorkstreamID("ws-2")
    #expect(try found { $0.workstream = id } == all.filter { $0.workstream == id })
    #expect(try found { $0.since = all[150].at } == all.filter { $0.at >= all[150].at })
    #expect(try found { $0.worker = "w1" } == all.filter { $0.worker == "w1" })
    let detail = try cache.workstream(try #require(id), in: ledger.run)
    #expect(detail?.record == walk.state[try #require(id)])
    #expect(detail?.position == walk.state.workstreams.firstIndex { $0.id == id })
    #expect(detail?.events == all.filter { $0.workstream == id })
    let other = RunID(startedAt: Ledger.start, salt: 1)
    #expect(try cache.events(EventQuery(run: other)).isEmpty)
    #expect(try cache.state(of: other) == nil)
    #expect(try cache.workstream(try #require(id), in: other) == nil)
  }

  @Test func theLastEventsOfAllRunsAreTheLast() async throws {
    let ledger = try Ledger(isInMemory: true)
    var random = SeededGenerator(seed: 8)
    for salt in 1...5 {
      let writer = try LedgerWriter.create(
        in: ledger.repository, run: RunID(startedAt: Ledger.start, salt: UInt16(salt)),
        root: ledger.root, holder: ledger.holder(), at: Ledger.start, options: ledger.options
      ).writer
      var time = Ledger.start
      for _ in 0..<Int.random(in: 1...40, using: &random) {
        time = time.advanced(bySeconds: Double.random(in: 0...20, using: &random))
        let type = random.oneIn(3) ? EventType.runPaused : .heartbeat
        try writer.append([EventDraft(type)], at: time)
      }
      try await writer.flush()
    }
    let cache = CacheTests.cache(ledger)
    let all = try cache.events(EventQuery())
    #expect(all.map(\.event.at) == all.map(\.event.at).sorted())
    for tail in [0, 1, 3, 10, 1000] {
      var query = EventQuery()
      query.tail = tail
      #expect(try cache.events(query) == Array(all.suffix(tail)), "\(tail)")
      query.types = [.runPaused]
      let paused = all.filter { $0.event.type == .runPaused }
      #expect(try cache.events(query) == Array(paused.suffix(tail)), "\(tail)")
    }
  }

  @Test func aFollowerSeesEveryEventOnce() async throws {
    let ledger = try Ledger()
    var walk = ledger.walk(seed: 6)
    let writer = try ledger.create([walk.next().draft])
    let cache = Self.cache(ledger)
    var cursor = EventCursor()
    var seen = try cache.events(EventQuery(run: ledger.run), after: &cursor)
    for _ in 0..<10 {
      for (draft, at) in walk.drafts(5) { try writer.append([draft], at: at) }
      try await writer.flush()
      seen += try cache.events(EventQuery(run: ledger.run), after: &cursor)
      if walk.random.oneIn(4) { try cache.rebuild() }
    }
    #expect(try seen.map(\.event) == ledger.events())
  }

  @Test func aRunThatIsGoneIsForgotten() async throws {
    let ledger = try Ledger()
    _ = try ledger.create([EventDraft(.heartbeat)])
    let cache = Self.cache(ledger)
    #expect(try cache.runs().count == 1)
    ledger.test.git("update-ref", "-d", ledger.reference)
    #expect(try cache.runs().isEmpty)
    #expect(try cache.events(EventQuery()).isEmpty)
  }

  @Test func aChainThatWasReplacedIsReadFromItsStart() async throws {
    let ledger = try Ledger()
    let first = try ledger.create([EventDraft(.heartbeat), EventDraft(.heartbeat)])
    try first.append([EventDraft(.heartbeat)], at: Ledger.start)
    try await first.flush()
    let cache = Self.cache(ledger)
    #expect(try cache.events(EventQuery()).count == 3)
    ledger.test.git("update-ref", "-d", ledger.reference)
    _ = try ledger.create([EventDraft(.runStarted)])
    #expect(try cache.events(EventQuery()).map(\.event.type) == [.runStarted])
    #expect(try cache.verify().isEmpty)
  }

  @Test func aBrokenChainIsSaidToBeBroken() async throws {
    let ledger = try Ledger()
    _ = try ledger.create([EventDraft(.runStarted)])
    let cache = Self.cache(ledger)
    #expect(try cache.runs()[0].problem == nil)
    let bad = ledger.test.git(
      "commit-tree", "HEAD^{tree}", "-p", ledger.reference, "-m", "not a ledger commit")
    ledger.test.git("update-ref", ledger.reference, bad)
    #expect(try cache.runs().isEmpty == false)
    #expect(try cache.runs()[0].problem?.contains(bad) == true)
    ledger.test.git("update-ref", ledger.reference, "\(bad)^")
    #expect(try cache.runs()[0].problem == nil)
    #expect(try cache.events(EventQuery()).count == 1)
  }

  @Test func withoutAFileAnswersComeFromMemory() async throws {
    let ledger = try Ledger()
    var walk = ledger.walk(seed: 7)
    let writer = try ledger.create([walk.next().draft])
    for (draft, at) in walk.drafts(50) { try writer.append([draft], at: at) }
    try await writer.flush()
    let file = "\(ledger.repository.commonDirectory)/uet"
    Self.remove(file)
    TemporaryDirectory.write(Array("in the way".utf8), to: file)
    let cache = Self.cache(ledger)
    #expect(try cache.state(of: ledger.run) == walk.state)
    #expect(cache.isInMemory)
    #expect(try cache.events(EventQuery()).count == 51)
    #expect(try cache.verify().isEmpty)
  }
}
