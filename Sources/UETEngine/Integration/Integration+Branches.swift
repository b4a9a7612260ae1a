import UETGit
import UETLedger
import UETModel
import UETPlanning
import UETReporting
import UETSystem

extension Integration {
  /// Makes a run of branches and patches that no run made, so that they are queued, proven and kept
  /// on record like any others. Nothing is recorded when one of them cannot be queued.
  package static func prepare(
    _ request: BranchRequest, in project: Project
  ) async throws -> Integration {
    _ = try await SealedGit.requireVersion(environment: project.environment)
    try await project.git.requireSigning()
    let trust = try project.requireTrust(in: [])
    let target = try target(request, project)
    guard let start = try project.repository.reference(target) else {
      throw Refusal.unknownBranch(target)
    }
    var branches = try await plain(request.branches, start, target, project)
    branches += try await patches(request.patches, start, besides: branches, project)
    let run = RunID(startedAt: project.clock.now(), after: try project.reader.runs())
    try await record(linked(branches, project), start, target, trust, as: run, project)
    return try await prepare(
      IntegrationRequest(
        run: run.rawValue, land: request.land, updatesCheckout: request.updatesCheckout),
      in: project)
  }

  private static func target(_ request: BranchRequest, _ project: Project) throws -> String {
    if let name = request.land ?? project.configuration.integration.target {
      return try branch(name, project)
    }
    switch try project.repository.head() {
    case .branch(let name, _): return name
    case .unborn(let name): throw Refusal.unbornBranch(name)
    case .detached:
      throw Refusal(
        .usage, "HEAD is detached, so it is not clear what to merge onto",
        hint: "name the branch: --land BRANCH")
    }
  }

  private static func plain(
    _ names: [String], _ start: ObjectID, _ target: String, _ project: Project
  ) async throws -> [PlainBranch] {
    var result: [PlainBranch] = []
    let presence = try TargetPresence(project.git, target: target, tip: start)
    defer { presence.close() }
    let work = RemovedWork(project: project, presence: presence)
    for name in names {
      let source = try source(name, project)
      let tip = try project.repository.resolve(source)
      try await requireNew(name, tip, work)
      if let other = result.first(where: { $0.tip == tip }) {
        throw Refusal.sameCommit(name, other.source)
      }
      guard let id = WorkstreamID(telling: RunNames.short(name), besides: result.map(\.id)) else {
        throw Refusal.unknownBranch(name)
      }
      result.append(PlainBranch(id: id, tip: tip, source: source))
    }
    return result
  }

  /// Refuses what is in the target already, what was there and was taken out, and what builds on
  /// that.
  static func requireNew(
    _ name: String, _ tip: ObjectID, _ work: RemovedWork
  ) async throws {
    let presence = work.presence
    let branch = try await work.history(of: tip)
    if let found = try await work.finding(of: branch) {
      throw Refusal.removed(name, presence, found.what, found.removal, since: found.commit)
    }
    if branch.isInTarget { throw Refusal.alreadyThere(name, presence) }
    guard let base = branch.bases.first else { throw Refusal.unrelated(name, presence) }
    if try presence.repository.changes(from: base, to: tip).isEmpty {
      throw Refusal.changesNothing(name, presence)
    }
    let patches = await work.patches(since: base)
    switch try await presence.standing(ofResult: tip, since: base, in: patches) {
    case .missing: break
    case .here: throw Refusal.alreadyThere(name, presence)
    case .undone(let removal):
      throw Refusal.removed(name, presence, "was in it as \(removal.was.short)", removal)
    }
  }

  /// The full name of a branch, here or as it was fetched; else the revision as it was typed.
  private static func source(_ name: String, _ project: Project) throws -> String {
    for prefix in ["", "refs/heads/", "refs/remotes/"] {
      let full = prefix + name
      guard full.hasPrefix("refs/"), let commit = try? project.repository.reference(full) else {
        continue
      }
      if project.repository.contains(commit) { return full }
    }
    guard (try? project.repository.resolve(name)) != nil else {
      throw Refusal.unknownBranch(name)
    }
    return name
  }

  /// Which contain which: what contains another's tip waits for it, and goes with it.
  static func linked(
    _ branches: [PlainBranch], _ project: Project
  ) throws -> [PlainBranch] {
    var result = branches
    for index in result.indices {
      for other in branches where other.tip != result[index].tip {
        guard try project.repository.isAncestor(other.tip, of: result[index].tip) else { continue }
        result[index].inputs.append(
          AttemptRecord.Input(workstream: other.id, commit: other.tip))
      }
    }
    return result
  }

