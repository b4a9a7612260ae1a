import UETGit
import UETLedger
import UETModel
import UETPlanning
import UETScheduling

/// What a run is to do, read back from its record: the root of its chain and the changes since.
struct RecordedPlan: Sendable {
  /// With the recorded configuration in place of today's.
  let project: Project
  let plan: Plan
  let work: PlannedWork
  let waves: WavePlan
  let base: ObjectID
  let workers: Int
  /// What workers were not to change, as it was at the start.
  let guarded: JSONValue?
  /// Who commits merges, as `NAME <EMAIL>`; nil for who committed what is merged.
  let committer: String?

  var phases: [Phase] { work.phases }

  init(of run: RunID, in project: Project, workers: WorkerCount? = nil) throws {
    try project.requireOwn(run)
    let state = try project.reader.state(of: run)
    try self.init(of: run, changed: state.plan, in: project, workers: workers)
  }

  /// As of the change of the plan in the commit `changed`; nil for the plan at the start.
  init(
    of run: RunID, changed: ObjectID?, in project: Project, workers: WorkerCount? = nil
  ) throws {
    try project.requireOwn(run)
    let root = try project.reader.root(of: run)
    try self.init(root, run, changed, project, workers)
  }

  /// Reads the plan of any clone's run, to look at it only.
  /// - Parameter state: What its record says by now, where that is known.
  init(reading run: RunID, in project: Project, state: RunState? = nil) throws {
    let changed = try (state ?? project.reader.state(of: run)).plan
    try self.init(project.reader.root(of: run), run, changed, project, nil)
  }

  /// The dispatcher of a run that nobody drives.
  func dispatcher(_ state: RunState) throws -> DispatchMachine {
    DispatchMachine(
      plan: try DispatchPlan(plan, project.configuration).with(waves),
      policy: DispatchPolicy(project.configuration, workers: workers), state: state)
  }

  private init(
    _ root: RootRecord, _ run: RunID, _ changed: ObjectID?, _ project: Project,
    _ workers: WorkerCount?
  ) throws {
    var (configuration, problems) = Configuration.load(
      root.configuration, file: "refs/uet/runs/\(run)/main:config.yaml")
    if problems.hasErrors { throw InvalidDocuments(problems) }
    work = try PlannedWork(root, in: project.repository).following(changed, in: project.repository)
    base = root.base
    let recorded = root.details["workers"]?.integer ?? configuration.run.workers
    if let workers { configuration.run.workerCount = workers }
    self.workers = workers == nil ? recorded : configuration.run.workers
    plan = work.plan(workers: self.workers)
    waves = WavePlan(
      self.workers == recorded ? plan : work.plan(workers: recorded), configuration)
    guarded = root.details["guarded"]
    committer = root.details[RootRecord.committerKey]?.string
    self.project = project.with(configuration).fixingSettings(recorded: root.details["programs"])
  }
}

/// What the record says of a run, and the names and folders that follow from it.
struct RunFacts: Sendable {
  /// With the configuration of the run's start.
  let project: Project
  let run: RunID
  let names: RunNames
  let base: ObjectID
  var workstreams: [WorkstreamID: Workstream]
  var waves: WavePlan
  let verdicts = VerdictBook()
  let cuts: GateCuts
  var logs: AttemptLogs
  /// What was said of the run once already.
  let notes: OnceNotes
  let room: CheckoutRoom
  let hold: ProcessHold
  /// Who commits merges; nil for who committed what is merged.
  private(set) var committer: String?

  init(
    project: Project, plan: Plan, run: RunID, base: ObjectID, waves: WavePlan,
    committer: String? = nil
  ) {
    self.committer = committer
    self.project = project
    self.run = run
    names = RunNames(prefix: project.refPrefix, run: run)
    self.base = base
    workstreams = Dictionary(
      plan.workstreams.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
    self.waves = waves
    logs = project.logs(of: run)
    notes = OnceNotes(project.warn)
    room = CheckoutRoom(project)
    cuts = GateCuts(project.repository)
    hold = ProcessHold(project, run)
  }

  init(_ recorded: RecordedPlan, _ run: RunID) {
    self.init(
      project: recorded.project, plan: recorded.plan, run: run, base: recorded.base,
      waves: recorded.waves, committer: recorded.committer)
  }

  var repository: Repository { project.repository }
  var git: SealedGit { project.git }
  var configuration: Configuration { project.configuration }

  func worktree(_ id: WorkstreamID) -> String { "\(project.worktreeRoot)/\(run)/\(id)" }

  var integrationWorktree: String { "\(project.worktreeRoot)/\(run)/integration" }
}

extension RootRecord {
  /// The member that says who commits merges.
  static var committerKey: String { "committer" }
}
