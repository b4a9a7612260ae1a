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
    try source().bundles()
  }

  /// A plan; all errors at once where there are any.
  func plan(
    workers: Int?, durations: DurationSource
  ) throws -> (plan: Plan, warnings: [Diagnostic]) {
    try source().plan(workers: workers, durations: durations, past: history)
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
  private func source() throws -> PlanSource {
    guard !paths.isEmpty else {
      return try PlanSource(of: try context.project())
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
    return PlanSource(files, in: project, environment: context.environment)
  }
}
