import UETGit
import UETLedger
import UETModel
import UETPlanning

/// Finds what a request means: the run, the workstreams, the commit.
struct RollbackSubject: Sendable {
  let state: RunState
  let phases: [Phase]
  let repository: Repository

  /// The run that is named, or the newest in which the subject landed.
  static func run(of request: RollbackRequest, in project: Project) throws -> RunID {
    if request.run != nil { return try project.run(named: request.run) }
    let newest = try project.ownRun(named: nil)
    guard let wanted = request.subject.firstWorkstream.flatMap({ WorkstreamID($0) }) else {
      return newest
    }
    var known: RunID?
    for run in try project.reader.runs() where try project.isOwn(run) {
      guard let record = try project.reader.state(of: run)[wanted] else { continue }
      if record.state == .landed || record.state == .integrated { return run }
      known = known ?? run
    }
    return known ?? newest
  }

  /// The rollback as it begins.
  func record(_ request: RollbackRequest) throws -> RollbackRecord {
    try record(
      of: try workstreams(request.subject), part: try part(request.subject),
      withDependents: request.withDependents)
  }

  /// The record of workstreams, or of one commit of a single one.
  func record(
    of wanted: [WorkstreamID], part: ObjectID? = nil, withDependents: Bool = true
  ) throws -> RollbackRecord {
    for id in wanted where state[id]?.state != .landed {
      throw RollbackRefusal.notLanded(id, state[id]?.state ?? .pending)
    }
    if let id = wanted.first(where: { state[$0]?.hasNothing == true }) {
      throw RollbackRefusal.broughtNothing(id)
    }
    guard let name = state.integration.landedIn,
      let target = try repository.resolvedReference(name),
      let current = try repository.reference(target)
    else { throw Refusal.unknownBranch(state.integration.landedIn ?? "") }
    let order =
      part == nil
      ? try RollbackOrder(state: state, phases: phases)
        .order(of: wanted, withDependents: withDependents) : wanted
    for id in order {
      if part == nil, let record = state[id], record.isFound, record.integrated == nil {
        throw RollbackRefusal.landedInParts(id, branch: target)
      }
      guard let merge = part ?? state[id]?.integrated,
        try repository.isAncestor(merge, of: current)
      else { throw RollbackRefusal.notInTarget(id, branch: target) }
    }
    return RollbackRecord(workstreams: order, target: target, old: current, part: part)
  }

  private func workstreams(_ subject: RollbackRequest.Subject) throws -> [WorkstreamID] {
    switch subject {
    case .workstreams(let names): return try names.map(workstream)
    case .task(let name, _), .commit(let name, _): return [try workstream(name)]
    case .run:
      return try landed(state.workstreams.map(\.id), phase: nil)
    case .phase(let name):
      guard let phase = phases.first(where: { $0.name == name }) else {
        throw RollbackRefusal.unknownPhase(name, known: phases.map(\.name))
      }
      return try landed(phase.workstreams, phase: name)
    }
  }

  private func workstream(_ name: String) throws -> WorkstreamID {
    guard let id = WorkstreamID(name), state[id] != nil else {
      throw Refusal.unknownWorkstream(name, known: state.workstreams.map(\.id), run: state.run)
    }
    return id
  }

  private func landed(_ ids: [WorkstreamID], phase: String?) throws -> [WorkstreamID] {
    let landed = ids.filter { state[$0]?.state == .landed && state[$0]?.hasNothing == false }
    if landed.isEmpty {
      if let out = ids.first(where: { state[$0]?.state == .rolledBack }) {
        throw RollbackRefusal.notLanded(out, .rolledBack)
      }
      throw RollbackRefusal.nothingLanded(state.run, phase: phase)
    }
    return landed
  }

  /// The single commit that is meant; nil where all of the workstream is.
  private func part(_ subject: RollbackRequest.Subject) throws -> ObjectID? {
    switch subject {
    case .workstreams, .phase, .run: return nil
    case .task(let name, let number):
      let id = try workstream(name)
      let commits = try ownCommits(id)
      guard number > 0 else {
        throw RollbackRefusal.unclearTask(id, number: number, commits: commits)
      }
      let marked = try commits.filter { try isMarked($0, task: number) }
      if marked.count == 1 { return marked[0] }
      guard marked.isEmpty, commits.indices.contains(number - 1), try !isAnyMarked(commits)
      else { throw RollbackRefusal.unclearTask(id, number: number, commits: commits) }
      return commits[number - 1]
    case .commit(let name, let revision):
      let id = try workstream(name)
      let commit = try repository.resolve(revision)
      guard try ownCommits(id).contains(commit) else {
        throw RollbackRefusal.foreignCommit(id, revision: revision)
      }
      return commit
    }
  }

  /// What the workstream's worker committed, oldest first, without merges.
  private func ownCommits(_ id: WorkstreamID) throws -> [ObjectID] {
    guard let record = state[id], let tip = record.candidate?.mergedTip ?? record.tip,
      let base = record.candidate?.mergedBase ?? record.lastAttempt?.base
    else { return [] }
    return try repository.commits(in: tip, notIn: [base]).filter {
      try repository.commit($0).parents.count == 1
    }
  }

  private func isMarked(_ id: ObjectID, task: Int) throws -> Bool {
    try repository.commit(id).message.split(separator: "\n").contains("UET-Task: \(task)")
  }

  private func isAnyMarked(_ ids: [ObjectID]) throws -> Bool {
    try ids.contains { id in
      try repository.commit(id).message.split(separator: "\n")
        .contains { $0.hasPrefix("UET-Task: ") }
    }
  }
}

extension RollbackRequest.Subject {
  fileprivate var firstWorkstream: String? {
    switch self {
    case .workstreams(let names): names.first
    case .task(let name, _), .commit(let name, _): name
    case .phase, .run: nil
    }
  }
}
