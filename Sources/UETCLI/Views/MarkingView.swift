import UETModel
import UETReporting
import UETWorkLists

/// What was ticked off at the source, and what was not.
struct MarkingView {
  let marks: [Marking.Mark]
  /// How many imported workstreams have not landed.
  let open: Int
  let isDryRun: Bool
  let style: TextStyle

  var lines: [String] {
    var lines: [String] = []
    var commands: [String] = []
    for mark in marks {
      let place = "\(mark.record.file.terminalSafe): \(mark.record.name.key.terminalSafe)"
      switch mark.outcome {
      case .marked: lines.append("  x \(place)")
      case .already: lines.append("  = \(place) is done there already")
      case .refused(let reason): lines.append("  ! \(place) is left: \(reason)")
      case .command(let words): commands.append("  " + words.map(Self.word).joined(separator: " "))
      }
    }
    lines = lines.map { style.cut($0, to: style.width) }
    if !commands.isEmpty {
      lines.append("these files are only exports; to tell the tool itself:")
      lines += commands
    }
    let count = marks.count { $0.outcome == .marked }
    lines.append(
      (isDryRun ? "would be: " : "") + "\(count) ticked off; \(open) not landed yet")
    return lines
  }

  /// A word as a shell takes it.
  private static func word(_ text: String) -> String {
    let isPlain = text.utf8.allSatisfy { byte in
      WorkstreamID.isAllowed(byte | 0x20) || "._:/#".utf8.contains(byte)
    }
    return isPlain && !text.isEmpty
      ? text
      : "'"
        + text.terminalSafe.split(separator: "'", omittingEmptySubsequences: false)
        .joined(separator: "'\\''") + "'"
  }

  var json: JSONValue {
    [
      "version": 1, "dry_run": .bool(isDryRun), "not_landed": .integer(Int64(open)),
      "marks": .array(marks.map(Self.json)),
    ]
  }

  private static func json(_ mark: Marking.Mark) -> JSONValue {
    var object: JSONObject = [
      "workstream": .string(mark.workstream.rawValue), "id": .string(mark.record.name.key),
      "file": .string(mark.record.file),
    ]
    switch mark.outcome {
    case .marked: object.append("outcome", "marked")
    case .already: object.append("outcome", "already")
    case .refused(let reason):
      object.append("outcome", "refused")
      object.append("reason", .string(reason))
    case .command(let words):
      object.append("outcome", "command")
      object.append("command", .array(words.map(JSONValue.string)))
    }
    return .object(object)
  }
}
