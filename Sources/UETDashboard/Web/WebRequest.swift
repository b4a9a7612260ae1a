/// What a browser asks for, as far as it counts here.
package struct WebRequest: Sendable {
  package let method: String
  /// Path and query as they came.
  package let target: String
  /// Names in lower case; of one that comes twice the values, joined.
  package let fields: [String: String]
  package let body: [UInt8]

  package init(method: String, target: String, fields: [String: String], body: [UInt8] = []) {
    (self.method, self.target, self.fields, self.body) = (method, target, fields, body)
  }

  /// The longest body that is read, in bytes.
  package static let longestBody = 64 << 10

  var path: String { String(target.prefix { $0 != "?" }) }

  /// The parameters behind the question mark.
  var query: FormFields {
    FormFields(target.firstIndex(of: "?").map { target[target.index(after: $0)...] } ?? "")
  }

  /// The fields of a form; nil where the body is none.
  var form: FormFields? {
    let type = (fields["content-type"] ?? "").prefix { $0 != ";" }.lowercased()
    guard type == "application/x-www-form-urlencoded", body.count <= Self.longestBody,
      let text = String(validating: body, as: UTF8.self)
    else { return nil }
    return FormFields(text[...])
  }

  /// The value of a cookie.
  func cookie(_ name: String) -> String? {
    for pair in (fields["cookie"] ?? "").split(separator: ";") {
      let parts = pair.drop { $0 == " " }.split(separator: "=", maxSplits: 1)
      if parts.count == 2, parts[0] == name { return String(parts[1]) }
    }
    return nil
  }
}

/// Names and values as forms and queries hold them.
struct FormFields: Hashable, Sendable {
  private var values: [String: [String]] = [:]

  /// More of them is nothing that a page of ours sends.
  private static let most = 1000

  init(_ text: Substring) {
    for pair in text.split(separator: "&").prefix(Self.most) {
      let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      guard let name = Self.decoded(parts[0]),
        let value = parts.count > 1 ? Self.decoded(parts[1]) : ""
      else { continue }
      values[name, default: []].append(value)
    }
  }

  subscript(name: String) -> String? { values[name]?.first.flatMap { $0.isEmpty ? nil : $0 } }

  func all(_ name: String) -> [String] { values[name] ?? [] }

  /// nil for what is not UTF-8.
  private static func decoded(_ text: Substring) -> String? {
    PercentCoding.decoded(text.utf8.map { $0 == UInt8(ascii: "+") ? 0x20 : $0 })
  }
}

/// Bytes as `%2F`.
enum PercentCoding {
  static func decoded(_ text: some Sequence<UInt8>) -> String? {
    var bytes: [UInt8] = []
    var rest = Array(text)[...]
    while let byte = rest.popFirst() {
      guard byte == UInt8(ascii: "%"), rest.count >= 2,
        let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16)
      else {
        bytes.append(byte)
        continue
      }
      rest.removeFirst(2)
      bytes.append(value)
    }
    return String(validating: bytes, as: UTF8.self)
  }

  /// Everything but what may stand in every part of an address.
  static func encoded(_ text: String) -> String {
    text.utf8.map { byte -> String in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"),
        UInt8(ascii: "."), UInt8(ascii: "~"):
        String(UnicodeScalar(byte))
      default: "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
      }
    }.joined()
  }
}
