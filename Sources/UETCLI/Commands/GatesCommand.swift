import ArgumentParser
import UETEngine
import UETModel

struct GatesCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "gates", abstract: "list the gates of a run, and why they ran or did not",
    discussion: """
      For each gate its command, what its verdicts count for (every commit of a tree, the very commit, or \
      the paths that it declares to read), how often it ran, how often a verdict of before counted \
      instead, and how long it took. --explain says for one workstream which verdict counts for the tree \
      that was judged last, and what the gate reads that differs from what it judged before. --check runs \
      a gate of the configuration once, in a clean checkout under strace, and names what it reads that \
      its 'inputs' do not cover; the status is 1 then.
      """)

  @OptionGroup var subject: RunArgument<NewestRun>
  @Option(
    help: ArgumentHelp("Say why each gate ran or did not for this one.", valueName: "workstream"),
    completion: Offer.workstream)
  var explain: String?
  @Option(
    help: ArgumentHelp("See whether this one reads more than its 'inputs'.", valueName: "gate"),
    completion: Offer.gate)
  var check: String?
  @Flag(help: "Print one JSON object.") var json = false

  func validate() throws {
    if check != nil, explain != nil || subject.run != nil {
      throw ValidationError("--check looks at the configuration as it is now, and at no run")
    }
  }

  func run() async throws {
    if let check { return try await look(at: check) }
    let context = CommandContext(.printing)
    let project = try await context.projectWithFetched(reading: true)
    let list = try GateList(of: subject.run, in: project)
    let view = GatesView(
      list: list, explained: try explain.map { ($0, try list.explain($0)) },
      terminal: context.output)
    if json { context.print(view.json) } else { view.lines.forEach(context.output.line) }
  }

  private func look(at gate: String) async throws {
    let context = CommandContext()
    let project = try context.project()
    let check = try await context.showingUntrusted {
      try await context.untilSignalled("the gate", in: project) {
        try await GateCheck.run(gate, in: project)
      }
    }
    let view = GateCheckView(check: check, terminal: context.output)
    if json { context.print(view.json) } else { view.lines.forEach(context.output.line) }
    if check.failure != nil || !check.uncovered.isEmpty { throw ExitStatus.failed }
  }
}
