import UETGit
import UETLedger
import UETModel
import UETPlanning
import UETReporting
import UETScheduling

/// A run that could start: everything is read and checked, nothing is changed yet.
package struct PreparedRun: Sendable {
  package let project: Project
  package let plan: Plan
  package let bundles: [BundleFile]
  package let base: ObjectID
  /// Full name of the branch that HEAD is on; nil where it is detached.
  package let target: String?
  package let workers: Int
  package let selection: [WorkstreamID]
  package let warnings: [String]
  /// Remarks on what the run starts from.
  package let notes: [String]

  /// How many workers there are at least, where they come and go.
  package var leastWorkers: Int? { project.configuration.run.leastWorkers }

  /// Seconds that attempts may go on once the run is to be stopped.
  package var drain: Double { project.configuration.run.drain }

  /// Reads and checks everything a run needs; throws the first thing, or all invalid documents.
  package static func prepare(
    _ request: RunRequest, in project: Project
  ) async throws -> PreparedRun {
    let project = project.budgeted(request.budget).staffed(request.workers)
      .trustingAll(request.trustsAll)
    try project.requireWorkTree()
    _ = try await SealedGit.requireVersion(environment: project.environment)
    try await project.git.requireSigning()
    try project.requireNoneHeld()
    try project.requireRoom()
    try project.configuration.requireDeclaredExecutors()
    let start = try StartingPoint(request.base, project)
    try await project.git.judge(start.base)
    _ = try project.houseRules(at: start.base)
    let bundles = try project.bundleFiles()
    try project.requireNoSecrets(in: bundles)
    let loaded = BundleLoader.load(bundles).placed(in: project.repository.baseTree(start.base))
    let checks = loaded.check(project.configuration, severity: .error)
    let work = loaded.checkWork(project.configuration, severity: .warning)
    let diagnostics = (loaded.diagnostics + checks + work).inFileOrder
    if diagnostics.hasErrors { throw InvalidDocuments(diagnostics) }
    let workers = project.configuration.run.workers
    let selection = try select(request.workstreams, from: loaded.workstreams)
    let plan = Planner.plan(loaded, selecting: selection, workers: workers)
    if !request.acceptsProposed { try requireConfirmed(plan.workstreams) }
    try checkTools(plan, project)
    if let excess = ResourceExcess(plan.workstreams, project) { throw excess }
    let need = project.roomNeed(plan.workstreams, workers: workers)
    if let refusal = need?.refusal { throw refusal }
    return PreparedRun(
      project: project, plan: plan, bundles: bundles, base: start.base, target: start.target,
      workers: workers, selection: selection,
      warnings: diagnostics.map(\.description) + inactive(plan)
        + idleLimits(project.configuration, plan)
        + [need?.warning.map { "warning: \($0)" }].compactMap { $0 },
      notes: try await start.notes(project))
  }

  /// Limits of providers that nothing in the plan asks, as by a slip of the pen.
  private static func idleLimits(_ configuration: Configuration, _ plan: Plan) -> [String] {
    if configuration.limits.isEmpty { return [] }
    var routes = ToolRoutes(configuration)
    let used = plan.workstreams.flatMap { routes.routes(for: $0) }
    let rates = Set(used.flatMap(\.rates))
    let asked = Set(used.compactMap(\.provider)).sorted()
    return configuration.limits.keys.sorted().filter { !rates.contains($0) }.map { name in
      "\(Project.configurationPath): warning: 'limits.\(name.terminalSafe)' concerns no workstream; "
        + (asked.isEmpty
          ? "none of their tools asks a provider"
          : "their tools ask " + asked.map { "'\($0.terminalSafe)'" }.listed(4))
    }
  }

  private static func inactive(_ plan: Plan) -> [String] {
    var users: [String: [Workstream]] = [:]
    for workstream in plan.workstreams {
      for name in workstream.inactive { users[name, default: []].append(workstream) }
    }
    return users.sorted { $0.key < $1.key }.compactMap { name, users in
      users.first.map { first in
        let more = users.count > 1 ? " (and \(users.count - 1) more)" : ""
        return "\(first.source): warning: '\(name)' has no effect in this version\(more)"
      }
    }
  }

  private static func select(
    _ names: [String], from workstreams: [Workstream]
  ) throws -> [WorkstreamID] {
    let known = Set(workstreams.map(\.id))
    var selection: [WorkstreamID] = []
    for name in names {
      guard let id = WorkstreamID(name), known.contains(id) else {
        throw Refusal.unknownWorkstream(name, known: workstreams.map(\.id))
      }
      selection.append(id)
    }
    return selection
  }

  /// Refuses where a scope was only proposed: what overlaps is judged by it, and what is in it.
  static func requireConfirmed(_ workstreams: [Workstream]) throws {
    let open = workstreams.filter(\.isProposed).map(\.id)
    guard let first = open.first else { return }
    throw Refusal(
      .usage,
      open.count == 1
        ? "nobody has confirmed the scope that was proposed for '\(first)'"
        : "nobody has confirmed the scopes that were proposed for \(open.count) workstreams: "
          + open.map { "'\($0)'" }.listed(4),
      hint: "look at them: git uet plan --long; then confirm: git uet import --confirm"
        + (open.count == 1 ? " \(first)" : ""))
  }

  /// Finds what cannot be run before anything is started.
  private static func checkTools(_ plan: Plan, _ project: Project) throws {
    let search = ProgramSearch(project.environment)
    for workstream in plan.workstreams {
      do throws(ToolInvocation.Problem) {
        let tools = project.configuration.tools(for: workstream)
        for tool in tools {
          _ = try ToolInvocation(
            workstream, tool: tool, configuration: project.configuration, promptFile: "")
        }
        // Where there are others, one that is missing gives way when it is tried.
        if tools.count == 1, project.configuration.runsHere(tools[0]),
          let program = project.configuration.tools[tools[0]]?.call?.searchedProgram,
          workstream.environment["PATH"] == nil, !search.finds(program)
        {
          throw .programMissing(tool: tools[0], program: program)
        }
      } catch {
        throw UnusableTool(workstream: workstream.id, problem: error)
      }
    }
  }
}

