/// Decides when the loose objects of a chain are packed.
struct PackingSchedule: Sendable {
  /// At a checkpoint so many are worth a pack: fewer than git's own collections would act on.
  static let few = 3072
  /// So many are packed wherever they come from: an inbox has no checkpoints.
  static let many = 4096

  private var packed = 0

  /// `objects` counts all that were ever written; where packing is due, they count as packed.
  mutating func isDue(objects: Int, hasCheckpoint: Bool) -> Bool {
    let loose = objects - packed
    guard loose >= Self.many || (hasCheckpoint && loose >= Self.few) else { return false }
    packed = objects
    return true
  }
}
