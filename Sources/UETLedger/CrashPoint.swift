/// The moments between two changes of the repository. A test ends the process at each of them;
/// whatever was acknowledged must be there afterwards, and the next start must need no hand.
package enum CrashPoint: String, CaseIterable, Sendable {
  // A batch.
  /// Its blobs and trees, which are many, are in a pack; no commit leads to them.
  case batchPacked
  /// The commit is there as well; no reference leads to them.
  case objectsWritten
  /// The reference leads to the commit; nobody has been told.
  case referenceMoved

  // A pack.
  /// The private folder is there, with its owner's name.
  case scratchMade
  /// The pack is complete in the private folder.
  case packWritten
  /// Its mark is in the objects' folder, without the pack.
  case packMarked
  /// The pack is beside its mark, without an index: git does not see it yet.
  case packMoved
  /// Git sees the pack; the loose objects are there as well.
  case packIndexed
  /// Some of the loose objects are gone.
  case looseHalfRemoved
  case looseRemoved
  /// The packs before it have lost their marks.
  case marksRemoved
  /// The index of a pack that was merged into another is gone.
  case mergedHalfRemoved
}
