import UETModel

/// The readable notes of a run: for each commit that a workstream made, what it is and how it went.
struct RunNotes {
  let state: RunState

  /// The paragraph for each commit.
  var paragraphs: [ObjectID: [String]] {
    var result: [ObjectID: [String]] = [:]
    for record in state.workstreams {
      for attempt in record.attempts {
        guard let tip = attempt.tip, tip != record.tip else { continue }
        result[tip, default: []].append(
          text(record, attempt, attempt.outcome.rawValue, attempt.message))
      }
      if let tip = record.tip {
        result[tip, default: []].append(
          text(record, record.lastAttempt, record.state.rawValue, record.reason))
      }
      if let merge = record.integrated, merge != record.tip {
        result[merge, default: []].append(
          head(record, "merged") + gates(record, .integration))
      }
    }
    return result
  }

  /// The changes that bring these notes in; paragraphs of other runs and of people stay.
  var changes: [ObjectID: NotesTree.Change] { changes(of: []) }

  /// Those changes, with the run's paragraphs taken away from those of `objects` that it did not
  /// make.
  func changes(of objects: some Sequence<ObjectID>) -> [ObjectID: NotesTree.Change] {
    var wanted = paragraphs
    for object in objects where wanted[object] == nil { wanted[object] = [] }
    return wanted.mapValues { mine in
      { old in
        let mark = " in run \(state.run): "
        let text = String(decoding: old ?? [], as: UTF8.self)
        let others = NoteText.paragraphs(text).filter { !$0.contains(mark) }
        let all = others + mine
        return all.isEmpty ? [] : Array(all.joined(separator: "\n\n").utf8) + [0x0A]
      }
    }
  }

  private func head(_ record: WorkstreamRecord, _ what: String) -> String {
    "\(record.id) in run \(state.run): \(what)"
  }

  private func text(
    _ record: WorkstreamRecord, _ attempt: AttemptRecord?, _ what: String, _ reason: String?
  ) -> String {
    var text = head(record, what)
    if let attempt {
      text += "\n  attempt \(attempt.number) of \(record.attempts.count)"
      if let start = attempt.startedAt, let end = attempt.endedAt {
        text += ", \(Self.duration(end.seconds(since: start)))"
      }
      if let error = attempt.error { text += ", \(error.rawValue)" }
    }
    if attempt?.number == record.lastAttempt?.number { text += gates(record, .attempt) }
    if let reason, !reason.isEmpty { text += "\n  \(Self.plain(reason))" }
    if let handoff = attempt?.handoff, attempt?.tip == record.tip {
      text += handoff.summary.map { "\n  hand-off: \(Self.plain($0))" } ?? ""
      text += "\n  see: git uet handoff \(state.run) \(record.id)"
    }
    return text
  }

  private func gates(_ record: WorkstreamRecord, _ stage: GateRecord.Stage) -> String {
    let gates = record.gates.filter { $0.stage == stage }
    if gates.isEmpty { return "" }
    let list = gates.map { gate in
      let time = gate.seconds.map { " (\(Self.duration($0)))" } ?? ""
      return
        "\(Self.plain(gate.name)) \(gate.result.rawValue.lowercased())\(time)\(gate.isFlaky ? ", flaky" : "")"
    }
    return "\n  gates: " + list.joined(separator: ", ")
  }

  /// `1.2 s`, `3 min 20 s`, `2 h 5 min`.
  static func duration(_ seconds: Double) -> String {
    let tenths = Int((max(0, min(seconds, 1e9)) * 10).rounded())
    if tenths < 600 { return "\(tenths / 10).\(tenths % 10) s" }
    let whole = tenths / 10
    if whole < 3600 { return "\(whole / 60) min \(whole % 60) s" }
    return "\(whole / 3600) h \(whole / 60 % 60) min"
  }

  /// One line without control characters: what workers and hooks wrote may reach a terminal from
  /// here.
  private static func plain(_ text: String) -> String {
    var result = String.UnicodeScalarView()
    for scalar in text.unicodeScalars.prefix(200) {
      let isControl =
        scalar.properties.generalCategory == .control
        || scalar.properties.generalCategory == .format
        || scalar.properties.generalCategory == .lineSeparator
        || scalar.properties.generalCategory == .paragraphSeparator
      result.append(isControl ? " " : scalar)
    }
    return String(result)
  }
}
