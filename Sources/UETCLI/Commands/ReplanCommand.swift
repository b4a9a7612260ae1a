import ArgumentParser
import UETEngine
import UETModel
import UETWorkers

struct ReplanCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "replan",
    abstract: "bring a run's plan up to date with the bundles as they are now",
    discussion: """
      Shows what was added, taken out and changed, and asks before it does anything. What runs or has \
      run stays as it was. Works on a run that is going on and on one that was interrupted; a \
      workstream that had been given up is tried again when its bundle was changed.
      """)

  @OptionGroup var subject: RunArgument<RunAtWork>
  @Flag(name: [.customShort("n"), .long], help: "Show the difference and change nothing.")
  var dryRun = false
  @Flag(name: [.short, .long], help: "Do not ask.") var yes = false
  @Flag(help: "Print the difference as one JSON object.") var json = false

  func run() async throws {
    let desk = try SteeringDesk(json: json)
    let id = try desk.run(named: subject.run)
    if yes, !dryRun {
      show(try await desk.answer(.replan(isDryRun: false, expecting: nil), of: id), id, desk)
      return
    }
    var answer = try await desk.answer(.replan(isDryRun: true, expecting: nil), of: id)
    let isDecided = dryRun || answer.message.hasPrefix("would") == false
    if !isDecided { answer.hint = nil }
    show(answer, id, desk)
    if isDecided { return }
    guard desk.asks("change the plan of run '\(id)'?") else {
      throw Refusal(
        .decision, "the plan is as it was", hint: "change it: git uet replan \(id) --yes")
    }
    let shown = answer.details["fingerprint"]?.string
    let result = try await desk.answer(.replan(isDryRun: false, expecting: shown), of: id)
    desk.line(result.message)
  }

  private func show(_ answer: SteeringAnswer, _ id: RunID, _ desk: SteeringDesk) {
    if !json { for line in ReplanView(answer.details).lines { desk.line(line) } }
    desk.show(answer, of: id)
  }
}
