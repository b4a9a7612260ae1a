import Foundation
import GRDB
import Testing
import UETModel
import UETSystem
import UETTestSupport

@testable import UETLedger

/// Databases of other programs are read in whatever state they are, and left so.
@Suite struct ForeignDatabaseTests {
  private let folder = TemporaryDirectory()
  private var path: String { folder.path + "/state.db" }
  private var scratch: String { folder.path + "/scratch" }

  private func read(_ path: String? = nil) throws -> ForeignDatabase {
    try ForeignDatabase(
      reading: path ?? self.path, as: path ?? self.path, tables: ["runs"], scratch: scratch)
  }

  private func names() -> [String] { Files.names(in: folder.path).sorted() }

  private static let table = "CREATE TABLE runs (run_id TEXT, n INTEGER, x REAL, b BLOB)"

  private func make(_ mode: String) throws {
    let queue = try DatabaseQueue(path: path)
    try queue.writeWithoutTransaction { database in
      try database.execute(sql: "PRAGMA journal_mode = \(mode); " + Self.table)
      try database.execute(
        sql: "INSERT INTO runs VALUES ('a', 1, 0.5, x'ff'), ('b', NULL, NULL, x'61');"
          + "CREATE TABLE patches (id INTEGER); INSERT INTO patches VALUES (1), (2);"
          + "CREATE VIEW same AS SELECT * FROM runs")
    }
    try queue.close()
  }

  @Test(arguments: ["DELETE", "WAL"])
  func rowsAreReadAndNothingIsMade(_ mode: String) throws {
    try make(mode)
    let (before, bytes) = (names(), try Files.read(path))
    let database = try read()
    #expect(
      database.tables["runs"] == [["run_id": "a", "n": 1, "x": 0.5], ["run_id": "b", "b": "a"]])
    #expect(database.columns["runs"] == ["run_id", "n", "x", "b"])
    #expect(database.others == ["patches": 2])
    #expect(names().filter { $0 != "scratch" } == before)
    #expect(try Files.read(path) == bytes)
    #expect(Files.names(in: scratch).isEmpty)
  }

  /// What another process has written and not yet moved to the file counts.
  @Test func anOpenDatabaseIsReadAsItStands() throws {
    try make("WAL")
    let writer = try DatabasePool(path: path)
    try writer.write { try $0.execute(sql: "INSERT INTO runs VALUES ('c', 3, NULL, NULL)") }
    #expect(try read().tables["runs"]?.count == 3)
    // A write that has begun is not seen, and does not hold the reader up.
    try writer.writeWithoutTransaction { database in
      try database.execute(sql: "BEGIN IMMEDIATE; INSERT INTO runs VALUES ('d', 4, NULL, NULL)")
      #expect(try read().tables["runs"]?.count == 3)
      try database.execute(sql: "COMMIT")
    }
    #expect(try read().tables["runs"]?.count == 4)
    try writer.close()
  }

  /// As on a file system that nobody can write to: the log is there, the memory of its readers is
  /// not.
  @Test func whatACrashLeftIsReadFromACopy() throws {
    try make("WAL")
    let writer = try DatabasePool(path: path)
    try writer.write { try $0.execute(sql: "INSERT INTO runs VALUES ('c', 3, NULL, NULL)") }
    let other = folder.path + "/left.db"
    try Files.copy(path, to: other)
    try Files.copy(path + "-wal", to: other + "-wal")
    try writer.close()
    let before = names()
    #expect(try read(other).tables["runs"]?.count == 3)
    #expect(names().filter { $0 != "scratch" } == before.filter { $0 != "scratch" })
  }

  @Test func whatIsNoDatabaseIsRefused() throws {
    func refusal(_ path: String) -> Refusal? {
      do { _ = try read(path) } catch { return Refusal(error) }
      return nil
    }
    TemporaryDirectory.write(Array("not a database, though long enough".utf8), to: path)
    #expect(refusal(path)?.messages == ["'\(path)' is no SQLite database"])
    #expect(refusal(path)?.hints.isEmpty == false)
    #expect(
      refusal(folder.path + "/none.db")?.messages == ["there is no file '\(folder.path)/none.db'"])
    #expect(refusal(folder.path)?.messages == ["'\(folder.path)' is no file"])
    // The mark is there, and nothing of what it promises.
    let mark = Array("SQLite format 3\0".utf8) + [UInt8](repeating: 7, count: 5000)
    TemporaryDirectory.write(mark, to: path)
    let damaged = refusal(path)
    #expect(
      damaged?.status == .usage && damaged?.messages.first?.contains("cannot be read") == true)
    TemporaryDirectory.write([], to: path)
    #expect(try read().tables.isEmpty)
  }
}
