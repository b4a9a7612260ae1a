import UETModel

/// Recorded events as lines, all of them, in their order.
struct EventsView {
  let terminal: Terminal
  let showsRun: Bool

  func line(_ event: Event, run: RunID) -> String {
    var parts = ["\(event.seq)", event.at.plain, event.type.rawValue.terminalSafe]
    if showsRun { parts.insert(run.rawValue, at: 0) }
    if let id = event.workstream {
      parts.append(id.rawValue + (event.attempt.map { " #\($0)" } ?? ""))
    }
    if let worker = event.worker { parts.append(worker.terminalSafe) }
    if event.writer != "main" { parts.append("by \(event.writer.terminalSafe)") }
    if let origin = event.origin {
      parts.append("from \(origin.writer.terminalSafe) #\(origin.seq)")
    }
    let detail = Self.detail(event)
    if !detail.isEmpty { parts.append(terminal.styled(detail, .dim)) }
    return parts.joined(separator: "  ")
  }

  private static func detail(_ event: Event) -> String {
    event.data.members.filter { $0.key != Event.from }.prefix(6).map {
      "\($0.key)=\(short($0.value))"
    }
    .joined(separator: " ").terminalSafe
  }

  private static func short(_ value: JSONValue) -> String {
    let text = value.string ?? value.encoded()
    return text.count <= 60 ? text : text.prefix(59) + "…"
  }
}
