import ArgumentParser
import UETEngine
import UETModel
import UETReporting

struct DraftCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "draft", abstract: "have an agent propose bundles for a goal",
    discussion: """
      The agent reads the repository in a worktree of its own, which is thrown away but for the bundles that it \
      writes; what the loader says against them goes back to it. They are written into a folder beside the bundles and \
      shown as a plan. Nothing runs, and no file that is there is changed.
      """)

  @Argument(help: ArgumentHelp("What is to be reached.", valueName: "goal")) var goal: String
  @Option(
    help: "The agent (default: the only one that is configured).", completion: Offer.tool)
  var tool: String?
  @Option(help: "The model that it asks.", completion: Offer.model) var model: String?
  @Option(
    help: ArgumentHelp(
      "Where the bundles go, from the repository's root (default: 'draft' in the folder of bundles).",
      valueName: "folder"), completion: .directory)
  var into: String?
  @Option(help: "How often the agent may try.") var rounds = 3
  @Option(
    name: .customLong("max-cost-usd"),
    help: ArgumentHelp(
      "What a round may cost, where the agent knows such a limit.", valueName: "usd"))
  var maxCost: Double?
  @Flag(help: "Print one JSON object.") var json = false

  func validate() throws {
    guard (1...20).contains(rounds) else { throw ValidationError("--rounds takes 1 to 20") }
    if let maxCost, !(maxCost > 0 && maxCost.isFinite) {
      throw ValidationError("--max-cost-usd takes a number above 0")
    }
  }

  func run() async throws {
    let context = CommandContext()
    let project = try context.project()
    try project.requirePerson(to: "draft bundles")
    let request = request
    let draft = try await context.showingUntrusted {
      try await context.untilSignalled("the draft", in: project) {
        try await project.draft(request) { context.tell($0) }
      }
    }
    let estimate = project.estimate(
      of: draft.workstreams.compactMap { id in draft.plan.workstreams.first { $0.id == id } })
    if json { return context.print(.object(object(of: draft, estimate))) }
    show(draft, estimate, context)
  }

  private var request: DraftRequest {
    var request = DraftRequest(goal)
    (request.tool, request.model, request.into) = (tool, model, into)
    (request.rounds, request.maxCost) = (rounds, maxCost)
    return request
  }

  private func show(_ draft: Draft, _ estimate: PlanEstimate, _ context: CommandContext) {
    let output = context.output
    output.write(PlanReport(draft.plan, loadWarnings: draft.warnings).summary(context.style))
    output.line()
    let count = draft.workstreams.count
    output.line(
      "drafted \(count) workstream\(count == 1 ? "" : "s") in \(draft.folder.terminalSafe)/: "
        + draft.workstreams.listed(6))
    if draft.conflictsWithOthers > 0 {
      output.line(
        "  pairs with other bundles that must not run side by side: \(draft.conflictsWithOthers)")
    }
    for line in estimate.lines { output.line("  " + line) }
    output.line("  the agent: \(draft.usage.words)")
    let folder = draft.folder.shellQuoted
    output.line("next: look through \(folder), and change what is not to be")
    output.line("      take it: move its files up into the folder of bundles; then git uet plan")
  }

  private func object(of draft: Draft, _ estimate: PlanEstimate) -> JSONObject {
    var usage: JSONObject = [
      "input_tokens": .integer(Int64(draft.usage.input)),
      "output_tokens": .integer(Int64(draft.usage.output)),
    ]
    usage.append("cost_usd", draft.usage.cost.map { .number($0.dollars) })
    return [
      "version": 1, "folder": .string(draft.folder),
      "files": .array(draft.files.map { .string($0.path) }),
      "workstreams": .array(draft.workstreams.map { .string($0.rawValue) }),
      "rounds": .integer(Int64(draft.rounds)), "usage": .object(usage),
      "estimate": .object(estimate.json),
      "conflicts_with_others": .integer(Int64(draft.conflictsWithOthers)),
      "plan": PlanReport(draft.plan, loadWarnings: draft.warnings).json(),
    ]
  }
}

extension CommandContext {
  /// What happens meanwhile, beside the result.
  fileprivate func tell(_ news: DraftNews) {
    switch news {
    case .asks(let round, let most, let tool):
      note("round \(round) of \(most): '\(tool.terminalSafe)' drafts (Ctrl-C stops it)")
    case .refused(let problems):
      note("the loader does not take the draft:")
      for line in problems.prefix(5) { errors.line("  " + line.terminalSafe) }
      if problems.count > 5 { errors.line("  and \(problems.count - 5) more") }
    case .strayed(let paths):
      warning("thrown away, since it is elsewhere: \(paths.quoted(3).terminalSafe)")
    }
  }
}
