import UETModel
import UETPlanning

/// Bundles on the way to a plan, for whoever looks at what would run and changes nothing.
package struct PlanSource: Sendable {
  private let files: [BundleFile]
  /// nil outside a repository: the defaults count then.
  private let project: Project?
  private let environment: [String: String]

  package init(_ files: [BundleFile], in project: Project?, environment: [String: String]) {
    (self.files, self.project, self.environment) = (files, project, environment)
  }

  /// The bundles of the project's own folder.
  package init(of project: Project) throws {
    self.init(try project.bundleFiles(), in: project, environment: project.environment)
  }

  private var configuration: Configuration { project?.configuration ?? Configuration() }

  private var loaded: LoadedBundles {
    BundleLoader.load(files).placed(in: project?.baseTree)
  }

  /// Everything the bundles declare and all that is wrong with them, what the configuration does
  /// not know and what is not on this machine among it as warnings.
  package func bundles() -> (bundles: LoadedBundles, diagnostics: [Diagnostic]) {
    let loaded = loaded
    return (loaded, diagnostics(loaded, work: .error))
  }

  /// A plan; throws `InvalidDocuments` with all errors at once where there are any. `past` is what
  /// earlier runs took, asked for where it counts.
  package func plan(
    workers: Int? = nil, durations: DurationSource = .auto, past: () throws -> History
  ) throws -> (plan: Plan, warnings: [Diagnostic]) {
    let loaded = loaded
    let diagnostics = diagnostics(loaded, work: .warning)
    if diagnostics.hasErrors { throw InvalidDocuments(diagnostics) }
    let workers = workers ?? configuration.run.workers
    guard workers > 0 else {
      throw Refusal(.usage, "'--workers' takes a number from 1 on")
    }
    let plan = Planner.plan(
      loaded, selecting: [], workers: workers, durations: durations,
      history: durations == .history ? try past().medians : [:])
    return (plan, (diagnostics + loaded.caseTwins()).inFileOrder)
  }

  private func diagnostics(
    _ loaded: LoadedBundles, work: Diagnostic.Severity
  ) -> [Diagnostic] {
    let rules = (project?.ruleProblems ?? []).map { problem in
      var problem = problem
      problem.severity = work
      return problem
    }
    let found =
      rules + loaded.diagnostics + loaded.proposals()
      + loaded.check(configuration, severity: .warning)
      + loaded.checkWork(configuration, severity: work)
      + loaded.checkPrograms(configuration, finds: ProgramSearch(environment).finds)
    return found.inFileOrder
  }
}
