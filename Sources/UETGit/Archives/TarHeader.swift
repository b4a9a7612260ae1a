/// What stands before each file in a tar archive (POSIX.1, ustar).
struct TarHeader {
  static let size = 512

  let name: String
  let count: Int
  let isFile: Bool

  /// Nil where the checksum says that it is none.
  init?(_ bytes: ArraySlice<UInt8>) {
    guard bytes.count >= Self.size else { return nil }
    let header = Array(bytes.prefix(Self.size))
    func text(_ range: Range<Int>) -> String {
      String(decoding: header[range].prefix { $0 != 0 }, as: UTF8.self)
    }
    func number(_ range: Range<Int>) -> Int? {
      let digits = text(range).split(separator: " ").first
      return digits.flatMap { Int($0, radix: 8) }
    }
    let own = 148..<156
    let sum = header.indices.reduce(0) { $0 + Int(own.contains($1) ? 0x20 : header[$1]) }
    guard number(own) == sum, let count = number(124..<136) else { return nil }
    self.count = count
    isFile = header[156] == 0 || header[156] == UInt8(ascii: "0")
    let isExtended = header[257..<262].elementsEqual("ustar".utf8)
    let folder = isExtended ? text(345..<500) : ""
    name = folder.isEmpty ? text(0..<100) : folder + "/" + text(0..<100)
  }
}
