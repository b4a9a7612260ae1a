import UETModel

/// A short digest by which it is told whether a text is still the same: 64 bits of FNV-1a, as 16
/// hexadecimal digits. It is no guard against people who want it to fail.
package enum Digest {
  package static func of(_ bytes: some Sequence<UInt8>) -> String {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
    let text = String(hash, radix: 16)
    return String(repeating: "0", count: 16 - text.utf8.count) + text
  }

  /// Of a value, whatever the order of its members and its white space.
  package static func of(_ value: JSONValue?) -> String {
    var bytes: [UInt8] = []
    (value ?? .null).encode(into: &bytes, .canonical)
    return of(bytes)
  }
}
