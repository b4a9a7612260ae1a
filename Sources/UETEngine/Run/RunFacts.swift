import UETGit
import UETModel
import UETPlanning

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
  let logs: AttemptLogs
  /// What was said of the run once already.
  let notes: OnceNotes

  init(project: Project, plan: Plan, run: RunID, base: ObjectID, waves: WavePlan) {
    self.project = project
    self.run = run
    names = RunNames(prefix: project.refPrefix, run: run)
    self.base = base
    workstreams = Dictionary(
      plan.workstreams.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
    self.waves = waves
    logs = project.logs(of: run)
    notes = OnceNotes(project.warn)
  }

  init(_ recorded: RecordedPlan, _ run: RunID) {
    self.init(
      project: recorded.project, plan: recorded.plan, run: run, base: recorded.base,
      waves: recorded.waves)
  }

  var repository: Repository { project.repository }
  var git: SealedGit { project.git }
  var configuration: Configuration { project.configuration }

  func worktree(_ id: WorkstreamID) -> String { "\(project.worktreeRoot)/\(run)/\(id)" }

  var integrationWorktree: String { "\(project.worktreeRoot)/\(run)/integration" }
}
