import Foundation
import GRDB
import UETLedger
import UETModel
import UETTestSupport

extension LedgerBenchmark {
  /// What simpler records take on the same disk, in the same run: a file of lines synced after
  /// every hundredth, and a database that is synced after each row.
  func floors() async throws {
    let folder = TemporaryDirectory()
    let line =
      [UInt8](
        String(
          decoding: Event(
            EventDraft(
              .taskProgress, workstream: WorkstreamID("ws-1"), attempt: 1,
              data: ["percent": 40, "message": "writing tests"]), seq: 1, writer: "main", at: start,
            identify: { _ in .zero }
          ).line, as: UTF8.self
        ).utf8) + [0x0A]
    let count = 20_000
    let file = open(folder.path + "/events.jsonl", O_WRONLY | O_CREAT | O_APPEND, 0o644)
    defer { close(file) }
    let lines = await seconds {
      for _ in 0..<(count / 100) {
        let bytes = Array(repeatElement(line, count: 100).joined())
        _ = write(file, bytes, bytes.count)
        fsync(file)
      }
    }
    report("floor: lines in a file, synced per 100", Double(count) / lines, "events/s")
    let rows = 500
    let queue = try DatabaseQueue(path: folder.path + "/events.sqlite")
    try await queue.writeWithoutTransaction { database in
      try database.execute(sql: "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL")
      try database.execute(sql: "CREATE TABLE events (seq INTEGER PRIMARY KEY, line TEXT)")
    }
    let text = String(decoding: line, as: UTF8.self)
    let database = try await seconds {
      for index in 0..<rows {
        try await queue.write {
          try $0.execute(sql: "INSERT INTO events VALUES (?, ?)", arguments: [index, text])
        }
      }
    }
    report("floor: SQLite, FULL, one by one", Double(rows) / database, "events/s")
  }

  /// The questions at ten times as many events as `events`: a million unless told otherwise.
  func million() async throws {
    var (test, repository, writer, walk) = try ledger()
    defer { withExtendedLifetime(test) {} }
    let count = events * 10
    var left = count
    while left > 0 {
      for (draft, at) in walk.drafts(min(1000, left)) { try writer.append([draft], at: at) }
      left -= 1000
      try await writer.flush()
    }
    try await writer.release()
    let cache = Cache(repository: repository)
    let built = try await seconds { _ = try cache.rebuild() }
    report("cache rebuild of \(count) events", built, "s")
    try await queries(cache, writer.run)
    cache.close()
  }
}
