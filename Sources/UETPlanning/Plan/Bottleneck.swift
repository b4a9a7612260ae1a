import UETModel

/// Something that makes the plan longer, with what would help.
package struct Bottleneck: Hashable, Sendable {
  /// The workstream to change; nil when more workers would help.
  package let index: Int?
  /// A sentence for people: what to change and what it brings.
  package let reason: String
  /// How much shorter the plan would be, in ticks.
  package let saves: Int
  /// How many conflicting pairs would be freed.
  package let frees: Int
}
