#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

extension Files {
  /// The whole file; nil when there is none. A device holds nothing.
  package static func read(_ path: String) throws(SystemFailure) -> [UInt8]? {
    do throws(SystemFailure) {
      return try bytes(path, .max)
    } catch {
      if error.code == ENOENT || error.code == ENOTDIR { return nil }
      throw error
    }
  }

  /// The whole file, or its first `limit` bytes; nil where it cannot be read.
  package static func content(of path: String, limit: Int = .max) -> [UInt8]? {
    try? bytes(path, limit)
  }

  /// The files of `/proc` say 0 for their size and give out a page at a time, so that the size is a
  /// guess and only the end the end. A pipe is not waited at.
  private static func bytes(_ path: String, _ limit: Int) throws(SystemFailure) -> [UInt8] {
    let file = try Descriptor(opening: path, O_RDONLY | O_NONBLOCK, "read")
    var status = stat()
    guard fstat(file.number, &status) == 0 else { throw SystemFailure("read", path) }
    switch status.st_mode & S_IFMT {
    case S_IFREG: break
    case S_IFCHR: return []
    default: throw SystemFailure("read", path, code: EISDIR)
    }
    guard let content = read(file.number, expecting: Int(status.st_size), limit: limit) else {
      throw SystemFailure("read", path)
    }
    return content
  }

  /// All that is left to read of an open file, which is about `size` bytes; nil where that fails.
  package static func read(
    _ descriptor: Int32, expecting size: Int, limit: Int = .max
  ) -> [UInt8]? {
    var content = [UInt8](repeating: 0, count: min(max(1023, size) + 1, limit))
    var filled = 0
    while filled < limit {
      if filled == content.count {
        content += [UInt8](repeating: 0, count: min(content.count, limit - content.count))
      }
      let count = content.withUnsafeMutableBytes { buffer in
        systemRead(descriptor, UnsafeMutableRawBufferPointer(rebasing: buffer[filled...]))
      }
      if count < 0 { return nil }
      if count == 0 { break }
      filled += count
    }
    content.removeLast(content.count - filled)
    return content
  }

  /// Bytes of a file from a place on; empty at its end, or where it cannot be read.
  package static func read(_ path: String, from offset: Int, limit: Int) -> [UInt8] {
    guard let file = try? Descriptor(opening: path, O_RDONLY | O_NONBLOCK, "read") else {
      return []
    }
    var buffer = [UInt8](repeating: 0, count: limit)
    let count = pread(file.number, &buffer, buffer.count, off_t(offset))
    buffer.removeLast(limit - max(0, count))
    return buffer
  }

  /// The last `limit` bytes of a file; empty when there is none.
  package static func tail(_ path: String, limit: Int) -> [UInt8] {
    read(path, from: max(0, size(path) - limit), limit: limit)
  }

  /// The first line of a small file.
  package static func line(_ path: String) -> String? {
    guard let content = content(of: path) else { return nil }
    let line = content.prefix { $0 != UInt8(ascii: "\n") && $0 != UInt8(ascii: "\r") }
    return String(decoding: line, as: UTF8.self)
  }

  /// A small file as git reads those that hold a path: without the white space, or NULs, at its
  /// end.
  package static func text(_ path: String) -> String? {
    guard var content = content(of: path) else { return nil }
    while let last = content.last, last <= UInt8(ascii: " ") { content.removeLast() }
    return String(decoding: content, as: UTF8.self)
  }
}
