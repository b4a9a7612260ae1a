import ArgumentParser
import UETEngine
import UETModel
import UETPlanning

struct ValidateCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "validate", abstract: "check bundles and report every error at once",
    discussion: "Like 'git uet plan' without a schedule.")

  @Argument(
    help: "Bundle files or directories (default: the configured directory).",
    completion: .file())
  var paths: [String] = []
  @Flag(help: "Treat warnings as errors.") var strict = false

  func run() async throws {
    let context = CommandContext(.printing)
    let (loaded, problems) = try PlanLoader(context: context, paths: paths).bundles()
    for problem in problems { context.errors.line(problem.description) }
    let errors = problems.count { $0.severity == .error }
    // Two workstreams together may make what neither declares alone.
    let twins =
      errors > 0
      ? []
      : Planner.plan(loaded, selecting: [], workers: 1).warnings.filter { $0.code == .caseTwins }
    for twin in twins { context.errors.line("warning: " + twin.message.terminalSafe) }
    let warningCount = problems.count + twins.count
    if errors > 0 || (strict && warningCount > 0) { throw ExitStatus.usage }
    let count = loaded.workstreams.count
    let warnings =
      warningCount == 0 ? "" : ", \(warningCount) warning\(warningCount == 1 ? "" : "s")"
    context.output.line("\(count) workstream\(count == 1 ? "" : "s"), no errors\(warnings)")
  }
}
