import ArgumentParser
import UETEngine
import UETModel

struct ForgetCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "forget", abstract: "remove a run from this clone for good",
    discussion: """
      Takes the run's record, its branches and what was kept of it away, here and not on any host; what \
      is fetched of it later is not taken in. Results that are in no other branch, and kept work, go only \
      with --discard. To put old runs away and still be able to look at them: 'git uet gc'.
      """)

  @Argument(help: "The run.", completion: Offer.run) var run: String
  @Flag(help: "Also let go of work that is nowhere else.") var discard = false
  @Flag(help: "Print one JSON object.") var json = false

  func run() async throws {
    let context = CommandContext()
    let project = try context.project()
    try project.requirePerson(to: "forget runs")
    let forgetting = try Forgetting(run, in: project)
    let outcome = try await context.untilSignalled("git", in: project) { [discard] in
      try await forgetting.perform(discarding: discard)
    }
    switch outcome {
    case .refused(let refusal): throw failure(refusal, forgetting.run)
    case .forgotten(let references, let tip, let apart):
      if json {
        var object: JSONObject = [
          "version": 1, "run": .string(forgetting.run.rawValue),
          "references": .integer(Int64(references)), "tip": .string(tip.hex),
        ]
        object.append("kept_apart", apart.map(JSONValue.string))
        return context.print(.object(object))
      }
      context.output.line(
        "forgot run \(forgetting.run): \(references.counting("reference")); its chain ended with \(tip)"
      )
      if let apart {
        context.output.line(
          "hint: work of it that held secrets stays; look at it, then: rm -r "
            + apart.shellQuoted.terminalSafe)
      }
    }
  }

  private func failure(_ refusal: Forgetting.Refusal, _ run: RunID) -> Refusal {
    switch refusal {
    case .unlanded(let workstreams, let kept):
      let names = workstreams.prefix(3).map(\.rawValue).joined(separator: ", ")
      let more = workstreams.count > 3 ? " and \(workstreams.count - 3) more" : ""
      let results =
        workstreams.isEmpty ? nil : "results that are in no other branch (\(names)\(more))"
      let work = kept == 0 ? nil : "kept work (\(kept.counting("reference")))"
      let what = [results, work].compactMap { $0 }.joined(separator: " and ")
      var failure = Refusal(
        .decision, "run '\(run)' has \(what)", hint: "land it: git uet integrate \(run)")
      failure.hints.append("or let go of it: git uet forget \(run) --discard")
      return failure
    case .worktrees(let paths):
      return Refusal(
        .decision, "run '\(run)' has a worktree at '\((paths.first ?? "").terminalSafe)'",
        hint: "remove it, its branch kept: git uet clean --force \(run)")
    case .checkedOut(let branch, let path):
      return Refusal(
        .decision, "'\(branch.terminalSafe)' is checked out at '\(path.terminalSafe)'",
        hint: "git -C \(path.shellQuoted) switch --detach")
    }
  }
}
