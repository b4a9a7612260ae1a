import UETModel

/// A workstream that makes the plan longer, with the reason.
package struct Bottleneck: Hashable, Sendable {
  package let index: Int
  package let reason: String
}
