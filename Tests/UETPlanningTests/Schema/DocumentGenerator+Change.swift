import UETModel

extension DocumentGenerator {
  /// The document with a value replaced, or a member removed, added or renamed, at random places.
  mutating func changed(_ document: JSONValue, times: Int) -> JSONValue {
    (0..<times).reduce(document) { value, _ in changedOnce(value) }
  }

  private static let junk: [JSONValue] = [
    nil, true, 0, -1, 1.5, 2.0, 1e30, 9_007_199_254_740_993, "", "x", "ws-a", "WS-A", "ws-", "a\n",
    "\u{0}", "0", "0s", "1h30",
    "30m1h", "-1s", "1.s", "yes", "*", "../x", "/x", ".git/x", "a/../b", "a/.GIT", "\\x", "C:/x",
    "a\\..\\b", [], [:],
    ["a"], [1], [""], ["": ""], ["a", nil], [[]], ["command": "x"], ["command": []], ["reads": []],
    ["reads": ["a"], "writes": nil],
    .string(String(repeating: "n", count: 201)),
    .string("ws-" + String(repeating: "n", count: 198)),
    .string(String(repeating: "é", count: 200)), ["UET_X": "1"], ["1A": "1"], ["A": nil],
    ["A": "\u{0}"],
    "\u{7f}", "\u{85}", "a\u{9f}", "\u{2028}", "\u{feff}x", "e\u{301}", "1d", "0.0001ms",
    [["type": "x"], ["type": nil]], ["max_attempts": 0],
  ]

  private static let names = [
    "id", "phase", "workstreams", "metadata", "command", "reads", "type", "unknown", "", "tool",
    "A", "gates",
    "adapter", "version", "$schema",
  ]

  private mutating func changedOnce(_ value: JSONValue) -> JSONValue {
    switch value {
    case .array(var items) where !items.isEmpty && !chance(1, in: 6):
      let index = Int.random(in: 0..<items.count, using: &random)
      items[index] = changedOnce(items[index])
      return .array(items)
    case .object(var object) where !chance(1, in: 6):
      changeMember(&object)
      return .object(object)
    default: return pick(Self.junk)
    }
  }

  private mutating func changeMember(_ object: inout JSONObject) {
    let count = object.members.count
    if count == 0 || chance(1, in: 6) {
      object[pick(Self.names)] = pick(Self.junk)
      return
    }
    let index = Int.random(in: 0..<count, using: &random)
    if chance(1, in: 6) {
      object.members.remove(at: index)
    } else {
      object.members[index].value = changedOnce(object.members[index].value)
    }
  }
}
