import UETEngine
import UETModel

/// What is to be said, and done, where a branch lost what had landed in it.
extension LostLanding {
  var words: String {
    let name = RunNames.short(branch).terminalSafe
    return
      "run '\(run)' landed as \(commit.short), but '\(name)' does not hold that any more: others moved "
      + "it to \(current.short)"
  }

  /// Hints: to have the very commits back, or new ones.
  var waysBack: [String] {
    let place = checkout.map { "git -C \($0.shellQuoted)" } ?? "git"
    let back =
      switch (isBehind, checkout) {
      case (true, nil): "put it back: git push . \(commit):\(branch.shellQuoted)"
      case (true, _?): "put it back: \(place) merge --ff-only \(commit)"
      case (false, nil): "bring it in again: git merge \(commit) (on '\(RunNames.short(branch))')"
      case (false, _?): "bring it in again: \(place) merge \(commit)"
      }
    let names = workstreams.map(\.rawValue).joined(separator: " ")
    return [
      back,
      "or have it done again: git uet retry \(run) \(names) && git uet resume \(run)",
      "then: git uet integrate \(run) --land \(RunNames.short(branch).shellQuoted)",
    ].map(\.terminalSafe)
  }
}
