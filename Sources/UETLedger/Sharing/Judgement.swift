import UETGit
import UETModel

/// Decides what becomes of shared references, one at a time; changes nothing.
package struct Judgement {
  private let reader: LedgerReader
  private let order: ChainOrder
  private let clone: String?
  private let chains: OwnChains
  /// Runs that a person took away here.
  private let forgotten: Set<String>
  private var index: [RunID: [ObjectID]]?
  private var archived: [RunID: ArchivedRun?] = [:]
  private var owned: [RunID: Bool] = [:]

  /// `clone` is this clone's name, as the runs that it started have it.
  init(_ repository: Repository, _ names: LedgerNames, clone: String?) {
    reader = LedgerReader(repository: repository, names: names)
    order = ChainOrder(reader: reader)
    chains = OwnChains(reader)
    forgotten = RunArchive.forgotten(repository)
    self.clone = clone
  }

  mutating func meeting(
    _ name: String, _ ours: ObjectID?, _ theirs: ObjectID?
  ) throws(LedgerError) -> Meeting {
    guard let kind = SharedKind(name) else { return .same }
    if let run = kind.run, forgotten.contains(run.rawValue) { return .same }
    if let run = kind.run, try isCovered(name, run, ours), try isCovered(name, run, theirs) {
      // Nobody else puts away what this clone goes on with.
      guard ours != nil else { return .drop }
      return try isOwn(run) ? .same : .drop
    }
    switch (ours, theirs) {
    case (nil, nil): return .same
    case (nil, let theirs?): return try taking(theirs, name, kind)
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

  /// What was fetched came from others: a chain must at least end as one, and nothing of it becomes
  /// part of what this clone alone makes.
  private mutating func taking(
    _ theirs: ObjectID, _ name: String, _ kind: SharedKind
  ) throws(LedgerError) -> Meeting {
    switch kind {
    case .chain(let run, let writer):
      guard reader.repository.contains(theirs) else { return .take }
      if let problem = problem(theirs, run, writer) { return .keep(.notAChain(problem)) }
      return pretends(theirs, run, writer) ? .keep(.notWrittenHere) : .take
    case .owned(let run) where try isOwn(run):
      return try isNamed(theirs, by: run) ? .same : .keep(.notWrittenHere)
    case .unknown where SharedKind.isReserved(name): return .keep(.cannotJoin)
    default: return .take
    }
  }

  /// Whether a chain that is not here says that it is this clone's, and is not as this clone wrote
  /// it.
  private func pretends(_ tip: ObjectID, _ run: RunID, _ writer: String) -> Bool {
    guard chains.seal != nil else { return false }
    switch chains.standing(run, writer, tip) {
    case .own: return false
    case .moved: return true
    case .foreign: break
    }
    guard let clone else { return false }
    if writer == InboxWriter.name(ofClone: clone) { return true }
    guard let commit = try? reader.commit(tip), let root = try? reader.rootCommit(before: commit),
      let record = try? reader.record(root)
    else { return false }
    return record.details["clone"]?.string == clone
  }

  /// Whether the run's own chain keeps the commit: then it once stood here, and went with its use.
  private func isNamed(_ id: ObjectID, by run: RunID) throws(LedgerError) -> Bool {
    guard reader.repository.contains(id) else { return true }
    let tip = try reader.tip(of: run)
    return (try? reader.repository.isAncestor(id, of: tip)) ?? false
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
    // Only a look from afar has not fetched what it speaks of. What this clone wrote it has.
    guard reader.repository.contains(theirs) else {
      guard case .chain(let run, let writer) = kind, chains.wrote(ours, run, writer) else {
        return .take
      }
      return .keep(.grown)
    }
    switch kind {
    case .chain(let run, let writer):
      if let problem = problem(theirs, run, writer) { return .keep(.notAChain(problem)) }
      switch try relation(ours, theirs) {
      case .same: return .same
      case .behind:
        let isOwn = chains.standing(run, writer, ours) != .foreign
        return isOwn && !chains.wrote(theirs, run, writer) ? .keep(.grown) : .take
      case .ahead: return .send
      case .diverged: return .keep(.diverged)
      case nil: return .keep(.notAChain("it is damaged"))
      }
    case .owned(let run): return try isOwn(run) ? .send : .take
    case .pinned: return .keep(.cannotJoin)
    case .archive, .notes, .resolutions:
      return try descent(ours, theirs) ?? .join
    case .unknown: return try descent(ours, theirs) ?? .keep(.cannotJoin)
    }
  }

  /// nil where the way back through theirs ends in something that is no chain.
  private func relation(
    _ ours: ObjectID, _ theirs: ObjectID
  ) throws(LedgerError) -> ChainOrder.Relation? {
    do throws(LedgerError) { return try order.relation(ours, theirs) } catch {
      guard case .broken = error else { throw error }
      return nil
    }
  }

  /// Which of two commits has the other among its ancestors; nil where neither has.
  private func descent(_ ours: ObjectID, _ theirs: ObjectID) throws(LedgerError) -> Meeting? {
    try LedgerError.wrap { () throws(GitError) in
      if try reader.repository.isAncestor(ours, of: theirs) { return .take }
      return try reader.repository.isAncestor(theirs, of: ours) ? .send : nil
    }
  }

  /// Whether this clone started the run.
  mutating func isOwn(_ run: RunID) throws(LedgerError) -> Bool {
    if let known = owned[run] { return known }
    let isOwn = try looksOwn(run)
    owned[run] = isOwn
    return isOwn
  }

  private func looksOwn(_ run: RunID) throws(LedgerError) -> Bool {
    do throws(LedgerError) {
      let tip = try reader.tip(of: run)
      return chains.isOwn(run, tip, clone: clone)
    } catch {
      // What was kept of a run whose chain is not here is somebody else's.
      guard case .noSuchRun = error else { throw error }
      return false
    }
  }
}
