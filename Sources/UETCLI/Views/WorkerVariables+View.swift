import UETEngine
import UETModel

extension WorkerVariables {
  var json: JSONObject {
    func list(_ names: [String]) -> JSONValue { .array(names.map(JSONValue.string)) }
    return [
      "user": list(user), "tool": list(tool), "bundle": list(bundle), "run": list(run),
      "missing": list(missing),
    ]
  }

  /// A line or more for each place where they come from, at most `width` columns with their indent.
  func lines(tool name: String, width: Int) -> [String] {
    let groups = [
      ("yours", user), (name.terminalSafe, tool), ("bundle", bundle), ("git-uet", run),
      ("not set", missing),
    ].filter { !$0.1.isEmpty }
    let column = min(20, groups.reduce(0) { max($0, $1.0.count) }) + 2
    return groups.flatMap { title, names in
      var lines: [String] = []
      var line = title + String(repeating: " ", count: max(1, column - title.count))
      for name in names {
        if line.count + name.count + 5 > max(40, width), line.contains(where: { $0 != " " }) {
          lines.append(line)
          line = String(repeating: " ", count: column)
        }
        line += name + " "
      }
      return (lines + [line]).map { $0.trimmedAtEnd }
    }
  }
}

extension String {
  fileprivate var trimmedAtEnd: String {
    String(self[..<(lastIndex { $0 != " " }.map { index(after: $0) } ?? startIndex)])
  }
}
