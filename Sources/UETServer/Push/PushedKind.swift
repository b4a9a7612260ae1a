import UETLedger
import UETModel

/// What a reference that is pushed is for, going by its name.
enum PushedKind: Hashable, Sendable {
  case branch
  /// `refs/heads/uet/RUN/NAME`: what a workstream made, or the integration branch of a run.
  case work(RunID, name: String)
  case tag
  /// A part of the record, with what it is called below the prefix.
  case record(SharedKind, shared: String)
  /// Names that a clone keeps for itself.
  case ofOneClone
  /// `refs/for/BRANCH[/TOPIC]`: a candidate for the branch's line, and no reference.
  case queue
  /// `refs/uet/inbox/BRANCH/VERB`: an order to the branch's line, and no reference.
  case order
  /// What makes git see other objects than there are.
  case replacement
  /// A place of the record or of runs at which nothing of this name can be.
  case misplaced
  /// Anything else: notes of people, other programs' references.
  case other

  init(_ name: String, _ names: LedgerNames) {
    if name.hasPrefix(LineNames(names).inbox) {
      self = .order
    } else if name.hasPrefix(names.prefix + "/") {
      self = Self.record(String(name.dropFirst(names.prefix.utf8.count + 1)))
    } else if name.hasPrefix("refs/notes/uet") {
      self = Self.record(String(name.dropFirst(5)))
    } else if name.hasPrefix(names.remotes) || name.hasPrefix(names.asides)
      || name.hasPrefix("refs/worktree/") || name.hasPrefix("refs/rewritten/")
      || name.hasPrefix("refs/bisect/") || name == "refs/stash"
    {
      self = .ofOneClone
    } else if name.hasPrefix("refs/for/") {
      self = .queue
    } else if name.hasPrefix("refs/replace/") {
      self = .replacement
    } else if name.hasPrefix("refs/heads/uet/") {
      self = Self.work(name.dropFirst("refs/heads/uet/".utf8.count))
    } else if name.hasPrefix("refs/heads/") {
      self = .branch
    } else {
      self = name.hasPrefix("refs/tags/") ? .tag : .other
    }
  }

  private static func record(_ shared: String) -> PushedKind {
    guard let kind = SharedKind(shared) else { return .misplaced }
    if case .unknown = kind, SharedKind.isReserved(shared) { return .misplaced }
    return .record(kind, shared: shared)
  }

  private static func work(_ rest: Substring) -> PushedKind {
    let parts = rest.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
    guard parts.count == 2, let run = RunID(parts[0]),
      parts[1] == "integration" || WorkstreamID(parts[1]) != nil
    else { return .misplaced }
    return .work(run, name: parts[1])
  }

  /// Whether a push must not take away what stands there either: a candidate is taken back by its
  /// own name, and the line is the host's.
  var isNobodysToDelete: Bool {
    switch self {
    case .replacement, .misplaced, .ofOneClone: true
    default: false
    }
  }

  /// Whether it is a branch, of people or of a run.
  var isBranch: Bool {
    switch self {
    case .branch, .work: true
    default: false
    }
  }
}
