#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Files and folders by their paths.
package enum Files {
  package enum Kind: Sendable { case file, directory, link, other }

  /// What the disk says of what stands at the path itself (links are not followed); nil for
  /// nothing.
  package static func status(_ path: String) -> stat? {
    var status = stat()
    return lstat(path, &status) == 0 ? status : nil
  }

  /// The bits that say who may do what with a file; nil where there is none.
  package static func mode(_ path: String) -> mode_t? {
    status(path).map { $0.st_mode & 0o7777 }
  }

  /// What stands at the path itself; nil for nothing.
  package static func kind(_ path: String) -> Kind? { status(path).map(kind) }

  /// The folder that this process works in.
  package static var workingDirectory: String {
    guard let path = getcwd(nil, 0) else { return "/" }
    defer { free(path) }
    return String(cString: path)
  }

  static func kind(_ status: stat) -> Kind {
    switch status.st_mode & S_IFMT {
    case S_IFREG: .file
    case S_IFDIR: .directory
    case S_IFLNK: .link
    default: .other
    }
  }

  package static func isFile(_ path: String) -> Bool { kind(path) == .file }

  package static func isDirectory(_ path: String) -> Bool { kind(path) == .directory }

  /// Whether something stands there, behind a link as well.
  package static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

  /// Whether a file that can be run stands there, behind a link as well.
  package static func isProgram(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0 && kind(status) == .file && access(path, X_OK) == 0
  }

  /// The user who owns what stands there, behind a link as well.
  package static func inode(_ path: String) -> UInt64? {
    status(path).map { UInt64($0.st_ino) }
  }

  package static func owner(_ path: String) -> UInt32? {
    var status = stat()
    return stat(path, &status) == 0 ? status.st_uid : nil
  }

  /// The length of a file in bytes, behind a link as well; 0 where there is none.
  package static func size(_ path: String) -> Int {
    var status = stat()
    return stat(path, &status) == 0 ? Int(status.st_size) : 0
  }

  /// When a file was modified; nil where it is not there.
  package static func time(_ path: String) -> FileTime? {
    status(path).map { FileTime($0.modified) }
  }

  /// Sets when a file was modified.
  package static func setTime(_ path: String, _ time: FileTime) -> Bool {
    let value = timespec(tv_sec: Int(time.seconds), tv_nsec: Int(time.nanoseconds))
    return utimensat(AT_FDCWD, path, [value, value], 0) == 0
  }

  /// Says that a file was modified now.
  @discardableResult
  package static func touch(_ path: String) -> Bool {
    utimensat(AT_FDCWD, path, nil, 0) == 0
  }

  /// The names in a folder, sorted by their bytes; none where it cannot be read.
  package static func names(in path: String) -> [String] { ((try? list(path)) ?? nil) ?? [] }

  /// The names in a folder, sorted by their bytes; nil where there is no such folder.
  package static func list(_ path: String) throws(SystemFailure) -> [String]? {
    guard let stream = opendir(path) else {
      if errno == ENOENT || errno == ENOTDIR { return nil }
      throw SystemFailure("read directory", path)
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
}

extension Files {
  /// The path without links, `.` and `..`; nil where it does not exist.
  package static func real(_ path: String) -> String? {
    guard let pointer = realpath(path, nil) else { return nil }
    defer { free(pointer) }
    return String(cString: pointer)
  }

  /// Where files go that nobody needs for long.
  package static var temporaryFolder: String {
    let folder = getenv("TMPDIR").map { String(cString: $0) } ?? ""
    return folder.isEmpty ? "/tmp" : trimmed(folder)
  }

  /// What a symbolic link holds; nil for anything else.
  package static func linked(_ path: String) -> String? {
    var buffer = [CChar](repeating: 0, count: 4096)
    let count = readlink(path, &buffer, buffer.count)
    guard count > 0 else { return nil }
    return String(decoding: buffer.prefix(count).map(UInt8.init(bitPattern:)), as: UTF8.self)
  }

  /// `path` without `/` at its end; the root stays.
  package static func trimmed(_ path: String) -> String {
    var result = Substring(path)
    while result.count > 1, result.hasSuffix("/") { result = result.dropLast() }
    return String(result)
  }

  /// `path` as seen from `base`, with its `.` and `..` as they are.
  package static func resolved(_ path: String, against base: String) -> String {
    path.hasPrefix("/") ? path : trimmed(base) + "/" + path
  }

  /// `path` as seen from `base`, with `.` and `..` folded by name.
  package static func absolute(_ path: String, from base: String = "/") -> String {
    var parts: [Substring] = []
    for part in resolved(path, against: base).split(separator: "/") {
      switch part {
      case ".": continue
      case "..": _ = parts.popLast()
      default: parts.append(part)
      }
    }
    return "/" + parts.joined(separator: "/")
  }

  /// The folder that `path` lies in, by its text; nil for the root and for a name alone.
  package static func folder(of path: String) -> String? {
    guard let slash = path.lastIndex(of: "/"), slash != path.startIndex else { return nil }
    return String(path[..<slash])
  }
}

/// A file's time as the disk keeps it.
package struct FileTime: Comparable, Sendable {
  package let seconds: Int64
  package let nanoseconds: Int64

  package init(seconds: Int64, nanoseconds: Int64) {
    (self.seconds, self.nanoseconds) = (seconds, nanoseconds)
  }

  package init(_ time: timespec) {
    self.init(seconds: Int64(time.tv_sec), nanoseconds: Int64(time.tv_nsec))
  }

  package static func < (left: FileTime, right: FileTime) -> Bool {
    (left.seconds, left.nanoseconds) < (right.seconds, right.nanoseconds)
  }
}

/// On Linux the times of a file have other names in C; elsewhere those of BSD.
extension stat {
  #if canImport(Glibc)
    package var modified: timespec { st_mtim }
    package var changed: timespec { st_ctim }
    package var accessed: timespec { st_atim }
  #else
    package var modified: timespec { st_mtimespec }
    package var changed: timespec { st_ctimespec }
    package var accessed: timespec { st_atimespec }
  #endif
}
