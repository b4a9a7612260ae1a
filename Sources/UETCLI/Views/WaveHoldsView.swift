import UETEngine
import UETModel

/// What the gates of waves hold back, as lines for a terminal or as JSON.
struct WaveHoldsView {
  let holds: WaveHolds
  let terminal: Terminal

  var lines: [String] {
    guard !holds.holds.isEmpty else { return [] }
    var table = Table(indent: 2)
    for hold in holds.holds {
      table.add([
        .init(hold.workstreams.listed(4)), .init(hold.reason.terminalSafe, hold.isRed ? .red : nil),
      ])
    }
    return [terminal.styled("held by the gates of a wave", .red)]
      + table.lines(on: terminal, width: nil)
  }

  func hints(_ run: RunID) -> [String] { holds.hints(run).map { "hint: " + $0 } }

  var json: JSONValue {
    .array(
      holds.holds.map { hold in
        [
          "wave": .integer(Int64(hold.wave)), "gate": .string(hold.gate),
          "workstreams": .array(hold.workstreams.map { .string($0.rawValue) }),
          "reason": .string(hold.reason), "kind": .string(hold.kind.rawValue),
        ]
      })
  }
}
