import UETModel

extension Workstream {
  /// Fields of a bundle that are read and kept, and that this version does not act on.
  package var inactive: [String] {
    var names: [String] = []
    if !forwardActions.isEmpty { names.append("forward_actions") }
    return names
  }
}
