import UETLedger
import UETModel
import UETPlanning

/// What a run was started with, read back from the root of its chain.
struct RecordedPlan: Sendable {
  /// With the recorded configuration in place of today's.
  let project: Project
  let plan: Plan
  let phases: [Phase]
  let base: ObjectID
  let workers: Int

  init(of run: RunID, in project: Project, workers: Int? = nil) throws {
    let root = try project.reader.root(of: run)
    try project.requireOwn(run, root)
    try self.init(root, run, project, workers)
  }

  /// The same for looking only, of any clone's run.
  init(reading run: RunID, in project: Project) throws {
    try self.init(project.reader.root(of: run), run, project, nil)
  }

  private init(_ root: RootRecord, _ run: RunID, _ project: Project, _ workers: Int?) throws {
    let loaded = BundleLoader.load(root.bundles.map { BundleFile(path: $0.path, bytes: $0.bytes) })
    let (configuration, problems) = Configuration.load(
      root.configuration, file: "refs/uet/runs/\(run)/main:config.yaml")
    let diagnostics = loaded.diagnostics + problems
    if diagnostics.hasErrors { throw EngineError.invalidDocuments(diagnostics) }
    let selection = (root.details["selection"]?.array ?? []).compactMap { entry in
      entry.string.flatMap { WorkstreamID($0) }
    }
    phases = loaded.phases
    base = root.base
    self.workers = workers ?? root.details["workers"]?.integer ?? configuration.run.workers
    plan = Planner.plan(loaded, selecting: selection, workers: self.workers)
    self.project = project.with(configuration)
  }
}
