/// Decides when the loose objects of a chain are packed.
struct PackingSchedule: Sendable {
  /// At a checkpoint so many are worth a pack: fewer than git's own collections would act on.
  static let few = 3072
  /// So many are packed wherever they come from: an inbox has no checkpoints.
  static let many = 4096

  /// A small pack is in a reader's way as so many files are.
  static let onePack = 256

  private var packed = 0

  /// `files` counts all that was ever written; where packing is due, that counts as packed.
  mutating func isDue(files: Int, hasCheckpoint: Bool) -> Bool {
    let loose = files - packed
    guard loose >= Self.many || (hasCheckpoint && loose >= Self.few) else { return false }
    packed = files
    return true
  }
}
