#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// Takes the values of secrets out of what is recorded.
package struct Redaction: Sendable {
  /// The longest first, so that no part of one stays.
  private let secrets: [(name: String, value: [UInt8])]

  /// A shorter value may stand anywhere, and would make a log unreadable.
  private static let shortest = 8

  package init(_ names: Set<String>, in environment: [String: String]) {
    secrets = names.compactMap { name in
      guard let value = environment[name], value.utf8.count >= Self.shortest else { return nil }
      return (name, Array(value.utf8))
    }.sorted { ($1.value.count, $0.name) < ($0.value.count, $1.name) }
  }

  /// The text with `[NAME]` in the place of each value.
  package func redacted(_ bytes: [UInt8]) -> [UInt8] {
    var bytes = bytes
    for secret in secrets {
      guard let first = Self.find(secret.value, in: bytes, from: 0) else { continue }
      var result = Array(bytes[..<first])
      var place: Int? = first
      while let start = place {
        result += "[\(secret.name)]".utf8
        let rest = start + secret.value.count
        place = Self.find(secret.value, in: bytes, from: rest)
        result += bytes[rest..<(place ?? bytes.count)]
      }
      bytes = result
    }
    return bytes
  }

  package func redacted(_ text: String) -> String {
    secrets.isEmpty ? text : String(decoding: redacted(Array(text.utf8)), as: UTF8.self)
  }

  private static func find(_ wanted: [UInt8], in bytes: [UInt8], from start: Int) -> Int? {
    guard start + wanted.count <= bytes.count else { return nil }
    return bytes.withUnsafeBytes { all in
      wanted.withUnsafeBytes { pattern in
        guard let base = all.baseAddress, let target = pattern.baseAddress else { return nil }
        let last = bytes.count - wanted.count
        var place = start
        // memmem(3) is not declared everywhere.
        while place <= last {
          guard let hit = memchr(base + place, Int32(wanted[0]), last - place + 1) else {
            return nil
          }
          place = UnsafeRawPointer(hit) - base
          if memcmp(base + place, target, wanted.count) == 0 { return place }
          place += 1
        }
        return nil
      }
    }
  }
}
