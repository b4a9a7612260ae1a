import UETGit
import UETModel
import UETPlanning

/// What every part of one run shares.
struct RunContext: Sendable {
  let project: Project
  let run: RunID
  let names: RunNames
  let base: ObjectID
  var workstreams: [WorkstreamID: Workstream]
  var waves: WavePlan
  let verdicts = VerdictBook()
  let bases: BaseBuilder
  let ports: PortBlocks
  let room = WorktreeRoom()
  let notes: OnceNotes
  let caches: CacheChecks
  let written = WrittenLogs()
  let prices: Prices
  let logs: AttemptLogs
  let supervisor: Supervisor
  /// Set while workers may be at work.
  private(set) var guardian: SharedGuard?
  /// Where workers report to; nil where no socket could be opened.
  let reports: WorkerReports?

  init(
    project: Project, plan: Plan, run: RunID, base: ObjectID, supervisor: Supervisor,
    reports: WorkerReports?, waves: WavePlan = .none
  ) {
    self.waves = waves
    self.project = project
    self.run = run
    names = RunNames(prefix: project.refPrefix, run: run)
    self.base = base
    workstreams = Dictionary(
      plan.workstreams.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
    bases = BaseBuilder(
      repository: project.repository, git: project.git, names: names, runBase: base,
      resolutions: project.configuration.integration.repairOrder.contains(.resolutions)
        ? Resolutions(project) : nil)
    notes = OnceNotes(project.warn)
    caches = CacheChecks(project)
    ports = PortBlocks(size: project.configuration.run.ports)
    prices = project.prices
    logs = project.logs(of: run)
    self.supervisor = supervisor
    self.reports = reports
  }

  /// The same, with an eye on what workers must not change.
  func guarded() -> RunContext {
    var context = self
    context.guardian = SharedGuard(project, run: run)
    return context
  }

  var repository: Repository { project.repository }
  var git: SealedGit { project.git }
  var configuration: Configuration { project.configuration }

  func worktree(_ id: WorkstreamID) -> String { "\(project.worktreeRoot)/\(run)/\(id)" }

  var integrationWorktree: String { "\(project.worktreeRoot)/\(run)/integration" }
}
