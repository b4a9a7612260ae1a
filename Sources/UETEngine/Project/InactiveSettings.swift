import UETModel
import UETPlanning

extension Configuration {
  /// Settings of the file that differ from their defaults and that this version does not act on:
  /// said at the start of a run, so that nobody relies on them.
  package var inactive: [String] {
    let standard = Configuration()
    var names: [String] = []
    if sandbox != standard.sandbox { names.append("sandbox") }
    return names
  }
}

extension Workstream {
  /// Fields of a bundle that are read and kept, and that this version does not act on.
  package var inactive: [String] {
    var names: [String] = []
    if !forwardActions.isEmpty { names.append("forward_actions") }
    return names
  }
}
