/// One call of a process as `strace -y` writes it:
/// `openat(AT_FDCWD</w>, "a", O_RDONLY) = 3</w/a>`.
struct TracedCall {
  typealias Bytes = ArraySlice<UInt8>

  let name: String
  private(set) var arguments: [Bytes] = []
  /// What stands behind ` = `; nil where the call did not return.
  private(set) var result: Bytes?

  /// nil where it cannot be read.
  init?(_ line: Bytes) {
    guard let open = line.firstIndex(of: UInt8(ascii: "(")) else { return nil }
    name = String(decoding: line[..<open], as: UTF8.self)
    guard name.utf8.allSatisfy(Self.isOfName) else { return nil }
    var place = open + 1
    var start = place
    var depth = 0
    while place < line.endIndex {
      switch line[place] {
      case UInt8(ascii: "\""):
        guard let end = Self.quoteEnd(line, place) else { return nil }
        place = end
      case UInt8(ascii: "<") where Self.isDescriptor(line[start..<place]):
        guard let end = line[place...].firstIndex(of: UInt8(ascii: ">")) else { return nil }
        place = end
      case UInt8(ascii: "{"), UInt8(ascii: "["), UInt8(ascii: "("): depth += 1
      case UInt8(ascii: "}"), UInt8(ascii: "]"): depth -= 1
      case UInt8(ascii: ")") where depth > 0: depth -= 1
      case UInt8(ascii: ")"):
        append(line[start..<place])
        let rest = Self.trimmed(line[(place + 1)...])
        guard rest.first == UInt8(ascii: "=") else { return nil }
        result = Self.trimmed(rest.dropFirst())
        return
      case UInt8(ascii: ",") where depth == 0:
        append(line[start..<place])
        start = place + 1
      default: break
      }
      place += 1
    }
    // It was cut short while it went on.
    append(line[start...])
  }

  private mutating func append(_ argument: Bytes) {
    let argument = Self.trimmed(argument)
    if !argument.isEmpty { arguments.append(argument) }
  }

  /// Whether it did what it was to do.
  var succeeded: Bool {
    guard let first = result?.first else { return false }
    return first != UInt8(ascii: "-") && first != UInt8(ascii: "?")
  }

  /// The number that it gave.
  var number: Int? {
    result.flatMap {
      Int(String(decoding: $0.prefix { (0x30...0x39).contains($0) }, as: UTF8.self))
    }
  }

  /// The path of what it opened.
  var opened: [UInt8]? { result.flatMap(Self.descriptorPath) }

  func says(_ word: String, in argument: Int) -> Bool {
    guard arguments.indices.contains(argument) else { return false }
    return arguments[argument].contains(word.utf8)
  }

  func says(_ word: String) -> Bool { arguments.contains { $0.contains(word.utf8) } }
}

extension TracedCall {
  /// What an argument names.
  enum Name: Hashable {
    case path([UInt8])
    /// Nothing, as a null pointer.
    case none
    /// It is not told, or cut off.
    case unknown
  }

  func name(_ argument: Int) -> Name {
    guard arguments.indices.contains(argument) else { return .unknown }
    let text = arguments[argument]
    if text.elementsEqual("NULL".utf8) { return .none }
    guard text.first == UInt8(ascii: "\""), let end = Self.quoteEnd(text, text.startIndex),
      end == text.endIndex - 1
    else { return .unknown }
    return .path(Self.unescaped(text[(text.startIndex + 1)..<end]))
  }

  /// The folder that an argument stands for, as `5</w/lib>` and `AT_FDCWD</w>`.
  func folder(_ argument: Int) -> [UInt8]? {
    guard arguments.indices.contains(argument) else { return nil }
    return Self.descriptorPath(arguments[argument])
  }

  func isWorkingFolder(_ argument: Int) -> Bool {
    arguments.indices.contains(argument) && arguments[argument].starts(with: "AT_FDCWD".utf8)
  }

  private static func descriptorPath(_ text: Bytes) -> [UInt8]? {
    guard let open = text.firstIndex(of: UInt8(ascii: "<")), isDescriptor(text[..<open]),
      let end = text[open...].firstIndex(of: UInt8(ascii: ">"))
    else { return nil }
    let path = unescaped(text[(open + 1)..<end])
    return path.first == UInt8(ascii: "/") ? path : nil
  }

  private static func isDescriptor(_ text: Bytes) -> Bool {
    let text = trimmed(text)
    if text.isEmpty { return false }
    return text.allSatisfy { (0x30...0x39).contains($0) } || text.elementsEqual("AT_FDCWD".utf8)
  }

  private static func isOfName(_ byte: UInt8) -> Bool {
    (0x30...0x39).contains(byte) || (0x61...0x7A).contains(byte) || byte == UInt8(ascii: "_")
  }

  private static func quoteEnd(_ text: Bytes, _ start: Int) -> Int? {
    var place = start + 1
    while place < text.endIndex {
      switch text[place] {
      case UInt8(ascii: "\\"): place += 2
      case UInt8(ascii: "\""): return place
      default: place += 1
      }
    }
    return nil
  }

  static func trimmed(_ text: Bytes) -> Bytes {
    var text = text
    while text.first == 0x20 { text = text.dropFirst() }
    while text.last == 0x20 { text = text.dropLast() }
    return text
  }

  /// strace writes bytes that are no plain text as `\303`, `\n`, `\"`.
  static func unescaped(_ text: Bytes) -> [UInt8] {
    guard text.contains(UInt8(ascii: "\\")) else { return Array(text) }
    var bytes: [UInt8] = []
    var rest = text
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
    return bytes
  }
}
