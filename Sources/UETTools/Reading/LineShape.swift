import UETModel

extension ArraySlice<UInt8> {
  /// The line as a JSON object; nil for anything else, a line that was cut short among it.
  var jsonObject: JSONObject? {
    guard first == UInt8(ascii: "{") else { return nil }
    return (try? JSONValue(parsing: self))?.object
  }

  var text: String { String(decoding: self, as: UTF8.self) }

  /// Whether the line holds these bytes within its first `limit`.
  func begins(with words: StaticString) -> Bool {
    words.withUTF8Buffer { wanted in
      count >= wanted.count && zip(self, wanted).allSatisfy { $0 == $1 }
    }
  }
}

extension JSONObject {
  func string(_ key: String) -> String? { self[key]?.string }

  /// A count of tokens: a whole number from 0 on; 0 where there is none.
  func count(_ key: String) -> Int { max(0, self[key]?.integer ?? 0) }

  func object(_ key: String) -> JSONObject? { self[key]?.object }
}