/// The commit and branch a run starts from.
private struct StartingPoint {
  let base: ObjectID
  let target: String?
  let head: Head

  init(_ revision: String?, _ project: Project) throws {
    head = try project.repository.head()
    let wanted = revision ?? project.configuration.run.base
    switch head {
    case .branch(let name, _): target = name
    case .detached: target = nil
    case .unborn(let name):
      target = name
      if wanted == "HEAD" { throw Refusal.unbornBranch(name) }
    }
    base = try project.repository.resolveBranchFirst(wanted)
  }

  func notes(_ project: Project) async throws -> [String] {
    var notes: [String] = []
    if case .detached(let commit) = head, commit == base {
      notes.append("HEAD is detached; the run starts from commit \(base.short)")
    }
    if try await project.git.isDirty() {
      notes.append(
        "the work tree has uncommitted changes; the run starts from commit \(base.short)")
    }
    notes += project.mirrorWarnings()
    if let run = project.interruptedRun() {
      notes.append(
        "run '\(run)' has not come to its end; to go on with it instead: git uet resume \(run)")
    }
    if project.configuration.sandbox.mode == .auto, Sandbox.means(for: project) == nil {
      notes.append(
        "commands are not shut in: neither bubblewrap nor Landlock works here; see the guide on safety"
      )
    }
    if project.repository.isShallow {
      notes.append("this is a shallow clone; the run uses the history that is here")
    }
    return notes
  }
}

extension Planner {
  /// The plan of what bundles declare, or of the named workstreams with all they depend on.
  package static func plan(
    _ loaded: LoadedBundles, selecting selection: [WorkstreamID], workers: Int,
    durations: DurationSource = .auto, history: [WorkstreamID: Double] = [:]
  ) -> Plan {
    let options = PlanOptions(workers: workers, durations: durations, history: history)
    let (workstreams, dependencies) = (loaded.workstreams, loaded.dependencies)
    var result =
      selection.isEmpty
      ? plan(workstreams: workstreams, dependencies: dependencies, options: options)
      : plan(
        workstreams: workstreams, dependencies: dependencies, selecting: Set(selection),
        options: options)
    result.phases = loaded.phases.map(\.budget)
    return result
  }
}

