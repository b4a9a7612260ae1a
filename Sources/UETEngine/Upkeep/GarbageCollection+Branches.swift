import UETGit
import UETLedger
import UETModel

extension GarbageCollection {
  /// The third step: branches of workstreams whose commits are merged or archived.
  func removeBranches(
    _ archived: [RunID: ArchivedRun], _ each: @Sendable (Item) -> Void
  ) async throws {
    var branches: [(name: String, tip: ObjectID, own: String, run: RunID)] = []
    for (name, tip) in try project.repository.references(under: "refs/heads/uet/") {
      let parts = name.split(separator: "/")
      guard parts.count == 5, let run = RunID(String(parts[3])) else { continue }
      branches.append((name, tip, String(parts[4]), run))
    }
    let tips = Dictionary(grouping: branches, by: \.run).mapValues { $0.map(\.tip) }
    var runs = BranchKeepers(project, planned: archived, tips: tips)
    let checkedOut = try await checkedOut()
    for (name, tip, own, run) in branches {
      let outcome: Item.Outcome
      switch try await runs.keeper(of: tip, named: own, run) {
      case .nobody: continue
      case .partly(let reason, let command): outcome = .kept(reason, command: command)
      case .kept(let reason):
        try Task.checkCancellation()
        if let path = checkedOut[name] {
          outcome = .kept(
            "it is checked out at '\(path)'",
            command: "git -C \(path.shellQuoted) switch --detach")
        } else {
          outcome = request.isDry ? .done(reason) : await remove(name, tip, reason)
        }
      }
      each(Item(kind: .branch, name: RunNames.short(name), run: run, outcome: outcome))
    }
  }

  private func checkedOut() async throws -> [String: String] {
    var paths: [String: String] = [:]
    for entry in try await project.git.worktrees() where !entry.isBare && !entry.isPrunable {
      if let branch = entry.branch { paths[branch] = entry.path }
    }
    return paths
  }

  private func remove(_ name: String, _ tip: ObjectID, _ reason: String) async -> Item.Outcome {
    do throws(GitError) {
      // A rebase or bisection has it in hand without having it checked out.
      if let path = try await project.git.checkedOutAt(branch: name) {
        return .kept("it is in use at '\(path)'", command: "git -C \(path.shellQuoted) status")
      }
      try await project.git.updateReferences(
        [ReferenceChange(name: name, new: nil, old: tip)], message: "uet: gc")
      return .done(reason)
    } catch {
      if case .referenceMoved = error {
        return .kept("it moved just now", command: "git log -3 \(RunNames.short(name))")
      }
      return .failed("\(error)")
    }
  }
}

/// Tells what keeps the commits of a workstream's branch beside the branch.
private struct BranchKeepers {
  enum Keeper {
    /// Nothing, or its run is not over: the branch is not looked at.
    case nobody
    case kept(String)
    /// Its run is archived, but the branch has more than that.
    case partly(String, command: String)
  }

  private let project: Project
  private let planned: [RunID: ArchivedRun]
  private var archived: [RunID: ArchivedRun?] = [:]
  private var states: [RunID: RunState?] = [:]
  /// Where the branches of each run stand.
  private let tips: [RunID: [ObjectID]]
  /// Those of them that the run's target has not.
  private var unmerged: [RunID: Set<ObjectID>] = [:]

  init(_ project: Project, planned: [RunID: ArchivedRun], tips: [RunID: [ObjectID]]) {
    self.project = project
    self.planned = planned
    self.tips = tips
  }

  mutating func keeper(
    of tip: ObjectID, named name: String, _ run: RunID
  ) async throws -> Keeper {
    let repository = project.repository
    if let entry = try archive(run) {
      if entry.references["branches/\(name)"]?.contains(tip) ?? false { return .kept("archived") }
      for end in entry.references.values.joined() {
        if try repository.isAncestor(tip, of: end) { return .kept("archived") }
      }
      return .partly(
        "it has commits that are neither merged nor archived",
        command: "git log uet/\(run)/\(name) --not --glob=\(project.ledgerNames.prefix)/archive*")
    }
    guard let state = try await state(run), state.status == .succeeded || state.status == .failed,
      let target = state.integration.landedIn ?? state.target,
      let end = try repository.reference(target), try hasWork(tip, name, state)
    else { return .nobody }
    let lacking = try unmerged[run] ?? repository.lacking(tips[run] ?? [], in: [end])
    unmerged[run] = lacking
    if repository.contains(tip), !lacking.contains(tip) {
      return .kept("merged into '\(RunNames.short(target))'")
    }
    // By a squash, say; the record keeps the commits themselves.
    guard let record = WorkstreamID(name).flatMap({ state[$0] }), record.state == .landed,
      record.tip == tip
    else { return .nobody }
    return .kept("what it holds is in '\(RunNames.short(target))'")
  }

  /// A branch that still stands at what it began from is merged only by its looks.
  private func hasWork(_ tip: ObjectID, _ name: String, _ state: RunState) throws -> Bool {
    if name == "integration" { return state.integration.landedIn != nil }
    guard let record = WorkstreamID(name).flatMap({ state[$0] }) else { return false }
    return record.state == .landed || record.tip == tip
  }

  private mutating func archive(_ run: RunID) throws -> ArchivedRun? {
    if let entry = planned[run] { return entry }
    if let known = archived[run] { return known }
    let found = try project.archived(run)
    archived[run] = .some(found)
    return found
  }

  private mutating func state(_ run: RunID) async throws -> RunState? {
    if let known = states[run] { return known }
    let isThere = try project.repository.reference(project.ledgerNames.chain(run)) != nil
    let isHeld = isThere ? try project.liveHolder(of: run) != nil : false
    var found = isThere && !isHeld ? try project.state(of: run) : nil
    if let state = found { found = await project.asItStands(state) }
    states[run] = .some(found)
    return found
  }
}
