import GRDB
import Testing
import UETGit
import UETModel
import UETTestSupport

@testable import UETLedger

@Suite struct CacheDamageTests {
  private func recorded(_ events: Int) async throws -> Ledger {
    let ledger = try Ledger()
    var walk = ledger.walk(seed: 11)
    let writer = try ledger.create([walk.next().draft])
    for (draft, at) in walk.drafts(events) { try writer.append([draft], at: at) }
    try await writer.flush()
    return ledger
  }

  /// The bytes of a cache that is up to date and closed.
  private func file(_ ledger: Ledger) throws -> [UInt8] {
    let cache = CacheTests.cache(ledger)
    try cache.catchUp()
    cache.close()
    return try #require(TemporaryDirectory.read(CacheTests.path(ledger)))
  }

  private func answersWith(_ bytes: [UInt8], _ ledger: Ledger) throws -> String {
    let path = CacheTests.path(ledger)
    for suffix in ["-wal", "-shm", ""] { CacheTests.remove(path + suffix) }
    TemporaryDirectory.write(bytes, to: path)
    let cache = CacheTests.cache(ledger)
    defer { cache.close() }
    return try CacheTests.answers(cache, ledger)
  }

  @Test func aFlippedBitAnywhereChangesNoAnswer() async throws {
    let ledger = try await recorded(60)
    let good = try file(ledger)
    let expected = try answersWith(good, ledger)
    var random = SeededGenerator(seed: 1)
    let step = max(1, good.count / (isLong ? 3000 : 60))
    var place = Int.random(in: 0..<step, using: &random)
    while place < good.count {
      var bytes = good
      bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
      #expect(try answersWith(bytes, ledger) == expected, "byte \(place) of \(good.count)")
      place += Int.random(in: 1...(2 * step), using: &random)
    }
  }

  /// The name of a run in the last row of a table: where it is another, the row is found nowhere.
  @Test(arguments: ["workstreams", "events", "cost_sums", "cost_tracking", "runs"])
  func aDamagedKeyChangesNoAnswer(table: String) async throws {
    let ledger = try await recorded(200)
    let expected = try answersWith(try file(ledger), ledger)
    let queue = try DatabaseQueue(path: CacheTests.path(ledger))
    let changed = try await queue.write { database in
      let key = CacheSchema.tables.first { $0.name == table }?.key ?? "run"
      try database.execute(
        sql: """
          UPDATE \(table) SET run = replace(run, '20', '60') WHERE (\(key)) =
            (SELECT \(key) FROM \(table) ORDER BY \(key) DESC LIMIT 1)
          """)
      return database.changesCount
    }
    try queue.close()
    #expect(changed == 1)
    let cache = CacheTests.cache(ledger)
    #expect(try CacheTests.answers(cache, ledger) == expected)
  }

  /// A sound file is not taken for a damaged one.
  @Test func aSoundFileIsKept() async throws {
    let ledger = try await recorded(200)
    _ = try file(ledger)
    let before = FileIdentity(CacheTests.path(ledger))
    for _ in 0..<3 { _ = try file(ledger) }
    #expect(FileIdentity(CacheTests.path(ledger)) == before && before != nil)
  }

  /// What was looked through is not looked through again, and whatever is not the same is.
  @Test func aFileIsLookedThroughOnce() async throws {
    let ledger = try await recorded(60)
    let path = CacheTests.path(ledger)
    let sum = CacheSum(path: path, limit: CacheSchema.checkedBytes)
    func isKnown() throws -> Bool {
      // An explicit end leaves the journal, with nothing in it that the file has not.
      for suffix in ["-wal", "-shm"] { CacheTests.remove(path + suffix) }
      return sum.current() != nil && sum.stored() == sum.current()
    }
    _ = try file(ledger)
    let good = try file(ledger)
    let expected = try answersWith(good, ledger)
    _ = try isKnown()
    #expect(try answersWith(try #require(TemporaryDirectory.read(path)), ledger) == expected)
    #expect(try isKnown())
    // Damage is found whatever the sum said before, and the new file gets one of its own.
    var bytes = good
    bytes[good.count / 2] ^= 4
    #expect(try answersWith(bytes, ledger) == expected)
    _ = try isKnown()
    #expect(try answersWith(try #require(TemporaryDirectory.read(path)), ledger) == expected)
    #expect(try answersWith(try #require(TemporaryDirectory.read(path)), ledger) == expected)
    #expect(try isKnown())
    // A sum that cannot be read, or is of another file, costs a look.
    for text in ["", "12 34\n", "\u{0}"] {
      TemporaryDirectory.write(Array(text.utf8), to: CacheTests.path(ledger) + CacheSum.ending)
      #expect(try answersWith(good, ledger) == expected)
      #expect(sum.stored() != text)
    }
  }

  @Test func aFileCutAtAnyPageChangesNoAnswer() async throws {
    let ledger = try await recorded(60)
    let good = try file(ledger)
    let expected = try answersWith(good, ledger)
    let pages = good.count / 4096
    #expect(pages > 10)
    for page in stride(from: 0, through: pages, by: isLong ? 1 : 3) {
      for length in [page * 4096, page * 4096 + 1000] where length <= good.count {
        #expect(
          try answersWith(Array(good.prefix(length)), ledger) == expected, "cut at \(length)")
      }
    }
  }

  @Test(arguments: ["PRAGMA user_version = 1", "PRAGMA application_id = 5", "DROP TABLE events"])
  func aCacheOfAnotherVersionIsMadeAnew(change: String) async throws {
    let ledger = try await recorded(20)
    let expected = try answersWith(try file(ledger), ledger)
    let path = CacheTests.path(ledger)
    let queue = try DatabaseQueue(path: path)
    try await queue.write { try $0.execute(sql: change) }
    try queue.close()
    let cache = CacheTests.cache(ledger)
    #expect(try CacheTests.answers(cache, ledger) == expected)
    #expect(!cache.isInMemory)
    #expect(try cache.verify().isEmpty)
  }

  @Test func manyThatOpenAtOnceAllGetAnswers() async throws {
    let ledger = try await recorded(40)
    let expected = try CacheTests.answers(CacheTests.cache(ledger), ledger)
    for _ in 0..<3 {
      CacheTests.remove("\(ledger.repository.commonDirectory)/uet")
      try await withThrowingTaskGroup(of: String.self) { group in
        for _ in 0..<6 {
          group.addTask {
            let other = try ledger.reopened()
            return try CacheTests.answers(CacheTests.cache(other), other)
          }
        }
        for try await answers in group { #expect(answers == expected) }
      }
    }
  }

  @Test func theCacheMayVanishInTheMiddleOfEverything() async throws {
    let ledger = try Ledger()
    var walk = ledger.walk(seed: 12)
    let writer = try ledger.create([walk.next().draft])
    let cache = CacheTests.cache(ledger)
    for step in 0..<30 {
      for (draft, at) in walk.drafts(3) { try writer.append([draft], at: at) }
      try await writer.flush()
      if step % 3 == 1 { CacheTests.remove("\(ledger.repository.commonDirectory)/uet") }
      if step % 7 == 3 { CacheTests.remove(CacheTests.path(ledger)) }
      #expect(try cache.state(of: ledger.run) == walk.state)
      #expect(try cache.events(EventQuery()).count == walk.state.sequence)
    }
  }
}
