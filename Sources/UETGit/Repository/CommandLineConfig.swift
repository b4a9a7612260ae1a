/// What `git -c KEY=VALUE uet ...` hands down in the environment.
struct CommandLineConfig {
  private(set) var entries: [(key: String, value: String)] = []

  init(_ environment: [String: String]) {
    let count = environment["GIT_CONFIG_COUNT"].flatMap { Int($0) } ?? 0
    for index in 0..<max(0, min(count, 10_000)) {
      guard let key = environment["GIT_CONFIG_KEY_\(index)"],
        let value = environment["GIT_CONFIG_VALUE_\(index)"]
      else { continue }
      entries.append((Configuration.normalized(key), value))
    }
    if let parameters = environment["GIT_CONFIG_PARAMETERS"] { add(parameters) }
  }

  /// Reads `'key'='value'` and the older `'key=value'`, parted by spaces, quoted as for a shell.
  private mutating func add(_ parameters: String) {
    var rest = Array(parameters.utf8)[...]
    while let start = rest.firstIndex(where: { $0 != UInt8(ascii: " ") }) {
      rest = rest[start...]
      guard let first = Self.takeQuoted(&rest) else { return }
      if rest.first == UInt8(ascii: "=") {
        rest = rest.dropFirst()
        let value = rest.first == UInt8(ascii: "'") ? Self.takeQuoted(&rest) : "true"
        guard let value else { return }
        entries.append((Configuration.normalized(first), value))
      } else if let equals = first.firstIndex(of: "=") {
        let key = Configuration.normalized(String(first[..<equals]))
        entries.append((key, String(first[first.index(after: equals)...])))
      } else {
        entries.append((Configuration.normalized(first), "true"))
      }
    }
  }

  /// Takes one string in single quotes, where `'\''` and `'\!'` stand for one character.
  private static func takeQuoted(_ rest: inout ArraySlice<UInt8>) -> String? {
    let (quote, backslash) = (UInt8(ascii: "'"), UInt8(ascii: "\\"))
    guard rest.popFirst() == quote else { return nil }
    var text: [UInt8] = []
    while let byte = rest.popFirst() {
      guard byte == quote else {
        text.append(byte)
        continue
      }
      guard rest.first == backslash, rest.count >= 3, rest[rest.startIndex + 2] == quote else {
        return String(decoding: text, as: UTF8.self)
      }
      text.append(rest[rest.startIndex + 1])
      rest = rest.dropFirst(3)
    }
    return nil
  }
}
