import UETModel

/// A change of bundles that would let more run side by side, or make the order explicit.
package enum Suggestion: Hashable, Sendable {
  /// Their scopes are the same: they can never run side by side, so they may as well be one.
  case merge([WorkstreamID], pattern: ScopePattern)
  /// Past work of this workstream touched these only; it then would conflict with `frees` fewer.
  case narrow(WorkstreamID, from: ScopePattern, to: [String], frees: Int)
  /// It reads what the other writes.
  case depend(WorkstreamID, on: WorkstreamID, overlap: Conflict.Overlap)

  package var text: String {
    switch self {
    case .merge(let ids, let pattern):
      "\(ids.map(\.rawValue).joined(separator: ", ")) have the same scope "
        + "('\(pattern.text.terminalSafe)'): make them one workstream or split the scope"
    case .narrow(let id, let from, let to, let frees):
      "\(id): narrow '\(from.text.terminalSafe)' to "
        + to.map { "'\($0.terminalSafe)'" }.joined(separator: ", ")
        + ", all that its past commits touched there"
        + (frees > 0 ? ": frees \(frees) \(frees == 1 ? "pair" : "pairs")" : "")
    case .depend(let id, let other, let overlap):
      "\(id): add '\(other)' to depends_on: it reads '\(overlap.left.text.terminalSafe)', "
        + "which \(other) writes"
    }
  }

  package var json: JSONValue {
    switch self {
    case .merge(let ids, let pattern):
      [
        "kind": "merge", "workstreams": .array(ids.map { .string($0.rawValue) }),
        "pattern": .string(pattern.text),
      ]
    case .narrow(let id, let from, let to, let frees):
      [
        "kind": "narrow", "workstream": .string(id.rawValue), "pattern": .string(from.text),
        "to": .array(to.map(JSONValue.string)), "frees": .integer(Int64(frees)),
      ]
    case .depend(let id, let other, let overlap):
      [
        "kind": "depend", "workstream": .string(id.rawValue), "on": .string(other.rawValue),
        "patterns": [.string(overlap.left.text), .string(overlap.right.text)],
      ]
    }
  }
}
