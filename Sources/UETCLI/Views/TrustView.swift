import UETEngine
import UETModel
import UETPlanning

/// What a repository's files have run, written out: nothing of it is cut off or left out.
struct TrustView {
  let review: TrustReview
  let terminal: Terminal

  /// All of it, by the file that says so.
  var lines: [String] {
    if review.parts.isEmpty { return ["no file of this repository names a command"] }
    return grouped(review.parts, mark: "")
  }

  /// What is not as it was trusted.
  var difference: [String] {
    if review.added.isEmpty, review.removed.isEmpty { return ["nothing has changed"] }
    return grouped(review.removed, mark: "- ") + grouped(review.added, mark: "+ ")
  }

  private func grouped(_ parts: [DeclaredPart], mark: String) -> [String] {
    var lines: [String] = []
    var file: String?
    let width = min(28, parts.map(\.name.count).max() ?? 0)
    for part in parts {
      if part.file != file { lines.append(terminal.styled(part.file.terminalSafe, .cyan)) }
      file = part.file
      lines += self.lines(of: part, mark: mark, width: width)
    }
    return lines
  }

  private func lines(of part: DeclaredPart, mark: String, width: Int) -> [String] {
    let name = part.name.terminalSafe
    let text = Self.text(of: part.value)
    let style: Terminal.Style? = mark.hasPrefix("+") ? .green : mark.hasPrefix("-") ? .red : nil
    let head = "  \(mark)\(name)"
    if text.count == 1, name.count <= width {
      let gap = String(repeating: " ", count: width - name.count + 2)
      return [terminal.styled(head + gap + text[0], style)]
    }
    return ([head] + text.map { "  \(mark)    \($0)" }).map { terminal.styled($0, style) }
  }

  /// A script by its lines, an argument list as a shell would read it.
  private static func text(of value: JSONValue) -> [String] {
    switch value {
    case .string(let text):
      let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        .map { String($0).terminalSafe }
      return lines.last == "" && lines.count > 1 ? lines.dropLast() : lines
    case .array(let values):
      let words = values.compactMap(\.string)
      if values.isEmpty { return ["(none)"] }
      if words.count == values.count {
        return [words.map { $0.terminalSafe.shellQuoted }.joined(separator: " ")]
      }
      return values.flatMap(text)
    case .object(let object):
      return object.members.map {
        "\($0.key.terminalSafe)=\(text(of: $0.value).joined(separator: " "))"
      }
    default: return [value.encoded(.canonical).terminalSafe]
    }
  }
}

extension TrustReview {
  var json: JSONObject {
    func list(_ parts: [DeclaredPart]) -> JSONValue { .array(parts.map(\.json)) }
    return [
      "version": 1, "trusted": .bool(isTrusted), "digest": .string(digest), "parts": list(parts),
      "added": list(added), "removed": list(removed),
    ]
  }
}