  /// Each series on top of the target; one that does not apply there, on top of the one before,
  /// which it then builds on.
  private static func patches(
    _ files: [String], _ start: ObjectID, besides others: [PlainBranch], _ project: Project
  ) async throws -> [PlainBranch] {
    for file in files where Files.kind(file) != .file {
      throw Refusal(
        .usage, "there is no patch '\(file.terminalSafe)'",
        hint: "make one: git format-patch TARGET..BRANCH")
    }
    let series = PatchSeries.parted(files) { file in
      String(decoding: Files.read(file, from: 0, limit: 1 << 16), as: UTF8.self)
    }
    var result: [PlainBranch] = []
    for one in series {
      let taken = (others + result).map(\.id)
      do {
        result.append(try await self.series(one.files, start, besides: taken, project))
      } catch let refusal as PatchRefusal {
        guard let before = result.last?.tip,
          let again = try? await self.series(one.files, before, besides: taken, project)
        else { throw refusal }
        result.append(again)
      }
    }
    return result
  }

  /// Applies a series in a scratch worktree.
  private static func series(
    _ files: [String], _ start: ObjectID, besides taken: [WorkstreamID], _ project: Project
  ) async throws -> PlainBranch {
    let first = files.first ?? ""
    let place =
      "\(project.worktreeRoot)/patches-\(String(UInt32.random(in: 0...UInt32.max), radix: 16))"
    let worktree = try await project.git.addWorktree(
      at: place, commit: start, reason: "git-uet patches")
    let applied: SealedGit.Applied
    do {
      applied = try await project.git.applyPatches(
        files, in: worktree, committer: project.identity())
    } catch {
      try? await project.git.removeWorktree(at: place, force: true)
      throw error
    }
    try await project.git.removeWorktree(at: place, force: true)
    switch applied {
    case .refused(let reason): throw PatchRefusal(file: first, reason: reason)
    case .commit(start):
      throw PatchRefusal(file: first, reason: "its changes are there already")
    case .commit(let tip):
      let subject =
        try firstCommit(of: tip, since: start, project).message
        .split(whereSeparator: \.isNewline).first.map(String.init) ?? "patches"
      guard let id = WorkstreamID(telling: subject, besides: taken) else {
        throw PatchRefusal(file: first, reason: "it has no subject")
      }
      return PlainBranch(id: id, tip: tip, source: first)
    }
  }

  /// The one that the series begins with names it.
  private static func firstCommit(
    of tip: ObjectID, since start: ObjectID, _ project: Project
  ) throws -> Commit {
    var commit = try project.repository.commit(tip)
    while let parent = commit.parents.first, parent != start {
      commit = try project.repository.commit(parent)
    }
    return commit
  }

  /// The run's record: it begins with everything finished.
  static func record(
    _ branches: [PlainBranch], _ start: ObjectID, _ target: String, _ trust: Trust.Ground,
    as run: RunID, committer: String? = nil, _ project: Project
  ) async throws {
    let now = project.clock.now()
    let plan = Planner.plan(BundleLoader.load([]), selecting: [], workers: 1)
    let root = RootRecord(
      base: start, programVersion: ProgramVersion.text,
      details: JSONObject(
        members: [JSONObject.Member("workers", 1)] + (try await project.writerDetails())
          + [
            JSONObject.Member("kind", "branches"),
            JSONObject.Member("trust", .string(trust.rawValue)),
          ]
          + (committer.map { [JSONObject.Member(RootRecord.committerKey, .string($0))] } ?? [])),
      plan: Array(PlanReport(plan).json().encoded(.pretty).utf8),
      configuration: project.configuration.encoded())
    let started = EventDraft(
      .runStarted(
        .init {
          ($0.base, $0.target, $0.workers) = (start, target, 0)
          $0.workstreams = branches.map(\.entry)
        }), anchors: [start] + branches.map(\.tip))
    let finished = EventDraft(.runFinished(.init { $0.status = .succeeded }))
    let (claim, _) = try RunClaim.begin(
      run, in: project, root: root, [started, finished], at: now)
    try await claim.ledger.release()
    claim.release()
  }
}
