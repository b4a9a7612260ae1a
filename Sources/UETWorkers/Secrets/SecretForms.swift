/// The forms in which a program may print a value.
enum SecretForms {
  /// A form that is shorter may stand anywhere, and would make a log unreadable.
  static let shortest = 8
  private static let shortestCoded = 12
  private static let shortestLine = 16

  /// The value itself first.
  static func of(_ value: [UInt8]) -> [[UInt8]] {
    var forms = [value, escaped(value), percentEncoded(value), hex(value)]
    for form in base64(value) {
      forms.append(form)
      forms.append(form.map { $0 == UInt8(ascii: "+") ? 45 : $0 == UInt8(ascii: "/") ? 95 : $0 })
    }
    // A log may put something in front of each line.
    let lines = value.split(whereSeparator: { $0 == 0x0A || $0 == 0x0D })
    if lines.count > 1 { forms += lines.filter { $0.count >= shortestLine }.map { Array($0) } }
    var seen: Set<[UInt8]> = []
    return forms.filter { $0.count >= shortest && seen.insert($0).inserted }
  }

  /// As JSON and most languages write a string.
  private static func escaped(_ value: [UInt8]) -> [UInt8] {
    value.flatMap { byte -> [UInt8] in
      switch byte {
      case UInt8(ascii: "\""), UInt8(ascii: "\\"): [UInt8(ascii: "\\"), byte]
      case 0x0A: Array("\\n".utf8)
      case 0x0D: Array("\\r".utf8)
      case 0x09: Array("\\t".utf8)
      default: [byte]
      }
    }
  }

  private static let unreserved = ByteSet.word + ByteSet("-.~")

  private static func percentEncoded(_ value: [UInt8]) -> [UInt8] {
    value.flatMap { byte -> [UInt8] in
      if unreserved.contains(byte) { return [byte] }
      return [UInt8(ascii: "%")] + digits(of: byte, "0123456789ABCDEF")
    }
  }

  private static func hex(_ value: [UInt8]) -> [UInt8] {
    value.flatMap { digits(of: $0, "0123456789abcdef") }
  }

  private static func digits(of byte: UInt8, _ digits: StaticString) -> [UInt8] {
    [digits.utf8Start[Int(byte >> 4)], digits.utf8Start[Int(byte & 15)]]
  }

  /// What base64 makes of the value in the midst of something else: whichever of the three ways it
  /// falls, without the characters in which its neighbours have a part.
  private static func base64(_ value: [UInt8]) -> [[UInt8]] {
    (0..<3).compactMap { before in
      let padded = [UInt8](repeating: 0, count: before) + value
      var bits = 0
      var held = 0
      var form: [UInt8] = []
      for byte in padded {
        bits = bits << 8 | Int(byte)
        held += 8
        while held >= 6 {
          held -= 6
          form.append(alphabet.utf8Start[bits >> held & 63])
        }
        bits &= 0xFF
      }
      let core = form.dropFirst(before == 0 ? 0 : before + 1)
      return core.count >= shortestCoded ? Array(core) : nil
    }
  }

  private static let alphabet: StaticString =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
}
