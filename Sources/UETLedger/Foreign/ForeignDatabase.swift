import Foundation
import GRDB
import UETModel
import UETSystem

/// The rows of a SQLite file that another program wrote. It is read and left as it is, with its
/// folder: no table, journal or memory file is made there.
package struct ForeignDatabase: Sendable {
  /// The rows of the tables that were asked for and are there, as SQLite gives them. Each
  /// column is a member under its own name; NULL and what is no text or number is left out.
  package private(set) var tables: [String: [JSONObject]] = [:]
  /// The columns of each of these tables.
  package private(set) var columns: [String: Set<String>] = [:]
  /// How many rows each other table has; views and SQLite's own tables are left out.
  package private(set) var others: [String: Int] = [:]

  /// Reads the tables of these names as they are in one moment, also while the other program
  /// writes. Where the file cannot be read in its place, a copy of it is: below `scratch`, and gone
  /// afterwards. Throws a `Refusal`, in which the file is called `shown`, for what is no such file.
  package init(
    reading path: String, as shown: String, tables names: Set<String>, scratch: String
  ) throws {
    try Self.requireDatabase(path, shown)
    // SQLite keeps journals beside the file that a link leads to.
    let path = Files.real(path) ?? path
    if Self.canReadInPlace(path) {
      do {
        try read(path, names, isCopy: false)
        return
      } catch let error as DatabaseError where error.needsWriting {
      } catch { throw Self.refusal(error, shown) }
    }
    let folder = "\(scratch)/read-\(UInt64.random(in: 0...UInt64.max))"
    try Files.makeDirectory(folder, mode: 0o700)
    defer { try? Files.removeAll(folder) }
    do {
      try read(Self.copied(path, shown, to: folder), names, isCopy: true)
    } catch let error as DatabaseError { throw Self.refusal(error, shown) }
  }

  private init() {}

  private static let mark = Array("SQLite format 3\0".utf8)
  /// Where its header says by which journal the file is written, and what it says for a WAL.
  private static let (journalByte, writeAhead): (Int, UInt8) = (18, 2)
  /// How often a copy is made of a file that is written meanwhile.
  private static let rounds = 5

  private static func requireDatabase(_ path: String, _ shown: String) throws {
    let kind = Files.real(path).flatMap { Files.kind($0) }
    guard kind == .file else {
      throw Refusal(
        .usage,
        kind == nil
          ? "there is no file \(shown.quoted())" : "\(shown.quoted()) is no file",
        hint: "name the database: git uet import uet-pipeline state/pipeline_state.db")
    }
    let head = Files.read(path, from: 0, limit: mark.count)
    // SQLite takes an empty file for a database without tables.
    guard head.isEmpty || head == mark else {
      throw Refusal(
        .usage, "\(shown.quoted()) is no SQLite database",
        hint: "name the file that holds the state, as state/pipeline_state.db")
    }
  }

  /// A file with a write-ahead log is read where it is if its log and the memory that its readers
  /// share are there; else SQLite would make them. Without a WAL nothing is made.
  private static func canReadInPlace(_ path: String) -> Bool {
    let header = Files.read(path, from: journalByte, limit: 1)
    return header != [writeAhead] || (Files.exists(path + "-wal") && Files.exists(path + "-shm"))
  }

  /// A copy with its journals, of a moment in which nothing changed.
  private static func copied(
    _ path: String, _ shown: String, to folder: String
  ) throws -> String {
    let target = folder + "/copy.db"
    for _ in 0..<rounds {
      let before = look(at: path)
      try Files.copy(path, to: target)
      for ending in ["-wal", "-journal"] {
        try Files.remove(target + ending)
        if Files.exists(path + ending) { try Files.copy(path + ending, to: target + ending) }
      }
      if look(at: path) == before { return target }
      Pause.milliseconds(100)
    }
    throw Refusal(
      .failed, "\(shown.quoted()) is written all the time",
      hint: "try again when the pipeline does not run")
  }

  private static func look(at path: String) -> [String] {
    ["", "-wal", "-journal"].map { ending in
      let file = path + ending
      return "\(Files.size(file)) \(Files.time(file).map { "\($0)" } ?? "-")"
    }
  }

  private mutating func read(_ path: String, _ names: Set<String>, isCopy: Bool) throws {
    var configuration = Configuration()
    configuration.label = "uet.foreign"
    configuration.readonly = !isCopy
    configuration.busyMode = .timeout(10)
    let queue = try DatabaseQueue(path: path, configuration: configuration)
    defer { try? queue.close() }
    self = try queue.read { database in
      var result = Self()
      let all = try String.fetchAll(
        database,
        sql:
          "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite!_%' ESCAPE '!'"
      )
      for name in all {
        let quoted = name.quotedDatabaseIdentifier
        if names.contains(name) {
          result.columns[name] = Set(try database.columns(in: name).map(\.name))
          result.tables[name] = try Self.rows(database, "SELECT * FROM \(quoted)")
        } else {
          result.others[name] = try Int.fetchOne(database, sql: "SELECT count(*) FROM \(quoted)")
        }
      }
      return result
    }
  }

  private static func rows(_ database: Database, _ sql: String) throws -> [JSONObject] {
    var objects: [JSONObject] = []
    let rows = try Row.fetchCursor(database, sql: sql)
    while let row = try rows.next() {
      objects.append(
        JSONObject(
          members: row.compactMap { column, value in
            Self.json(value).map { JSONObject.Member(column, $0) }
          }))
    }
    return objects
  }

  private static func json(_ value: DatabaseValue) -> JSONValue? {
    switch value.storage {
    case .null: nil
    case .int64(let number): .integer(number)
    case .double(let number): .number(number)
    case .string(let text): .string(text)
    case .blob(let data): String(data: data, encoding: .utf8).map(JSONValue.string)
    }
  }

  private static func refusal(_ error: any Error, _ shown: String) -> any Error {
    guard let error = error as? DatabaseError else { return error }
    let reason = (error.message ?? "\(error.resultCode)").terminalSafe
    if error.resultCode == .SQLITE_BUSY || error.resultCode == .SQLITE_LOCKED {
      return Refusal(
        .failed, "\(shown.quoted()) is locked by another process",
        hint: "try again when the pipeline does not write")
    }
    return Refusal(
      .usage, "\(shown.quoted()) cannot be read: \(reason)",
      hint: "see what is wrong with it: sqlite3 \(shown.shellQuoted) 'PRAGMA integrity_check'")
  }
}

extension DatabaseError {
  /// What is left of a write that did not end, or the memory that readers share, would have to be
  /// written first.
  fileprivate var needsWriting: Bool {
    resultCode == .SQLITE_READONLY || resultCode == .SQLITE_CANTOPEN
  }
}
