import UETModel
import UETPlanning

/// Results are tested, and may land only later.
package struct ClosedWindow: Refusing {
  /// Full name.
  package let target: String
  package let run: RunID
  package let windows: [String]
  package let opens: Timestamp?

  package var refusal: Refusal {
    let when = opens.map { ", next from \($0.plain) UTC" } ?? ""
    return Refusal(
      .decision,
      "nothing lands in '\(RunNames.short(target).terminalSafe)' now: only "
        + "\(windows.listed(3))\(when) (integration.window_times)",
      hint: "land it then: git uet integrate \(run) --land \(RunNames.short(target).shellQuoted)")
  }
}
