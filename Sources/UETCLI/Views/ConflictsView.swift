import UETEngine
import UETModel

/// The conflicts of a run: who against whom, where, and what to do.
struct ConflictsView {
  let list: ConflictList
  let showsAll: Bool
  let terminal: Terminal

  private var shown: [ConflictList.Entry] {
    list.entries.filter { showsAll || isOpen($0) || isAtWork($0) }
  }

  private func isOpen(_ entry: ConflictList.Entry) -> Bool {
    entry.conflict.state.isOpen
      && [.ejected, .quarantined, .failed].contains(entry.record.state)
  }

  private func isAtWork(_ entry: ConflictList.Entry) -> Bool {
    entry.conflict.underWay != nil && [.queued, .running].contains(entry.record.state)
  }

  var lines: [String] {
    var lines: [String] = []
    for entry in shown { lines += block(entry) + [""] }
    let resolved = list.entries.count - shown.count
    if shown.isEmpty { lines.append("nothing of run '\(list.run)' is in conflict") }
    if resolved > 0 {
      lines.append("\(resolved) resolved or gone: git uet conflicts \(list.run) --all")
    }
    if lines.last == "" { lines.removeLast() }
    return lines
  }

  private func block(_ entry: ConflictList.Entry) -> [String] {
    let conflict = entry.conflict
    let style: Terminal.Style = conflict.state.isOpen ? .yellow : .green
    let makers = conflict.makers.map(\.rawValue) + conflict.earlier.map(\.name)
    let found = makers.isEmpty ? "what the target had before" : makers.joined(separator: ", ")
    let with = found + (conflict.isOfBase ? ", in what it builds on" : "")
    var lines = [
      "\(entry.record.id)  " + terminal.styled(conflict.state.rawValue, style) + "  with \(with)"
    ]
    for path in conflict.paths.prefix(5) { lines.append("  path     \(path.terminalSafe)") }
    if conflict.paths.count > 5 { lines.append("           and \(conflict.paths.count - 5) more") }
    lines.append("  ours     \(conflict.onto.short)   theirs \(conflict.tip.short)")
    if let base = conflict.base {
      lines.append("  changes  git diff \(base.short) \(conflict.tip.short)")
    }
    if let hunk = conflict.hunks.first {
      lines.append("  in \(hunk.path.terminalSafe):")
      for line in hunk.text.split(separator: "\n").prefix(12) {
        lines.append("    " + String(line.prefix(72)).terminalSafe)
      }
    }
    return lines + story(entry) + hint(entry)
  }

  /// What was tried, what is being tried, and what came of it.
  private func story(_ entry: ConflictList.Entry) -> [String] {
    let conflict = entry.conflict
    var lines = conflict.tries.flatMap { attempt in
      ["  tried    \(attempt.method.rawValue): \(attempt.reason.terminalSafe)"]
        + (attempt.salvage.map { ["           kept as \($0.terminalSafe)"] } ?? [])
    }
    if isAtWork(entry), let method = conflict.underWay {
      lines.append("  now      the \(method.rawValue) works on it")
    }
    switch conflict.state {
    case .auto, .agent, .human:
      let method = conflict.method?.rawValue ?? conflict.state.rawValue
      let commit = conflict.resolution ?? entry.record.candidate?.replay?.tip
      lines.append("  by       \(method)" + (commit.map { " as \($0.short)" } ?? ""))
    case .pending, .quarantined: break
    }
    return lines
  }

  private func hint(_ entry: ConflictList.Entry) -> [String] {
    guard isOpen(entry) else { return [] }
    if entry.record.state == .quarantined, !entry.conflict.isOfBase {
      return [
        terminal.styled("  hint: ", .yellow)
          + "have it done again: git uet retry \(list.run) \(entry.record.id)"
      ]
    }
    return [
      entry.worktree.map { "  open     \($0.terminalSafe)" }
        ?? terminal.styled("  hint: ", .yellow)
        + "git uet resolve \(list.run) \(entry.record.id)"
    ]
  }

  var json: JSONValue {
    [
      "version": 1, "run": .string(list.run.rawValue),
      "conflicts": .array(
        list.entries.map { entry in
          var object = JSONObject([
            ("workstream", .string(entry.record.id.rawValue)),
            ("workstream_state", .string(entry.record.state.rawValue)),
          ])
          for member in entry.conflict.json.object?.members ?? [] {
            object.append(member.key, member.value)
          }
          object.append("worktree", entry.worktree.map(JSONValue.string))
          object.append("open", .bool(isOpen(entry)))
          return .object(object)
        }),
    ]
  }
}
