#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// Reading of small files of the system, whose size is not known beforehand.
package enum SystemFile {
  /// All bytes up to the limit; nil where it cannot be opened.
  package static func bytes(_ path: String, limit: Int = 4 << 20) -> [UInt8]? {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    var result: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 4096)
    while result.count < limit {
      let count = read(descriptor, &buffer, buffer.count)
      guard count > 0 else { break }
      result += buffer.prefix(count)
    }
    return result
  }

  static func text(_ path: String) -> String? {
    bytes(path).map { String(decoding: $0, as: UTF8.self) }
  }

  static func link(_ path: String) -> String? {
    var buffer = [CChar](repeating: 0, count: 4096)
    let count = readlink(path, &buffer, buffer.count)
    return count > 0 ? string(buffer.prefix(count)) : nil
  }

  /// The path without links, `.` and `..`; nil where it does not exist.
  static func real(_ path: String) -> String? {
    guard let pointer = realpath(path, nil) else { return nil }
    defer { free(pointer) }
    return String(cString: pointer)
  }

  static func string(_ characters: some Collection<CChar>) -> String {
    String(decoding: characters.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }
}
