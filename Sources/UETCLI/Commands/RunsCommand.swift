import ArgumentParser
import UETEngine
import UETLedger
import UETModel
import UETReporting

struct RunsCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "runs", abstract: "list the runs, newest first")

  @Flag(help: "List the archived runs instead.") var archived = false
  @Flag(help: "Print one JSON object.") var json = false

  func run() async throws {
    let context = CommandContext(.printing)
    let project = try await context.projectWithFetched(reading: true)
    let runs = archived ? try project.archivedRuns() : try project.cache.runs()
    if json {
      context.print([
        "version": 1, "archived": .bool(archived), "runs": .array(runs.map(\.json)),
      ])
      return
    }
    guard !runs.isEmpty else {
      context.output.line(archived ? "no archived runs" : "no runs yet")
      context.errors.line(
        archived ? "hint: list the others: git uet runs" : "hint: start one: git uet run")
      if !archived, let remote = project.remotes.first {
        context.errors.line(
          "hint: fetch those of '\(remote.terminalSafe)': git uet sync \(remote.terminalSafe)")
      }
      return
    }
    var table = Table()
    for summary in runs {
      let standing = standing(of: summary, project)
      table.add([
        .init(summary.run.rawValue), .init(standing.text, Terminal.Style(standing.tone)),
        .init(summary.startedAt.map { $0.plain + " UTC" } ?? ""),
        .init(counts(summary)),
      ])
    }
    let width = context.output.isInteractive ? context.output.width : nil
    for line in table.lines(on: context.output, width: width) { context.output.line(line) }
  }

  /// Only of those that are not over is it asked whether somebody works on them.
  private func standing(of summary: RunSummary, _ project: Project) -> RunStanding {
    let isOver = summary.status.isOver
    let isHeld = isOver ? false : (try? project.liveHolder(of: summary.run)) ?? nil != nil
    let isForeign = isOver || isHeld ? false : (try? project.isOwn(summary.run)) == false
    return RunStanding(
      summary.status, counts: summary.counts, isHeld: isHeld, isForeign: isForeign)
  }

  private func counts(_ summary: RunSummary) -> String {
    if let problem = summary.problem { return "damaged: \(problem.terminalSafe)" }
    let counts = WorkstreamState.allCases.compactMap { state in
      summary.counts[state].map { "\($0) \(state.rawValue.lowercased())" }
    }.joined(separator: ", ")
    let origin = summary.imported.map { "; imported from \($0.program.terminalSafe)" }
    return counts + (origin ?? "")
  }
}

extension RunSummary {
  var json: JSONValue {
    var object = JSONObject([("run", .string(run.rawValue)), ("status", .string(status.rawValue))])
    object.append("reason", .text(reason))
    object.append("target", .text(target))
    object.append("imported", imported?.json)
    object.append("started_at", startedAt.map { .string($0.description) })
    object.append("ended_at", endedAt.map { .string($0.description) })
    object.append("sequence", sequence > 0 ? .integer(Int64(sequence)) : nil)
    let members = WorkstreamState.allCases.compactMap { state in
      counts[state].map { JSONObject.Member(state.rawValue, .integer(Int64($0))) }
    }
    object.append("counts", .object(JSONObject(members: members)))
    object.append("problem", .text(problem))
    return .object(object)
  }
}
