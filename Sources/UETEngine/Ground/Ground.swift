import UETGit
import UETModel
import UETPlanning
import UETScheduling
import UETWorkers

/// The ground that commands of a run start on: what the record says of it, and the means of this
/// process.
struct Ground: Sendable {
  var facts: RunFacts
  let supervisor: Supervisor
  /// Where workers report to; nil where none do.
  let reports: WorkerReports?
  /// Set while workers may be at work.
  private(set) var guardian: SharedGuard?
  let bases: BaseBuilder
  let ports: PortBlocks
  let room = WorktreeRoom()
  let caches: CacheChecks
  /// nil where commands are not shut in.
  let sandbox: Sandbox?
  /// Where commands see the worktree that they work in; nil where it is at its own path alone.
  let onePath: String?
  let written = WrittenLogs()
  let prices: Prices

  /// Refuses where there is no supervisor, or no sandbox that is required.
  init(_ facts: RunFacts, reports: WorkerReports? = nil) throws {
    let project = facts.project
    guard let executable = Supervisor.locate(environment: project.environment) else {
      throw Refusal(
        .internalError, "cannot find the program 'uet-supervise', which starts workers",
        hint: "install git-uet again, or name it in UET_SUPERVISE")
    }
    self.facts = facts
    supervisor = Supervisor(
      executable: executable,
      machineRoot: project.environment[MachineWatch.rootVariable] ?? "")
    self.reports = reports
    bases = BaseBuilder(
      repository: project.repository, git: project.git, names: facts.names, runBase: facts.base,
      resolutions: project.configuration.integration.repairOrder.contains(.resolutions)
        ? Resolutions(project) : nil)
    ports = PortBlocks(size: project.configuration.run.ports)
    caches = CacheChecks(project)
    sandbox = try Sandbox.choose(project)
    onePath = try OnePath.choose(project, sandbox, supervisor)
    prices = project.prices
  }

  /// This ground, with an eye on what workers must not change.
  func guarded() -> Ground {
    var ground = self
    ground.guardian = SharedGuard(project, run: run)
    return ground
  }

  var project: Project { facts.project }
  var run: RunID { facts.run }
  var names: RunNames { facts.names }
  var workstreams: [WorkstreamID: Workstream] { facts.workstreams }
  var verdicts: VerdictBook { facts.verdicts }
  var logs: AttemptLogs { facts.logs }
  var notes: OnceNotes { facts.notes }
  var repository: Repository { facts.repository }
  var git: SealedGit { facts.git }
  var configuration: Configuration { facts.configuration }
}

extension Ground {
  /// The logs of an attempt that has ended, as the record keeps them.
  func logs(ofEnded name: AttemptName) -> [(name: String, bytes: [UInt8])] {
    guard let names = written.take(name) else { return logs.all(of: name) }
    return names.sorted().compactMap { file in
      logs.recorded(file).map { (file, $0) }
    }
  }
}

extension Salvage {
  init(_ ground: Ground) { self.init(ground.facts, telling: ground.guardian) }
}

extension Ground {
  /// Looks, records what was found, and keeps what workers left in the stash; nil where nothing
  /// moved.
  func examined(
    ending: AttemptName? = nil, asLast last: Bool = false,
    _ report: @Sendable (EventDraft) -> AsyncStream<Void>
  ) async -> SharedGuard.Finding? {
    guard let guardian else { return nil }
    var finding = guardian.look(ending: ending, asLast: last)
    if finding.isEmpty { return nil }
    let new = await unignored(finding.new)
    finding.changes += new.map { SharedChange(.file, $0, isProtected: false) }
    for entry in finding.left {
      finding.changes.append(SharedChange(.left, await kept(stashed: entry), isProtected: false))
    }
    guard !finding.changes.isEmpty else { return nil }
    // With one suspect it is the one that is looked at, or one that has ended.
    let subject = finding.suspects.count == 1 ? finding.suspects.first : nil
    let old = finding.changes.compactMap(\.old).filter(repository.contains)
    var draft = EventDraft.protectedChange(finding.changes, finding.suspects, for: subject)
    draft.anchors = old
    // What is said of an attempt that has ended would come too late.
    (draft.workstream, draft.attempt) = (subject?.workstream, nil)
    _ = report(draft)
    return finding
  }

  /// Keeps what a worker stashed; gives where.
  private func kept(stashed entry: ObjectID) async -> String {
    let apart = KeptApart(project, run: run, label: "stash.\(entry.short)")
    let base = (try? repository.commit(entry))?.parents.first
    if (try? await apart.takesOver(entry, since: base)) == true { return "a stash, kept apart" }
    let name = "\(project.refPrefix)/salvage/\(run)/stash/\(entry.short)"
    try? repository.setReference(
      name, to: entry, expecting: nil, message: "git-uet: keep what a worker stashed")
    return name
  }

  /// Those that git would track.
  private func unignored(_ paths: [String]) async -> [String] {
    guard !paths.isEmpty, let root = repository.workTree else { return [] }
    let listed = try? await git.check(
      ["ls-files", "-zo", "--exclude-standard", "--directory", "--no-empty-directory", "--"] + paths
    ) {
      $0.gitDirectory = repository.gitDirectory
      $0.workTree = root
    }
    return listed?.stdout.split(separator: 0).map { String(decoding: $0, as: UTF8.self) } ?? []
  }
}
