import Foundation
import GRDB
import UETModel
import UETSystem

/// An open database for the cache: a file, or memory where no file can be written.
struct CacheStore: Sendable {
  let database: any DatabaseWriter
  /// nil in memory.
  let file: FileIdentity?

  var isInMemory: Bool { file == nil }

  /// Opens the file, makes it where it is missing, and replaces it where it is not a sound cache of
  /// this version. Throws what SQLite says when even a new file cannot be used.
  static func open(_ path: String) throws -> CacheStore {
    let found = FileIdentity(path)
    do {
      return try attempt(path)
    } catch is CacheDamage {
    } catch let error as DatabaseError where error.meansDamage {
    }
    try discard(path, ifStill: found)
    return try attempt(path)
  }

  private static func attempt(_ path: String) throws -> CacheStore {
    try Files.makeDirectory(above: path, mode: 0o777)
    let sum = CacheSum(path: path, limit: CacheSchema.checkedBytes)
    let before = sum.current()
    let pool = try pool(path)
    var finding = try pool.read { try CacheSchema.inspect($0) }
    if finding == .empty {
      // Another process may have made it meanwhile: the write shuts it out, so look again inside.
      finding = try pool.write { database in
        let finding = try CacheSchema.inspect(database)
        if finding == .empty { try CacheSchema.create(in: database) }
        return finding
      }
    }
    if finding == .foreign { throw CacheDamage() }
    if before == nil || before != sum.stored() {
      if try !pool.read({ try CacheSchema.isSound($0) }) { throw CacheDamage() }
      // Where somebody wrote meanwhile the file has another sum from then on, and is looked through
      // again.
      if let before { sum.store(before) }
    }
    guard let file = FileIdentity(path) else { throw CacheDamage() }
    return CacheStore(database: pool, file: file)
  }

  /// Two processes that open a new file at once meet while the journal's mode is set; SQLite does
  /// not always wait for that by itself.
  private static func pool(_ path: String) throws -> DatabasePool {
    var configuration = Configuration()
    configuration.label = "uet.cache"
    configuration.busyMode = .timeout(10)
    var attempt = 0
    while true {
      do {
        return try DatabasePool(path: path, configuration: configuration)
      } catch let error as DatabaseError
        where error.resultCode == .SQLITE_BUSY && attempt < 100
      {
        attempt += 1
        Pause.milliseconds(20)
      }
    }
  }

  /// A database that lives as long as this process.
  static func memory() throws -> CacheStore {
    let queue = try DatabaseQueue()
    try queue.write { try CacheSchema.create(in: $0) }
    return CacheStore(database: queue, file: nil)
  }

  /// A file of SQLite's own that vanishes with the connection: for what may be too much for memory.
  static func temporary() throws -> DatabaseQueue {
    let queue = try DatabaseQueue(path: "")
    try queue.write { try CacheSchema.create(in: $0) }
    return queue
  }

  /// Closes the connections; the last of all processes moves what is in the journal to the file.
  func close() {
    if !isInMemory {
      _ = try? database.writeWithoutTransaction { try $0.checkpoint(.passive) }
    }
    try? database.close()
  }

  /// Removes the file and what SQLite keeps beside it, unless it is another file by now: another
  /// process that found the damage has made it anew.
  static func discard(_ path: String, ifStill damaged: FileIdentity?) throws {
    if let damaged, let now = FileIdentity(path), now != damaged { return }
    for name in [path + "-wal", path + "-shm", path + "-journal", path + CacheSum.ending, path] {
      if unlink(name) != 0, errno != ENOENT { throw CacheStuck() }
    }
  }
}

extension DatabaseError {
  /// The file is not what SQLite, or this program, wrote.
  var meansDamage: Bool {
    switch resultCode {
    case .SQLITE_CORRUPT, .SQLITE_NOTADB, .SQLITE_FORMAT, .SQLITE_IOERR, .SQLITE_ERROR,
      .SQLITE_CONSTRAINT, .SQLITE_MISMATCH, .SQLITE_SCHEMA:
      true
    // The file was removed or replaced under an open connection.
    case .SQLITE_READONLY:
      extendedResultCode == .SQLITE_READONLY_DBMOVED
    default: false
    }
  }
}
