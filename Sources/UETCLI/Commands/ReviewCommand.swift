import ArgumentParser
import UETEngine
import UETLedger
import UETModel
import UETScheduling

struct ReviewCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "review", abstract: "look at finished work and approve or reject it",
    discussion: """
      Without a decision, shows what waits for a person: results, questions, budgets, with what there is \
      to decide on; of a workstream that is named more. --adjust sends work back: it is done again, with \
      the note in its prompt. What is rejected is held back, or taken out again where it was merged and has \
      not landed. A decision is for the result as it is now: one that comes later has to be looked at anew. In another clone than \
      the one that holds the run it goes to an inbox, which is shared like the rest of refs/uet and \
      counts when the holder has taken it.
      """)

  @OptionGroup var subject: WorkstreamsArguments
  @Flag(help: "The results may be merged.") var approve = false
  @Flag(help: "The results must not be merged.") var reject = false
  @Flag(help: "The work is done again, and told the note.") var adjust = false
  @Option(
    name: [.short, .long, .customLong("note")], help: ArgumentHelp("Why.", valueName: "text"))
  var message: String?
  @Option(
    help: ArgumentHelp(
      "The commit that you looked at; refused if the result is another by now.",
      valueName: "commit"))
  var commit: String?
  @Flag(help: "Print one JSON object.") var json = false

  func validate() throws {
    if [approve, reject, adjust].count(where: { $0 }) > 1 {
      throw ValidationError("'--approve', '--reject' and '--adjust' exclude each other")
    }
    if adjust, message == nil { throw ValidationError("say what is to be done: '--note TEXT'") }
    guard approve || reject || adjust else {
      if message != nil || commit != nil {
        throw ValidationError("say what you decide: '--approve', '--reject' or '--adjust'")
      }
      return
    }
    if let message, message.utf8.count > ReviewDecision.longestMessage {
      throw ValidationError(
        "the message is longer than \(ReviewDecision.longestMessage) bytes")
    }
  }

  func run() async throws {
    let context = CommandContext()
    let project = try context.project()
    let id = try Steering(project).run(named: subject.run)
    let known = try project.state(of: id).workstreams.map(\.id)
    let workstreams = try subject.workstreams.map { name in
      guard let workstream = WorkstreamID(name), known.contains(workstream) else {
        throw Refusal.unknownWorkstream(name, known: known, run: id)
      }
      return workstream
    }
    let reviews = Reviews(project)
    guard approve || reject || adjust else {
      await show(try reviews.overview(of: id), workstreams, reviews, context)
      return
    }
    guard !workstreams.isEmpty else {
      throw Refusal(
        .usage, "say which workstream", hint: "see what waits: git uet review \(id)")
    }
    if adjust { return try await sendBack(workstreams, of: id, project) }
    var decision = ReviewDecision(approve ? .approved : .rejected, of: workstreams)
    decision.message = message
    decision.commit = commit
    let outcome = try await reviews.decide(decision, in: id)
    let answer = ReviewAnswer(decision: decision, outcome: outcome, run: id)
    if json { context.print(answer.json) } else { answer.lines.forEach(context.output.line) }
  }

  /// Has work done again with the note in its prompt; in the clone that holds the run alone.
  private func sendBack(
    _ workstreams: [WorkstreamID], of run: RunID, _ project: Project
  ) async throws {
    try Reviews(project).requireResults(of: workstreams, at: commit, in: run)
    let request = RetryRequest.adjusting(
      workstreams, note: message ?? "", by: project.reviewer)
    try await SteeringDesk(json: json).ask(.retry(request), of: run)
  }

  private func show(
    _ overview: Reviews.Overview, _ workstreams: [WorkstreamID], _ reviews: Reviews,
    _ context: CommandContext
  ) async {
    let named = Set(workstreams)
    let entries = overview.entries.filter { named.isEmpty || named.contains($0.record.id) }
    var view = ReviewsView(overview: overview, only: named, terminal: context.output)
    view.looks = await reviews.looks(at: entries, in: overview.state)
    if json { context.print(view.json) } else { view.lines.forEach(context.output.line) }
  }
}
