import UETModel

/// What can still be told of a file that is no valid document.
enum BrokenFile {
  /// The ids that its text seems to declare: `id`, a colon, and a word that starts with `ws-`.
  ///
  /// A dependency on one of them is not reported as missing: the broken file is reported already.
  static func ids(in source: SourceText) -> Set<WorkstreamID> {
    var result: Set<WorkstreamID> = []
    let bytes = source.bytes
    let skipped: Set<UInt8> = [0x20, 0x09, 0x0A, 0x0D, UInt8(ascii: "\""), UInt8(ascii: "'")]
    var index = 0
    while let start = bytes[index...].firstIndex(of: UInt8(ascii: ":")) {
      index = start + 1
      let key = bytes[..<start].reversed().drop(while: skipped.contains)
      guard key.prefix(2).elementsEqual("di".utf8), key.dropFirst(2).first.map(isKeyByte) != true
      else { continue }
      let value = bytes[index...].prefix(400).drop(while: skipped.contains)
      let word = value.prefix { WorkstreamID.isAllowed($0) }
      if let id = WorkstreamID(String(decoding: word, as: UTF8.self)) { result.insert(id) }
    }
    return result
  }

  private static func isKeyByte(_ byte: UInt8) -> Bool {
    WorkstreamID.isAllowed(byte) || byte == UInt8(ascii: "_")
  }
}
