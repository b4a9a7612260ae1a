import UETModel

/// The form in which an agent is asked for its hand-off, and how that is read.
package enum HandoffForm {
  /// Lines for a prompt.
  package static let request = [
    "End your last message with a hand-off for those who will build on your work, in this form.",
    "Leave out parts of which there is nothing to say; a line each, short, no code:",
    "",
    "    HANDOFF",
    "    summary: what was done, in one line",
    "    decisions:",
    "    - what was decided, and why",
    "    interfaces:",
    "    - what others can call, read or run now that was added or changed, with its signature",
    "    constraints:",
    "    - what others must keep to",
    "    open:",
    "    - what is left, or not sure",
    "    END HANDOFF",
  ]

  /// More of a part, or of a line, is no summary any more.
  private static let (mostItems, longestItem) = (100, 400)

  /// What the last form in a text says; nil where there is none, or nothing in it.
  package static func handoff(in text: String) -> Handoff? {
    let lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
    guard let start = lines.lastIndex(where: { marker($0) == "handoff" }) else { return nil }
    var reading = Reading()
    for line in lines[(start + 1)...] {
      if ["end handoff", "end"].contains(marker(line)) { break }
      reading.take(line)
    }
    let handoff = reading.finished
    return handoff.isEmpty ? nil : handoff
  }

  /// A line without the marks that models put around words, in lower case.
  private static func marker(_ line: Substring) -> String {
    var words = String(line.filter { !"#*`_=:-".contains($0) }).lowercased()
    words = words.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    return words == "hand off" ? "handoff" : words == "end hand off" ? "end handoff" : words
  }

  private struct Reading {
    private var handoff = Handoff(.agent)
    private var part: Handoff.Part?
    private var isSummary = false

    /// What has none of these names is a line of the part before it.
    private static let names: [String: Handoff.Part?] = [
      "summary": Handoff.Part?.none, "decisions": .decisions, "decision": .decisions,
      "interfaces": .interfaces, "interface": .interfaces, "constraints": .constraints,
      "constraint": .constraints, "files": .files, "open": .open, "open points": .open,
    ]

    var finished: Handoff { handoff }

    mutating func take(_ line: Substring) {
      let words = line.drop(while: \.isWhitespace)
      if words.isEmpty || words.hasPrefix("```") { return }
      if let colon = words.firstIndex(of: ":"), let name = Self.names[marker(words[..<colon])] {
        (part, isSummary) = (name, name == nil)
        return add(words[words.index(after: colon)...])
      }
      let item = Self.withoutMark(words)
      let isContinued = item.startIndex == words.startIndex && line.first?.isWhitespace == true
      if isContinued, let part, let last = handoff[part].last {
        handoff[part][handoff[part].count - 1] = HandoffForm.line(last + " " + item)
      } else {
        add(item)
      }
    }

    private mutating func add(_ words: Substring) {
      let text = HandoffForm.line(String(words))
      if text.isEmpty || ["none", "none.", "n/a", "-", "nothing"].contains(text.lowercased()) {
        return
      }
      if isSummary {
        handoff.summary = HandoffForm.line(
          [handoff.summary, text].compactMap(\.self)
            .joined(separator: " "))
      } else if let part {
        if handoff[part].count < HandoffForm.mostItems {
          handoff[part].append(text)
        } else {
          handoff.omitted[part, default: 0] += 1
        }
      }
    }

    /// The words behind the mark of an item: `-`, `*`, `•` or `1.`.
    private static func withoutMark(_ words: Substring) -> Substring {
      if let first = words.first, "-*•".contains(first) {
        return words.dropFirst().drop(while: \.isWhitespace)
      }
      let digits = words.prefix(while: \.isNumber)
      let rest = words.dropFirst(digits.count)
      guard !digits.isEmpty, digits.count < 3, let mark = rest.first, ".)".contains(mark),
        rest.dropFirst().first?.isWhitespace == true
      else { return words }
      return rest.dropFirst().drop(while: \.isWhitespace)
    }
  }

  /// One line of a hand-off: no control characters, no stretches of blanks, not too long.
  package static func line(_ text: String) -> String {
    let words = text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    var result = String.UnicodeScalarView()
    var size = 0
    for scalar in words.unicodeScalars where scalar.isHarmless {
      size += UTF8.width(scalar)
      if size > longestItem { return String(result) + "…" }
      result.append(scalar)
    }
    return String(result)
  }
}
