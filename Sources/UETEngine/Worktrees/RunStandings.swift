import UETGit
import UETLedger
import UETModel

/// How the runs stand that worktrees belong to, as the record has it and their targets show it.
struct RunStandings: Sendable {
  private let states: [RunID: RunState]
  private let live: Set<RunID>
  /// The run that works now, whichever it is: it may use any slot.
  let isAnyLive: Bool
  /// The newest run of all, for what nobody else claims.
  let newest: RunState?

  init(_ runs: [RunID], in project: Project, holding: RunID?) async throws {
    let all = try project.reader.runs()
    let holders = RunHolder(repository: project.repository, names: project.ledgerNames)
    var states: [RunID: RunState] = [:]
    // A run whose record is gone, or cannot be read, says nothing of its worktrees.
    for run in Set(runs + all.prefix(1)) { states[run] = try? project.state(of: run) }
    var live: Set<RunID> = []
    for run in all where run != holding {
      // What another clone works on needs none of this one's worktrees.
      guard try project.isOwn(run) else { continue }
      if case .free = try holders.answer(for: run) { continue }
      live.insert(run)
    }
    for (run, state) in states where !live.contains(run) && run != holding {
      states[run] = await project.asItStands(state)
    }
    self.states = states
    self.live = live
    isAnyLive = !live.isEmpty
    newest = all.first.flatMap { states[$0] }
  }

  func isLive(_ run: RunID) -> Bool { live.contains(run) }
}

extension RunStandings {
  /// What the record says of the work in a worktree.
  func work(
    _ role: WorktreeFacts.Role, _ repository: Repository, _ prefix: String
  ) -> WorktreeFacts.Work {
    switch role {
    case .workstream(let run, let id): return work(run, id, repository, prefix)
    case .test(let run), .resolver(let run, _): return isLive(run) ? .live : .idle
    case .scratch(let run, let id):
      let work = work(run, id, repository, prefix)
      switch work {
      case .running, .crashed, .live: return work
      default: return .idle
      }
    case .slot: return slotWork
    case .conflict(let run, let id):
      return states[run]?[id]?.conflict?.state.isOpen == true ? .waiting : .idle
    case .rollback(let run):
      if isLive(run) { return .live }
      return states[run]?.rollback == nil ? .idle : .waiting
    case .attempt, .bench, .aside, .stranger: return .idle
    }
  }

  /// A slot holds whatever ran there last; a crashed attempt may have left its work in any.
  private var slotWork: WorktreeFacts.Work {
    if isAnyLive { return .live }
    let attempt = newest?.workstreams.first { $0.state == .running }?.lastAttempt
    return attempt.map { .crashed($0.number) } ?? .idle
  }

  private func work(
    _ run: RunID, _ id: WorkstreamID, _ repository: Repository, _ prefix: String
  ) -> WorktreeFacts.Work {
    guard let state = states[run], let record = state[id] else { return .idle }
    if record.state == .running {
      let number = record.lastAttempt?.number ?? 1
      return isLive(run) ? .running(number) : .crashed(number)
    }
    if isLive(run) { return .live }
    let target = state.integration.landedIn ?? state.target
    switch record.state {
    case .landed: return .landed(branch: target ?? "the target")
    case .succeeded, .queued, .ejected, .integrated, .rolledBack:
      if let target, let tip = record.tip, Self.holds(tip, target, repository) {
        return .landed(branch: target)
      }
      return .unlanded(branch: RunNames(prefix: prefix, run: run).branch(id), target: target)
    default:
      if record.attempts.isEmpty { return .idle }
      return .failed(salvage: record.attempts.last { $0.salvage != nil }?.salvage)
    }
  }

  private static func holds(
    _ commit: ObjectID, _ branch: String, _ repository: Repository
  ) -> Bool {
    guard let tip = try? repository.reference(branch) else { return false }
    return (try? repository.isAncestor(commit, of: tip)) ?? false
  }
}

extension RunStandings {
  /// The commits that the record itself keeps of the work in a worktree.
  func recorded(_ role: WorktreeFacts.Role) -> [ObjectID] {
    switch role {
    case .workstream(let run, let id), .attempt(let run, let id, _):
      return states[run]?[id].map(Self.commits) ?? []
    case .slot: return newest?.workstreams.flatMap(Self.commits) ?? []
    case .test(let run):
      return [states[run]?.integration.tip, states[run]?.integration.start].compactMap { $0 }
    case .conflict(let run, let id), .resolver(let run, let id):
      let conflict = states[run]?[id]?.conflict
      return [conflict?.onto, conflict?.tip].compactMap { $0 }
    case .rollback(let run):
      return [states[run]?.rollback?.tip, states[run]?.integration.landedCommit].compactMap { $0 }
    case .scratch, .bench, .aside, .stranger: return []
    }
  }

  private static func commits(_ record: WorkstreamRecord) -> [ObjectID] {
    record.attempts.flatMap { [$0.tip, $0.base].compactMap { $0 } } + [record.tip].compactMap { $0 }
  }
}
