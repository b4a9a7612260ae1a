#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The few file operations the engine needs, with the path in each error.
package enum Files {
  /// A system call failed on a path.
  package struct Failure: Error, Hashable, Sendable {
    package let operation: String
    package let path: String
    package let code: Int32

    package var reason: String { String(cString: strerror(code)) }
  }

  /// The whole file; nil when there is none.
  package static func read(_ path: String) throws(Failure) -> [UInt8]? {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else {
      if errno == ENOENT || errno == ENOTDIR { return nil }
      throw Failure(operation: "read", path: path, code: errno)
    }
    defer { close(descriptor) }
    var information = stat()
    guard fstat(descriptor, &information) == 0 else {
      throw Failure(operation: "read", path: path, code: errno)
    }
    guard information.st_mode & S_IFMT == S_IFREG else {
      throw Failure(operation: "read", path: path, code: EISDIR)
    }
    var bytes = [UInt8](repeating: 0, count: Int(information.st_size))
    var filled = 0
    while filled < bytes.count {
      let offset = filled
      let count = bytes.withUnsafeMutableBytes { buffer in
        Self.retrying {
          pread(descriptor, buffer.baseAddress! + offset, buffer.count - offset, off_t(offset))
        }
      }
      guard count >= 0 else { throw Failure(operation: "read", path: path, code: errno) }
      if count == 0 { break }
      filled += count
    }
    bytes.removeLast(bytes.count - filled)
    return bytes
  }

  /// The last `limit` bytes of a file; empty when there is none.
  package static func tail(_ path: String, limit: Int) -> [UInt8] {
    guard let bytes = try? read(path) else { return [] }
    return Array(bytes.suffix(limit))
  }

  /// Writes a file through a temporary one beside it, so that a reader sees the old or the new.
  package static func write(
    _ bytes: some Collection<UInt8>, to path: String, mode: mode_t = 0o644
  ) throws(Failure) {
    let temporary = "\(path).\(getpid()).tmp"
    var problem = put(bytes, temporary, O_TRUNC, mode)
    if problem == 0, rename(temporary, path) != 0 { problem = errno }
    if problem != 0 {
      unlink(temporary)
      throw Failure(operation: "write", path: path, code: problem)
    }
  }

  /// Puts files and folders on the disk, as far as the system lets them be opened.
  static func sync(_ paths: [String]) {
    for path in paths {
      let descriptor = open(path, O_RDONLY | O_CLOEXEC)
      guard descriptor >= 0 else { continue }
      fsync(descriptor)
      close(descriptor)
    }
  }

  /// Writes a file that nobody reads meanwhile.
  package static func writeInPlace(
    _ bytes: some Collection<UInt8>, to path: String
  ) throws(Failure) {
    let problem = put(bytes, path, O_TRUNC, 0o644)
    if problem != 0 { throw Failure(operation: "write", path: path, code: problem) }
  }

  /// Adds to the end of a file, which is made where there is none; what is short is written whole.
  package static func append(
    _ bytes: some Collection<UInt8>, to path: String
  ) throws(Failure) {
    let problem = put(bytes, path, O_APPEND, 0o644)
    if problem != 0 { throw Failure(operation: "write", path: path, code: problem) }
  }

  /// Writes all of it; the code of what went wrong, or 0.
  private static func put(
    _ bytes: some Collection<UInt8>, _ path: String, _ flag: Int32, _ mode: mode_t
  ) -> Int32 {
    let descriptor = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | flag, mode)
    guard descriptor >= 0 else { return errno }
    defer { close(descriptor) }
    let content = Array(bytes)
    var done = 0
    while done < content.count {
      let offset = done
      let count = content.withUnsafeBytes { buffer in
        Self.retrying { Self.put(descriptor, buffer.baseAddress! + offset, buffer.count - offset) }
      }
      if count < 0 { return errno }
      done += count
    }
    return 0
  }

  /// Makes a directory and those above it; fine when it is there already.
  package static func makeDirectory(_ path: String, mode: mode_t = 0o755) throws(Failure) {
    if mkdir(path, mode) == 0 || errno == EEXIST { return }
    guard errno == ENOENT, let slash = path.lastIndex(of: "/"), slash != path.startIndex else {
      throw Failure(operation: "create directory", path: path, code: errno)
    }
    try makeDirectory(String(path[..<slash]), mode: mode)
    if mkdir(path, mode) != 0, errno != EEXIST {
      throw Failure(operation: "create directory", path: path, code: errno)
    }
  }

  /// Makes the directories that a path lies in.
  package static func makeDirectory(above path: String) throws(Failure) {
    guard let slash = path.lastIndex(of: "/"), slash != path.startIndex else { return }
    try makeDirectory(String(path[..<slash]))
  }

  package enum Kind: Sendable { case file, directory, link, other }

  /// What stands at the path itself (links are not followed); nil for nothing.
  package static func kind(_ path: String) -> Kind? {
    var information = stat()
    guard lstat(path, &information) == 0 else { return nil }
    switch information.st_mode & S_IFMT {
    case S_IFREG: return .file
    case S_IFDIR: return .directory
    case S_IFLNK: return .link
    default: return .other
    }
  }

  /// The names in a directory, sorted by their bytes; nil when there is no such directory.
  package static func names(in path: String) throws(Failure) -> [String]? {
    guard let stream = opendir(path) else {
      if errno == ENOENT || errno == ENOTDIR { return nil }
      throw Failure(operation: "read directory", path: path, code: errno)
    }
    defer { closedir(stream) }
    var names: [String] = []
    while let entry = readdir(stream) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
        pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if name != ".", name != ".." { names.append(name) }
    }
    return names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }

  /// Gives a file or folder another name on the same file system.
  package static func move(_ path: String, to other: String) throws(Failure) {
    if rename(path, other) != 0 { throw Failure(operation: "move", path: path, code: errno) }
  }

  /// `path` taken from `directory` unless it is absolute, with `.` and `..` folded by name.
  package static func absolute(_ path: String, from directory: String) -> String {
    let full = path.hasPrefix("/") ? path : directory + "/" + path
    var parts: [Substring] = []
    for part in full.split(separator: "/") {
      switch part {
      case ".": continue
      case "..": _ = parts.popLast()
      default: parts.append(part)
      }
    }
    return "/" + parts.joined(separator: "/")
  }

  private static func retrying(_ call: () -> Int) -> Int {
    while true {
      let result = call()
      if result >= 0 || errno != EINTR { return result }
    }
  }

  private static func put(_ descriptor: Int32, _ start: UnsafeRawPointer, _ count: Int) -> Int {
    #if canImport(Glibc)
      Glibc.write(descriptor, start, count)
    #else
      Darwin.write(descriptor, start, count)
    #endif
  }
}

extension Files {
  /// The code of a full disk.
  package static let noSpace = ENOSPC
}