extension PreparedRun {
  /// Starts the run and drives it to its end; `observer` hears of all that is recorded.
  package func start(
    observer: @escaping RunObserver, control: RunControl
  ) async throws -> RunState {
    let trust = try project.requireTrust(in: plan.workstreams)
    let sandbox = try Sandbox.choose(project)
    project.repository.rememberWorkTree()
    let now = project.clock.now()
    let run = RunID(startedAt: now, after: try project.reader.runs())
    let waves = WavePlan(plan, project.configuration)
    let dispatch = try DispatchPlan(plan, project.configuration).with(waves)
    let root = root(writer: try await project.writerDetails(), trust, sandbox)
    let (claim, events) = try StartLock.holding(in: project) {
      try project.requireNoneHeld()
      return try RunClaim.begin(run, in: project, root: root, [started(dispatch)], at: now)
    }
    let facts = RunFacts(
      project: project.fixingSettings(), plan: plan, run: run, base: base, waves: waves)
    observer(events, claim.ledger.state ?? RunState(run: run))
    return try await RunLoop(facts: facts, claim: claim, workers: workers).drive(
      dispatch: dispatch, observer: observer, control: control
    ) { _, _ in [.start] }
  }

  private func started(_ dispatch: DispatchPlan) -> EventDraft {
    EventDraft(
      .runStarted(
        .init {
          ($0.base, $0.target, $0.workers) = (base, target, workers)
          $0.leastWorkers = project.configuration.run.leastWorkers
          $0.workstreams = dispatch.entries
        }), anchors: [base])
  }

  /// What the run is started with; kept in the root of its chain.
  private func root(
    writer: [JSONObject.Member], _ trust: Trust.Ground, _ sandbox: Sandbox?
  ) -> RootRecord {
    let details =
      [JSONObject.Member("workers", .integer(Int64(workers)))] + writer
      + [
        JSONObject.Member("programs", project.programs),
        JSONObject.Member("guarded", project.guarded),
        JSONObject.Member("trust", .string(trust.rawValue)),
        JSONObject.Member("sandbox", .string(sandbox?.means.name ?? "none")),
        JSONObject.Member("selection", .array(selection.map { .string($0.rawValue) })),
      ]
    return RootRecord(
      base: base, programVersion: ProgramVersion.text, details: JSONObject(members: details),
      plan: Array(PlanReport(plan).json().encoded(.pretty).utf8),
      configuration: project.configuration.encoded(),
      bundles: bundles.map { RootRecord.Bundle(path: $0.path, bytes: $0.bytes) })
  }
}

/// What a user asks `run` for; nil takes the configured value.
package struct RunRequest: Sendable {
  /// Names as typed; empty for all.
  package var workstreams: [String]
  package var workers: WorkerCount?
  /// A revision.
  package var base: String?
  /// What the whole run may cost, in dollars.
  package var budget: Double?
  /// Whether commands run that nobody has looked at.
  package var trustsAll: Bool
  /// Whether workstreams run whose proposed scope nobody has confirmed.
  package var acceptsProposed: Bool

  package init(
    workstreams: [String] = [], workers: WorkerCount? = nil, base: String? = nil,
    budget: Double? = nil,
    trustsAll: Bool = false, acceptsProposed: Bool = false
  ) {
    self.workstreams = workstreams
    self.workers = workers
    self.base = base
    self.budget = budget
    self.trustsAll = trustsAll
    self.acceptsProposed = acceptsProposed
  }
}

extension Project {
  func staffed(_ workers: WorkerCount?) -> Project {
    guard let workers else { return self }
    var settings = configuration
    settings.run.workerCount = workers
    return with(settings)
  }

  func budgeted(_ dollars: Double?) -> Project {
    guard let dollars else { return self }
    var settings = configuration
    settings.budget.maxCostTotal = dollars
    return with(settings)
  }
}
