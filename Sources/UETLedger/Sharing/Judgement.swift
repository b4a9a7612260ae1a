import UETGit
import UETModel

/// Decides what becomes of shared references, one at a time; changes nothing.
struct Judgement {
  private let reader: LedgerReader
  private let order: ChainOrder
  private let clone: String?
  private var index: [RunID: [ObjectID]]?
  private var archived: [RunID: ArchivedRun?] = [:]
  private var owned: [RunID: Bool] = [:]

  /// `clone` is this clone's name, as the runs that it started have it.
  init(_ repository: Repository, _ names: LedgerNames, clone: String?) {
    reader = LedgerReader(repository: repository, names: names)
    order = ChainOrder(reader: reader)
    self.clone = clone
  }

  mutating func meeting(
    _ name: String, _ ours: ObjectID?, _ theirs: ObjectID?
  ) throws(LedgerError) -> Meeting {
    guard let kind = SharedKind(name) else { return .same }
    if let run = kind.run, try isCovered(name, run, ours), try isCovered(name, run, theirs) {
      return .drop
    }
    switch (ours, theirs) {
    case (nil, nil): return .same
    case (nil, let theirs?): return try taking(theirs, kind)
    case (_?, nil): return .send
    case (let ours?, let theirs?):
      return ours == theirs ? .same : try difference(kind, ours, theirs)
    }
  }

  /// Whether the archive has what the reference leads to; so it has of no reference at all.
  private mutating func isCovered(
    _ name: String, _ run: RunID, _ tip: ObjectID?
  ) throws(LedgerError) -> Bool {
    guard let entry = try archive(of: run) else { return false }
    guard let tip else { return true }
    let kept = entry.references[name] ?? []
    if kept.contains(tip) { return true }
    guard name.hasPrefix("runs/"), reader.repository.contains(tip) else { return false }
    for newer in kept where try order.extends(newer, tip) { return true }
    return false
  }

  private mutating func archive(of run: RunID) throws(LedgerError) -> ArchivedRun? {
    if let known = archived[run] { return known }
    let all: [RunID: [ObjectID]]
    if let index { all = index } else { all = try reader.archive.index() }
    index = all
    let found = try all[run].flatMap { (blobs) throws(LedgerError) in
      try reader.archive.read(run, from: blobs)
    }
    archived[run] = .some(found)
    return found
  }

  /// What was fetched came from others: a chain must at least end as one.
  private func taking(_ theirs: ObjectID, _ kind: SharedKind) throws(LedgerError) -> Meeting {
    guard case .chain(let run, let writer) = kind, reader.repository.contains(theirs) else {
      return .take
    }
    return problem(theirs, run, writer).map { .keep(.notAChain($0)) } ?? .take
  }

  private func problem(_ tip: ObjectID, _ run: RunID, _ writer: String) -> String? {
    do throws(LedgerError) {
      let message = try reader.commit(tip).message
      return message.run == run && message.writer == writer
        ? nil : "it is the chain \(message.run)/\(message.writer)"
    } catch {
      if case .broken(_, let reason) = error { return reason }
      return "\(error)"
    }
  }

  private mutating func difference(
    _ kind: SharedKind, _ ours: ObjectID, _ theirs: ObjectID
  ) throws(LedgerError) -> Meeting {
    // Only a look from afar has not fetched what it speaks of.
    guard reader.repository.contains(theirs) else { return .take }
    switch kind {
    case .chain(let run, let writer):
      if let problem = problem(theirs, run, writer) { return .keep(.notAChain(problem)) }
      switch try order.relation(ours, theirs) {
      case .same: return .same
      case .behind: return .take
      case .ahead: return .send
      case .diverged: return .keep(.diverged)
      }
    case .owned(let run): return try isOwn(run) ? .send : .take
    case .pinned: return .keep(.cannotJoin)
    case .archive, .notes, .resolutions:
      return try descent(ours, theirs) ?? .join
    case .unknown: return try descent(ours, theirs) ?? .keep(.cannotJoin)
    }
  }

  /// Which of two commits has the other among its ancestors; nil where neither has.
  private func descent(_ ours: ObjectID, _ theirs: ObjectID) throws(LedgerError) -> Meeting? {
    try LedgerError.wrap { () throws(GitError) in
      if try reader.repository.isAncestor(ours, of: theirs) { return .take }
      return try reader.repository.isAncestor(theirs, of: ours) ? .send : nil
    }
  }

  /// Whether this clone started the run; one that names no clone is anybody's.
  mutating func isOwn(_ run: RunID) throws(LedgerError) -> Bool {
    if let known = owned[run] { return known }
    let isOwn: Bool
    do throws(LedgerError) {
      let owner = try reader.root(of: run).details["clone"]?.string
      isOwn = owner == nil || owner == clone
    } catch {
      // What was kept of a run whose chain is not here is somebody else's.
      guard case .noSuchRun = error else { throw error }
      isOwn = false
    }
    owned[run] = isOwn
    return isOwn
  }
}
