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

  /// Where bytes begin that cannot be shown before it is known what follows: the beginning of a
  /// secret at their end, and the whole secret in which that would cut.
  fileprivate func end(of bytes: [UInt8]) -> Int {
    let longest = secrets.map { $0.value.count - 1 }.max() ?? 0
    let unfinished = stride(from: min(longest, bytes.count), to: 0, by: -1).first { count in
      let end = bytes.suffix(count)
      return secrets.contains { $0.value.count > count && $0.value.starts(with: end) }
    }
    var end = bytes.count - (unfinished ?? 0)
    while let start = secrets.lazy.compactMap({ start(of: $0.value, over: end, in: bytes) }).first {
      end = start
    }
    return end
  }

  /// Where the secret begins that lies on both sides of a place.
  private func start(of secret: [UInt8], over place: Int, in bytes: [UInt8]) -> Int? {
    guard place < bytes.count else { return nil }
    let start = Self.find(secret, in: bytes, from: max(0, place - secret.count + 1))
    return start.flatMap { $0 < place ? $0 : nil }
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

/// Takes secrets out of what comes piece by piece, also those that two pieces share.
package struct RedactedStream: Sendable {
  private let redaction: Redaction
  /// What may be the beginning of a secret.
  private var kept: [UInt8] = []

  package init(_ redaction: Redaction) { self.redaction = redaction }

  /// What can be shown by now.
  package mutating func take(_ bytes: [UInt8]) -> [UInt8] {
    let known = kept + bytes
    let end = redaction.end(of: known)
    kept = Array(known[end...])
    return redaction.redacted(Array(known[..<end]))
  }

  /// What was kept back; there is no more to come.
  package mutating func finish() -> [UInt8] {
    defer { kept = [] }
    return redaction.redacted(kept)
  }
}
