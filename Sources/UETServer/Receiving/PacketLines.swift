/// A stream of packets as git's protocol has them: four hexadecimal digits with the length of all,
/// then the content; `0000` ends a section.
///
/// Source: gitprotocol-common(5) of git 2.39.
struct PacketLines {
  enum Packet: Hashable {
    case line([UInt8])
    case flush
  }

  struct Malformed: Error, Hashable {
    let reason: String
  }

  /// The most bytes of a packet, its length included.
  static let longest = 65_520

  /// Gives exactly so many bytes; fewer only at the end of the stream.
  private let read: (Int) throws -> [UInt8]

  init(_ read: @escaping (Int) throws -> [UInt8]) { self.read = read }

  /// The next packet.
  ///
  /// Throws `Malformed` for what is none, and where the stream ends within it or before it.
  func next() throws -> Packet {
    let head = try read(4)
    guard head.count == 4 else { throw Malformed(reason: "the stream ends early") }
    guard let length = Self.number(head) else {
      throw Malformed(reason: "a packet begins with no length")
    }
    if length == 0 { return .flush }
    guard length >= 4, length <= Self.longest else {
      throw Malformed(reason: "a packet has the length \(length)")
    }
    let content = try read(length - 4)
    guard content.count == length - 4 else { throw Malformed(reason: "the stream ends early") }
    return .line(content)
  }

  /// The packets up to the end of a section, which hold no more than `limit` bytes in all.
  func section(limit: Int) throws -> [[UInt8]] {
    var lines: [[UInt8]] = []
    var size = 0
    while case .line(let line) = try next() {
      size += line.count + 4
      guard size <= limit else {
        throw Malformed(reason: "a section is longer than \(limit) bytes")
      }
      // A line feed at the end may be there, and means nothing.
      lines.append(line.last == UInt8(ascii: "\n") ? line.dropLast() : line)
    }
    return lines
  }

  private static func number(_ digits: [UInt8]) -> Int? {
    var value = 0
    for digit in digits {
      switch digit {
      case UInt8(ascii: "0")...UInt8(ascii: "9"): value = value << 4 | Int(digit & 0xF)
      case UInt8(ascii: "a")...UInt8(ascii: "f"), UInt8(ascii: "A")...UInt8(ascii: "F"):
        value = value << 4 | Int(digit & 0xF) + 9
      default: return nil
      }
    }
    return value
  }

  static let flush = Array("0000".utf8)

  /// A packet of a text, which is cut to what one may hold.
  static func packet(_ text: String) -> [UInt8] {
    let content = Array(text.utf8.prefix(longest - 4))
    let digits = String(content.count + 4, radix: 16)
    return Array((String(repeating: "0", count: 4 - digits.count) + digits).utf8) + content
  }
}
