import UETMergeQueue
import UETModel
import UETReporting

extension QueueSnapshot {
  /// How many gates run at once; one after the other needs no more than one.
  package var slots: Int { machine.strategy.inUse == .serial ? 1 : machine.policy.slots }

  /// What is under way for a candidate, on top of what, or why it waits; safe to print.
  package func words(of place: QueuePlace) -> String {
    let below = place.onTopOf?.rawValue ?? place.onto.map { "\(base) at \($0.short)" }
    let onTop = below.map { " on \($0)" } ?? ""
    switch place.wait {
    case .testing(_, let gate):
      let time = place.elapsed.map { ", \(Span.text($0)) so far" } ?? ""
      return "\(gate.terminalSafe) runs\(onTop)\(time)"
    case .merging: return "is merged\(onTop)"
    case .waitsForSlot: return "merged\(onTop), waits for its test"
    case .waitsForForerunners: return "waits for those before it to be decided"
    case .behind(let count):
      let promoted = place.isPromoted ? "promoted, " : ""
      return promoted + (count == 0 ? "is next" : "waits for a place in line")
    case let other: return other.description.terminalSafe
    }
  }

  /// What the first in line is merged onto.
  private var base: String {
    machine.state.integration.chain.isEmpty ? "the target" : "what is integrated,"
  }
}
