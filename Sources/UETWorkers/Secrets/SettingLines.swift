/// Settings in files such as `.env`, a line each: `NAME=value`, `name: value`, `"name": "value",`.
package enum SettingLines {
  /// What is secret by its name or its look, and no mere word.
  package static func secrets(in bytes: [UInt8]) -> [(name: String, value: [UInt8])] {
    bytes.split(whereSeparator: { $0 == 0x0A || $0 == 0x0D }).compactMap { line in
      guard
        let sign = line.firstIndex(where: { $0 == UInt8(ascii: "=") || $0 == UInt8(ascii: ":") })
      else { return nil }
      var name = trimmed(line[..<sign])
      if name.starts(with: "export ".utf8) { name = trimmed(name.dropFirst(7)) }
      let value = Array(trimmed(line[(sign + 1)...]))
      let text = String(decoding: name, as: UTF8.self)
      guard !name.isEmpty, name.count <= 64, name.allSatisfy(names.contains),
        value.count >= SecretForms.shortest, !isPlain(value), SecretName.isSecret(text, value)
      else { return nil }
      return (text, value)
    }
  }

  private static let names = ByteSet.word + ByteSet("-.")
  private static let edges = ByteSet(" \t\"',;")

  private static func trimmed(_ part: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    var part = part.drop(while: edges.contains)
    while let last = part.last, edges.contains(last) { part = part.dropLast() }
    return part
  }

  /// A word of a language, a path, or the name of something else.
  private static func isPlain(_ value: [UInt8]) -> Bool {
    ByteSet("/.~$<{").contains(value[0])
      || value.count < 16 && value.allSatisfy(ByteSet.letters.contains)
  }
}
