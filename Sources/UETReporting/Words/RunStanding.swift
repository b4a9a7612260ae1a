import UETModel

/// How a run stands, in a word or two that do not mislead: the record's status says how the
/// dispatch ended, and not what became of the results since, nor whether anybody is still at work.
package struct RunStanding {
  package let text: String
  package let tone: Tone

  /// `isPlain` is a run of branches that no attempt made.
  package init(
    _ status: RunState.Status, counts: [WorkstreamState: Int], isHeld: Bool, isForeign: Bool,
    isPlain: Bool = false
  ) {
    let total = counts.values.reduce(0, +)
    let aside = (counts[.ejected] ?? 0) + (counts[.quarantined] ?? 0)
    let landed = counts[.landed] ?? 0
    if !status.isOver, !isHeld {
      text =
        isForeign
        ? "\(status.rawValue) (in another clone, as far as it was fetched)"
        : status == .running ? "INTERRUPTED (no process works on it)" : status.rawValue
      tone = .warning
    } else if status == .succeeded, aside > 0 {
      text = "\(isPlain ? "ENDED" : "SUCCEEDED"), but \(aside) of \(total) set aside"
      tone = .warning
    } else if status == .succeeded, total > 0, landed == total {
      (text, tone) = (isPlain ? "LANDED" : "SUCCEEDED, landed", .good)
    } else if status == .succeeded, isPlain {
      (text, tone) = (isHeld ? "AT WORK" : "QUEUED", .busy)
    } else if status == .failed, landed > 0 {
      (text, tone) = ("FAILED in part, \(landed) of \(total) landed", .bad)
    } else if status == .failed, total > 0, (counts[.failed] ?? 0) + aside == 0 {
      (text, tone) = ("ENDED, nothing failed since", .warning)
    } else {
      (text, tone) = (status.rawValue, Tone(status))
    }
  }
}
