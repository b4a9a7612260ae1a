import UETEngine
import UETModel
import UETReporting

/// One event as a line of a board: when, by the machine's own time, and what.
enum BoardLine {
  /// nil for what would only be noise.
  static func text(_ event: Event, _ state: RunState) -> String? {
    FactLine(event: event, state: state).sentence.map {
      "\(LocalTime.clockWithZone(event.at))  \($0)"
    }
  }

  /// Columns of what stands before the words, at a moment near that of the event.
  static func indent(at moment: Timestamp) -> Int { LocalTime.clockWithZone(moment).count + 2 }
}
