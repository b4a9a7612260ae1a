import Foundation

/// File operations whose failure is said with the operation and the path.
enum SystemFiles {
  static func failure(_ operation: String, _ path: String) -> LedgerError {
    .system(operation: operation, path: path, errno: errno)
  }

  static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

  static func read(_ path: String) -> [UInt8]? {
    FileManager.default.contents(atPath: path).map { Array($0) }
  }

  /// The names in a folder; none where it cannot be read.
  static func names(in folder: String) -> [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).sorted()
  }

  static func makeFolder(_ path: String) throws(LedgerError) {
    do {
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    } catch {
      throw .system(operation: "make", path: path, errno: errno)
    }
  }

  /// Writes a file that must not exist, and syncs it; leaves nothing behind where that fails.
  static func create(_ path: String, _ text: String) throws(LedgerError) {
    let file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
    guard file >= 0 else { throw failure("create", path) }
    let bytes = Array(text.utf8)
    let isWritten = write(file, bytes, bytes.count) == bytes.count && fsync(file) == 0
    let error = errno
    close(file)
    guard isWritten else {
      unlink(path)
      throw .system(operation: "write", path: path, errno: error)
    }
  }

  /// Removes a file; one that is not there is removed already.
  static func remove(_ path: String) throws(LedgerError) {
    if unlink(path) != 0, errno != ENOENT { throw failure("remove", path) }
  }

  static func move(_ path: String, to target: String) throws(LedgerError) {
    guard rename(path, target) == 0 else { throw failure("rename", path) }
  }

  /// Gives a file a second name; false where that is taken.
  static func linkNew(_ path: String, to target: String) throws(LedgerError) -> Bool {
    if link(path, target) == 0 { return true }
    if errno == EEXIST { return false }
    throw failure("link", path)
  }

  /// Syncs a file or folder to the disk; false where there is none.
  @discardableResult
  static func sync(_ path: String) throws(LedgerError) -> Bool {
    let file = open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else {
      if errno == ENOENT { return false }
      throw failure("open", path)
    }
    defer { close(file) }
    guard fsync(file) == 0 else { throw failure("sync", path) }
    return true
  }
}
