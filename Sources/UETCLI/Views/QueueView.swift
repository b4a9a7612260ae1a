import UETEngine
import UETMergeQueue
import UETModel
import UETReporting

/// The queue of a run as lines for a terminal, or as one JSON object.
struct QueueView {
  let snapshot: QueueSnapshot
  let now: Timestamp
  let terminal: Terminal

  private var state: RunState { snapshot.machine.state }

  var lines: [String] {
    let places = snapshot.places(at: now)
    var lines = heading
    var table = Table(indent: 2)
    for place in places { table.add(row(place)) }
    lines += table.lines(on: terminal, width: terminal.width - 1)
    if places.isEmpty { lines.append("  nothing waits") }
    let held = WaveHoldsView(holds: snapshot.waves, terminal: terminal).lines
    if !held.isEmpty { lines += [""] + held }
    return lines + rest + hints(places)
  }

  private var heading: [String] {
    let strategy = snapshot.machine.strategy.inUse.rawValue
    let slots = snapshot.slots == 1 ? "1 gate at a time" : "\(snapshot.slots) gates at once"
    var lines = [
      "queue of run \(snapshot.run): \(strategy), \(slots)"
        + (snapshot.isLive ? "" : ", nobody works on it")
    ]
    if let pause = state.integration.pause {
      let reason = pause.reason.map { ": \($0.terminalSafe)" } ?? ""
      lines.append(terminal.styled("  paused", .yellow) + reason)
    }
    if let reason = state.integration.freeze {
      lines.append(terminal.styled("  landing is frozen", .yellow) + ": \(reason.terminalSafe)")
    }
    return lines
  }

  private func row(_ place: QueuePlace) -> [Table.Cell] {
    let number = place.position.map(String.init) ?? "-"
    let time = place.expected.map { "~\(Span.text($0))" } ?? ""
    return [
      .init(number, .dim), .init(place.id.rawValue), .init(time, .dim),
      .init(snapshot.words(of: place)),
    ]
  }

  private var rest: [String] {
    var lines: [String] = []
    let chain = state.integration.chain
    if let tip = state.integration.tip, !chain.isEmpty {
      lines.append(
        "\(chain.count) integrated and not landed, up to \(chain.last?.rawValue ?? "") at \(tip.short)"
      )
    }
    let ejected = state.workstreams.filter { $0.state == .ejected }
    if !ejected.isEmpty {
      lines.append("\(ejected.count) set aside: " + ejected.map(\.id).listed(5))
    }
    let out = state.workstreams.filter { $0.isWithdrawn && $0.state == .succeeded }
    if !out.isEmpty { lines.append("\(out.count) taken out: " + out.map(\.id).listed(5)) }
    return lines.isEmpty ? [] : [""] + lines
  }

  private func hints(_ places: [QueuePlace]) -> [String] {
    let run = snapshot.run
    if state.integration.pause?.intent == .person {
      return ["hint: let it go on: git uet queue resume \(run)"]
    }
    if state.integration.freeze != nil {
      return ["hint: let it land: git uet queue unfreeze \(run)"]
    }
    let held = WaveHoldsView(holds: snapshot.waves, terminal: terminal).hints(run)
    if !held.isEmpty { return held }
    if !snapshot.isLive, places.contains(where: { $0.position != nil }) {
      return ["hint: work on it: git uet integrate \(run)"]
    }
    if let torn = state.workstreams.first(where: {
      $0.state == .ejected && $0.conflict?.state.isOpen == true
    }) {
      return ["hint: see what conflicts: git uet conflicts \(run) (\(torn.id))"]
    }
    if let first = state.workstreams.first(where: { $0.state == .ejected }) {
      return ["hint: see why it was red: git uet reproduce \(run) \(first.id)"]
    }
    return []
  }
}

extension QueueView {
  var json: JSONValue {
    let integration = state.integration
    var object = JSONObject([
      ("version", 1), ("run", .string(snapshot.run.rawValue)), ("live", .bool(snapshot.isLive)),
      ("strategy", .string(snapshot.machine.strategy.inUse.rawValue)),
      ("strategy_reason", .string(snapshot.machine.strategy.reason)),
      ("slots", .integer(Int64(snapshot.slots))),
    ])
    object.append("paused", integration.pause.map { .string($0.reason ?? $0.intent.rawValue) })
    object.append("frozen", integration.freeze.map(JSONValue.string))
    object.append("start", integration.start.map { .string($0.hex) })
    object.append("tip", integration.tip.map { .string($0.hex) })
    object.append("integrated", .array(integration.chain.map { .string($0.rawValue) }))
    if !snapshot.waves.holds.isEmpty {
      object.append("waves", WaveHoldsView(holds: snapshot.waves, terminal: terminal).json)
    }
    object.append("queue", .array(snapshot.places(at: now).map(json)))
    object.append(
      "ejected",
      .array(
        state.workstreams.filter { $0.state == .ejected }.map { record in
          ["workstream": .string(record.id.rawValue), "reason": .string(record.reason ?? "")]
        }))
    return .object(object)
  }

  private func json(_ place: QueuePlace) -> JSONValue {
    var object = JSONObject([("workstream", .string(place.id.rawValue))])
    object.append("position", place.position.map { .integer(Int64($0)) })
    object.append("waits_for", .string(place.wait.description))
    object.append("on_top_of", place.onTopOf.map { .string($0.rawValue) })
    object.append("onto", place.onto.map { .string($0.hex) })
    object.append("commit", place.commit.map { .string($0.hex) })
    object.append("gate", place.gate.map(JSONValue.string))
    object.append("elapsed_seconds", place.elapsed.map { .number(($0 * 10).rounded() / 10) })
    object.append("expected_seconds", place.expected.map { .number(($0 * 10).rounded() / 10) })
    if place.isPromoted { object.append("promoted", true) }
    return .object(object)
  }
}
