import ArgumentParser
import UETEngine
import UETModel

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
    if errors > 0 || (strict && !problems.isEmpty) { throw ExitStatus.usage }
    let count = loaded.workstreams.count
    let warnings =
      problems.isEmpty ? "" : ", \(problems.count) warning\(problems.count == 1 ? "" : "s")"
    context.output.line("\(count) workstream\(count == 1 ? "" : "s"), no errors\(warnings)")
  }
}
