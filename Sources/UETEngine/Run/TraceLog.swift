/// What one process read, as `strace -ff -y` wrote it: a file for each process, so that no call is
/// cut in two by another.
struct TraceLog {
  /// Absolute paths that were opened to be read, or run, as they were named and as they were
  /// resolved.
  private(set) var paths: Set<String> = []

  init(_ text: String) {
    var pending: [String] = []
    for line in text.split(separator: "\n") {
      guard let call = Call(line) else { continue }
      // Where a process stands is known from what it opens next: `execve` does not say it.
      if let folder = call.folder {
        for name in pending { paths.insert(folder + "/" + name) }
        pending = []
      }
      guard call.succeeded, !call.isWriting else { continue }
      if let resolved = call.resolved { paths.insert(resolved) }
      if call.name.hasPrefix("/") {
        paths.insert(call.name)
      } else if let folder = call.folder {
        paths.insert(folder + "/" + call.name)
      } else {
        pending.append(call.name)
      }
    }
    paths = Set(paths.map(Self.normalized))
  }

  /// One line: `openat(AT_FDCWD</w>, "a", O_RDONLY) = 3</w/a>`, `execve("./x", ...) = 0`.
  private struct Call {
    let name: String
    let folder: String?
    let resolved: String?
    let succeeded: Bool
    let isWriting: Bool

    init?(_ line: Substring) {
      let isOpen = line.hasPrefix("open")
      guard isOpen || line.hasPrefix("execve"), let quote = line.firstIndex(of: "\"") else {
        return nil
      }
      guard let (name, rest) = Self.quoted(line[line.index(after: quote)...]) else { return nil }
      self.name = name
      folder = Self.bracketed(line[..<quote])
      guard let end = Self.lastIndex(of: ") = ", in: rest) else { return nil }
      let result = rest[end...].dropFirst(4)
      succeeded = !result.hasPrefix("-")
      isWriting = isOpen && rest[..<end].contains("O_WRONLY")
      resolved = isOpen ? Self.bracketed(result) : nil
    }

    /// What stands in `<...>`.
    private static func bracketed(_ text: Substring) -> String? {
      guard let start = text.firstIndex(of: "<"), let end = text.lastIndex(of: ">"), start < end
      else { return nil }
      return TraceLog.unescaped(text[text.index(after: start)..<end])
    }

    private static func quoted(_ text: Substring) -> (String, Substring)? {
      var place = text.startIndex
      while place < text.endIndex, text[place] != "\"" {
        if text[place] == "\\" { place = text.index(after: place) }
        guard place < text.endIndex else { return nil }
        place = text.index(after: place)
      }
      guard place < text.endIndex else { return nil }
      return (TraceLog.unescaped(text[..<place]), text[place...])
    }

    private static func lastIndex(of mark: String, in text: Substring) -> Substring.Index? {
      var place = text.endIndex
      while place > text.startIndex {
        place = text.index(before: place)
        if text[place...].hasPrefix(mark) { return place }
      }
      return nil
    }
  }

  /// strace writes bytes that are no plain text as `\303`, `\n`, `\"`.
  private static func unescaped(_ text: Substring) -> String {
    guard text.contains("\\") else { return String(text) }
    var bytes: [UInt8] = []
    var rest = Array(text.utf8)[...]
    while let byte = rest.popFirst() {
      guard byte == UInt8(ascii: "\\"), let next = rest.first else {
        bytes.append(byte)
        continue
      }
      let digits = rest.prefix(3).prefix { (0x30...0x37).contains($0) }
      if !digits.isEmpty {
        bytes.append(UInt8(truncatingIfNeeded: digits.reduce(0) { $0 * 8 + Int($1 - 0x30) }))
        rest = rest.dropFirst(digits.count)
        continue
      }
      let plain: [UInt8: UInt8] = [0x6E: 0x0A, 0x74: 0x09, 0x72: 0x0D, 0x76: 0x0B, 0x66: 0x0C]
      bytes.append(plain[next] ?? next)
      rest = rest.dropFirst()
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// Without `.` and `..`.
  private static func normalized(_ path: String) -> String {
    var parts: [Substring] = []
    for part in path.split(separator: "/") where part != "." {
      if part == ".." { _ = parts.popLast() } else { parts.append(part) }
    }
    return "/" + parts.joined(separator: "/")
  }
}
