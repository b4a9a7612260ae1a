import UETEngine
import UETGit
import UETModel
import UETPlanning
import UETSystem

/// Reads bundles for the commands that change nothing: from the paths given, else from the project.
struct PlanLoader {
  let context: CommandContext
  var paths: [String] = []

  /// Everything the bundles declare and all that is wrong with them, what the configuration does
  /// not know and what is not on this machine among it as warnings.
  func bundles() throws -> (bundles: LoadedBundles, diagnostics: [Diagnostic]) {
    let (files, project, base) = try source()
    let loaded = BundleLoader.load(files).placed(in: base)
    return (loaded, diagnostics(loaded, project, work: .error))
  }

  /// A plan; all errors at once where there are any.
  func plan(
    workers: Int?, durations: DurationSource
  ) throws -> (plan: Plan, warnings: [Diagnostic]) {
    let (files, project, base) = try source()
    let loaded = BundleLoader.load(files).placed(in: base)
    let configuration = project?.configuration ?? Configuration()
    let diagnostics = diagnostics(loaded, project, work: .warning)
    if diagnostics.hasErrors { throw InvalidDocuments(diagnostics) }
    let workers = workers ?? configuration.run.workers
    guard workers > 0 else {
      throw Refusal(.usage, "'--workers' takes a number from 1 on")
    }
    let past = durations == .history ? try history().medians : [:]
    let plan = Planner.plan(
      loaded, selecting: [], workers: workers, durations: durations, history: past)
    return (plan, (diagnostics + loaded.caseTwins()).inFileOrder)
  }

  private func diagnostics(
    _ loaded: LoadedBundles, _ project: Project?, work: Diagnostic.Severity
  ) -> [Diagnostic] {
    let configuration = project?.configuration ?? Configuration()
    let rules = (project?.ruleProblems ?? []).map { problem in
      var problem = problem
      problem.severity = work
      return problem
    }
    let found =
      rules + loaded.diagnostics + loaded.proposals()
      + loaded.check(configuration, severity: .warning)
      + loaded.checkWork(configuration, severity: work)
      + loaded.checkPrograms(configuration, finds: ProgramSearch(context.environment).finds)
    return found.inFileOrder
  }

  /// What past runs took; nothing outside a repository.
  func history() throws -> History {
    do {
      return try Project.open(from: context.directory, environment: context.environment).history()
    } catch GitError.notARepository {
      return History()
    }
  }

  /// Outside a repository, paths alone are enough.
  private func source() throws -> ([BundleFile], Project?, BaseTree?) {
    guard !paths.isEmpty else {
      let project = try context.project()
      let files = try project.bundleFiles()
      return (files, project, project.baseTree)
    }
    var project: Project?
    do {
      project = try Project.open(from: context.directory, environment: context.environment)
    } catch GitError.notARepository {
      // The defaults then.
    }
    let paths = paths
    for path in paths where Files.kind(Files.absolute(path, from: context.directory)) == nil {
      throw Refusal(
        .usage, "there is no file or folder '\(path.terminalSafe)'",
        hint: "without a path the project's own are read: git uet plan"
      )
    }
    let files = try BundleFiles.read(paths, from: context.directory)
    return (files, project, project?.baseTree)
  }
}
