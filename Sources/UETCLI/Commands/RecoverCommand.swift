import ArgumentParser
import UETEngine
import UETModel

struct RecoverCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "recover", abstract: "put crashed runs in order, without going on with them",
    discussion: """
      Ends what a dead orchestrator left running, keeps partial work under refs/uet/salvage, records \
      the attempts as crashed, and gives the run up; 'git uet resume' then goes on. Without a run, all \
      that crashed. A run that a live process works on is left alone.
      """)

  @OptionGroup var subject: RunArgument<CrashedRuns>
  @Flag(help: "Show what can be recovered or resumed, and what would become of it.") var list =
    false
  @Flag(help: "Print one JSON object.") var json = false

  func run() async throws {
    let context = CommandContext()
    let project = try context.project()
    try project.requirePerson(to: "recover runs")
    let recovery = Recovery(project)
    let only = try subject.run.map { try project.run(named: $0) }
    let candidates = try recovery.candidates(only)
    let view = RecoveryView(now: context.clock.now(), terminal: context.output)
    if list {
      if json {
        context.print(view.json(candidates))
      } else {
        for line in view.lines(candidates) { context.output.line(line) }
      }
      return
    }
    if let only, let candidate = candidates.first { try refuse(candidate, only) }
    let results = try await recover(candidates, recovery, view, project, context)
    if json {
      context.print(view.json(results))
    } else if results.isEmpty {
      context.output.line("nothing to recover")
    }
    if results.contains(where: { $0.1.survivors > 0 }) { throw ExitStatus.failed }
  }

  /// One after the other; a signal lets the one at hand end.
  private func recover(
    _ candidates: [Recovery.Candidate], _ recovery: Recovery, _ view: RecoveryView,
    _ project: Project, _ context: CommandContext
  ) async throws -> [(Recovery.Candidate, Recovery.Result)] {
    try await context.untilSignalled("what is being put in order", in: project) { [json] in
      var results: [(Recovery.Candidate, Recovery.Result)] = []
      for candidate in candidates where candidate.need == .crashed {
        try Task.checkCancellation()
        let result = try await recovery.recover(candidate.run)
        results.append((candidate, result))
        if !json { for line in view.lines(candidate, result) { context.output.line(line) } }
      }
      return results
    }
  }

  /// A run that was named must be one that can be put in order, or already is.
  private func refuse(_ candidate: Recovery.Candidate, _ run: RunID) throws {
    switch candidate.need {
    case .crashed, .resumable: return
    case .running, .unknown:
      let holder = candidate.holder.map { " (\($0))".terminalSafe } ?? ""
      let doubt = candidate.need == .unknown ? "may be" : "is"
      throw Refusal(
        .held, "run '\(run)' \(doubt) going on\(holder)", hint: "watch it: git uet status \(run)")
    case .foreign: throw Refusal.foreignRun(run)
    }
  }
}
