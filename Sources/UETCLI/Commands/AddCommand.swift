import ArgumentParser
import UETEngine
import UETModel
import UETPlanning
import UETReporting
import UETWorkers

struct AddCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "add", abstract: "write the bundle of one workstream",
    discussion: """
      Writes it into the folder of bundles, in the format that is used there, once it fits to all that are there. \
      With --run it also gets into that run, as 'git uet replan' does it. Nothing that is there is changed.
      """)

  @Argument(help: ArgumentHelp("What is to be done, as an agent is told it.", valueName: "prompt"))
  var prompt: String
  @Option(
    name: [.short, .long], parsing: .singleValue,
    help: ArgumentHelp("Paths it may write; may be given again.", valueName: "pattern"))
  var scope: [String] = []
  @Option(
    parsing: .singleValue,
    help: ArgumentHelp("Paths that it makes; may be given again.", valueName: "pattern"))
  var create: [String] = []
  @Option(
    parsing: .singleValue,
    help: ArgumentHelp("Paths it reads for context; may be given again.", valueName: "pattern"))
  var read: [String] = []
  @Option(
    parsing: .singleValue,
    help: ArgumentHelp("What it builds on; may be given again.", valueName: "workstream"),
    completion: Offer.declared)
  var after: [String] = []
  @Option(
    help: "The agent (default: the only one that is configured).", completion: Offer.tool)
  var tool: String?
  @Option(help: "The model that the agent asks.", completion: Offer.model) var model: String?
  @Option(
    parsing: .singleValue, help: "A gate of its result; may be given again.",
    completion: Offer.gate)
  var gate: [String] = []
  @Option(help: ArgumentHelp("Its id (default: made of the prompt).", valueName: "ws-name"))
  var id: String?
  @Option(help: "A run that gets it as well; '@' is the newest.", completion: Offer.run)
  var run: String?
  @Flag(name: [.customShort("n"), .long], help: "Show the bundle and write nothing.")
  var dryRun = false
  @Flag(help: "Print one JSON object.") var json = false

  func validate() throws {
    if scope.isEmpty, create.isEmpty {
      throw ValidationError("name the paths it may write: --scope PATTERN, or --create PATTERN")
    }
    if dryRun, run != nil { throw ValidationError("--dry-run writes nothing, and --run adds it") }
  }

  func run() async throws {
    let context = CommandContext()
    let project = try context.project()
    // Whatever is wrong with the run is said before anything is written.
    let desk = run == nil ? nil : try SteeringDesk(json: json)
    let named = try run.flatMap { try desk?.run(named: $0) }
    let added = try context.printingProblems(asJSON: json) {
      () throws in try project.bundle(for: request)
    }
    if !dryRun { try project.write(added.file) }
    let held = named == nil ? try project.heldRun()?.run : nil
    if !json { show(added, context) }
    let answer = try await extend(named, with: added, desk)
    if json { return context.print(.object(object(of: added, named, answer))) }
    if let answer { context.output.line(answer.terminalSafe) }
    next(added, held, context)
  }

  private var request: BundleRequest {
    var request = BundleRequest(prompt)
    (request.writes, request.creates, request.reads) = (scope, create, read)
    (request.after, request.tool, request.model) = (after, tool, model)
    (request.gates, request.id) = (gate, id)
    return request
  }

  private func show(_ added: AddedBundle, _ context: CommandContext) {
    for warning in added.warnings where warning.place.file == added.file.path {
      context.errors.line(warning.description)
    }
    if dryRun {
      let text = String(decoding: added.file.bytes, as: UTF8.self)
      for line in text.split(separator: "\n", omittingEmptySubsequences: false).dropLast() {
        context.output.line(line.terminalSafe)
      }
      context.output.line()
    }
    let verb = dryRun ? "would write" : "wrote"
    context.output.line("\(verb) \(added.file.path.terminalSafe)")
    for line in PlanReport(added.plan).conflicts(of: added.index, context.style) {
      context.output.line("  " + line)
    }
  }

  /// Brings it into a run by a change of that run's plan, where nothing else would change with it.
  private func extend(
    _ run: RunID?, with added: AddedBundle, _ desk: SteeringDesk?
  ) async throws -> String? {
    guard let run, let desk else { return nil }
    let difference = try await desk.answer(.replan(isDryRun: true, expecting: nil), of: run)
    let details = difference.details
    let others = ["removed", "changed", "refused"].contains { details[$0]?.array?.isEmpty == false }
    guard !others, details["added"]?.array == [.string(added.workstream.id.rawValue)] else {
      throw Refusal(
        .usage,
        "'\(added.workstream.id)' is not in run '\(run)': other bundles differ from its plan as well",
        hint: "see how, and decide: git uet replan \(run)")
    }
    let shown = details["fingerprint"]?.string
    return try await desk.answer(.replan(isDryRun: false, expecting: shown), of: run).message
  }

  private func next(_ added: AddedBundle, _ held: RunID?, _ context: CommandContext) {
    if dryRun { return }
    let id = added.workstream.id
    if let held {
      context.note("run '\(held)' is going on, and goes on without it")
      context.output.line("next: git uet replan \(held)    (bring it into that run)")
    } else if run == nil {
      context.output.line("next: git uet plan --explain \(id)    (when it would start, and why)")
      context.output.line("      git uet run \(id)    (run it, with what it builds on)")
    }
  }

  private func object(
    of added: AddedBundle, _ run: RunID?, _ answer: String?
  ) -> JSONObject {
    var object: JSONObject = [
      "version": 1, "id": .string(added.workstream.id.rawValue), "path": .string(added.file.path),
      "written": .bool(!dryRun), "text": .string(String(decoding: added.file.bytes, as: UTF8.self)),
      "conflicts": .array(
        added.plan.conflicts(with: added.index).map { .string(added.plan.id($0).rawValue) }),
    ]
    object.append("run", run.map { .string($0.rawValue) })
    object.append("message", .text(answer))
    return object
  }
}
