import UETModel

/// What a shared reference holds, which decides what becomes of it when two clones differ.
package enum SharedKind: Hashable, Sendable {
  /// Grows at its end, written by one clone.
  case chain(RunID, writer: String)
  /// Belongs to the clone that started the run: salvage and candidates.
  case owned(RunID)
  /// An end of a chain that another end of the same chain stands against; never changes.
  case pinned(RunID)
  /// Grows; what two clones put in it is joined.
  case archive
  case notes(verdicts: Bool)
  /// Files by the name of what they resolve; those of two clones are joined.
  case resolutions
  /// From a newer version: goes on where it goes on, else both keep what they have.
  case unknown

  /// The kind of a shared name; nil for what is not shared.
  package init?(_ shared: String) {
    let parts = shared.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
    let run = parts.count > 1 ? RunID(parts[1]) : nil
    switch (parts[0], run) {
    case ("runs", let run?):
      guard parts.count == 3, LedgerNames.isWriter(parts[2]) else { return nil }
      self = .chain(run, writer: parts[2])
    case ("salvage", let run?), ("candidates", let run?): self = .owned(run)
    case ("diverged", let run?): self = .pinned(run)
    case ("runs", nil), ("salvage", nil), ("candidates", nil), ("diverged", nil): return nil
    // A host's own: clones look at it where it was fetched to.
    case ("queue", _), ("line", _), ("inbox", _): return nil
    case _ where shared == "resolutions": self = .resolutions
    case ("notes", _):
      switch shared {
      case "notes/uet": self = .notes(verdicts: false)
      case "notes/uet-verdicts": self = .notes(verdicts: true)
      default: return nil
      }
    case _ where RunArchive.isArchive(shared): self = .archive
    default: self = .unknown
    }
  }

  /// Whether a name that this version does not know stands where this version has something: there
  /// it would be in the way for good.
  package static func isReserved(_ shared: String) -> Bool {
    let first = shared.prefix { $0 != "/" }
    let taken = [
      "runs", "salvage", "candidates", "diverged", "resolutions", "notes", "archive", "queue",
      "line", "inbox",
    ]
    return taken.contains(String(first)) || RunArchive.isArchive(first)
  }

  /// The run that it is of.
  package var run: RunID? {
    switch self {
    case .chain(let run, _), .owned(let run), .pinned(let run): run
    default: nil
    }
  }

  /// A word for people; what comes from many references is counted by it.
  package var title: String {
    switch self {
    case .chain(_, LedgerNames.mainWriter): "runs"
    case .chain: "inboxes"
    case .owned: "kept work"
    case .pinned: "diverged"
    case .archive: "archive"
    case .notes(verdicts: false): "notes"
    case .notes(verdicts: true): "verdicts"
    case .resolutions: "resolutions"
    case .unknown: "other"
    }
  }
}
