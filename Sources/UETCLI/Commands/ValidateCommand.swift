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
  @Flag(help: "Print what was found as one JSON document.") var json = false

  func run() async throws {
    let context = CommandContext(.printing)
    let loader = PlanLoader(context: context, paths: paths)
    var (loaded, problems) = try context.printingProblems(asJSON: json, loader.bundles)
    // Two workstreams together may make what neither declares alone.
    if !problems.hasErrors { problems = (problems + loaded.caseTwins()).inFileOrder }
    let warningCount = problems.count
    let isValid = !problems.hasErrors && !(strict && warningCount > 0)
    if json {
      context.print(problems.document(isValid: isValid, count: loaded.workstreams.count))
      if !isValid { throw ExitStatus.usage }
      return
    }
    for problem in problems {
      context.errors.line(problem.description)
      if let hint = problem.hint { context.errors.line("  hint: " + hint) }
    }
    if !isValid { throw ExitStatus.usage }
    let count = loaded.workstreams.count
    let warnings =
      warningCount == 0 ? "" : ", \(warningCount) warning\(warningCount == 1 ? "" : "s")"
    context.output.line("\(count) workstream\(count == 1 ? "" : "s"), no errors\(warnings)")
  }
}
