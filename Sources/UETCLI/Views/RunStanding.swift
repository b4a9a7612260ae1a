import UETModel

/// How a run stands, in a word or two that do not mislead: the record's status says how the
/// dispatch ended, and not what became of the results since, nor whether anybody is still at work.
struct RunStanding {
  let text: String
  let style: Terminal.Style

  /// `isPlain` is a run of branches that no attempt made.
  init(
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
      style = .yellow
    } else if status == .succeeded, aside > 0 {
      text = "\(isPlain ? "ENDED" : "SUCCEEDED"), but \(aside) of \(total) set aside"
      style = .yellow
    } else if status == .succeeded, total > 0, landed == total {
      (text, style) = (isPlain ? "LANDED" : "SUCCEEDED, landed", .green)
    } else if status == .succeeded, isPlain {
      (text, style) = (isHeld ? "AT WORK" : "QUEUED", .cyan)
    } else if status == .failed, landed > 0 {
      (text, style) = ("FAILED in part, \(landed) of \(total) landed", .red)
    } else if status == .failed, total > 0, (counts[.failed] ?? 0) + aside == 0 {
      (text, style) = ("ENDED, nothing failed since", .yellow)
    } else {
      (text, style) = (status.rawValue, RunStateView.style(of: status))
    }
  }
}
