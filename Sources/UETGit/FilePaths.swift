#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Paths as git prints them, and the few file reads that opening a repository needs.
enum FilePaths {
  /// `path` without `/` at its end; the root stays.
  static func trimmed(_ path: String) -> String {
    var result = Substring(path)
    while result.count > 1, result.hasSuffix("/") { result = result.dropLast() }
    return String(result)
  }

  /// `path` as seen from `base`.
  static func resolved(_ path: String, against base: String) -> String {
    path.hasPrefix("/") ? path : trimmed(base) + "/" + path
  }

  /// The path without links, `.` and `..`; nil where it does not exist.
  static func real(_ path: String) -> String? {
    guard let pointer = realpath(path, nil) else { return nil }
    defer { free(pointer) }
    return String(cString: pointer)
  }

  /// The whole of a small file; nil where it cannot be read.
  static func read(_ path: String) -> [UInt8]? {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    var content: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 65_536)
    while true {
      let count = buffer.withUnsafeMutableBytes { systemRead(descriptor, $0) }
      if count < 0 && errno == EINTR { continue }
      if count < 0 { return nil }
      if count == 0 { return content }
      content += buffer[..<count]
    }
  }

  /// The first line of a small file, trimmed.
  static func line(_ path: String) -> String? {
    guard let content = read(path) else { return nil }
    let line = content.prefix { $0 != UInt8(ascii: "\n") && $0 != UInt8(ascii: "\r") }
    return String(decoding: line, as: UTF8.self)
  }

  static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

  /// The user who owns what stands at `path`.
  static func owner(_ path: String) -> UInt32? {
    var status = stat()
    return stat(path, &status) == 0 ? status.st_uid : nil
  }
}

/// `read(2)`, under a name that does not collide with the method above.
private func systemRead(_ descriptor: Int32, _ buffer: UnsafeMutableRawBufferPointer) -> Int {
  read(descriptor, buffer.baseAddress, buffer.count)
}
