import ArgumentParser
import UETEngine
import UETModel
import UETWorkers

struct ShowCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "show one workstream of a run: attempts, gates, branch, reasons")

  @OptionGroup var subject: WorkstreamArguments
  @Flag(help: "Print one JSON object.") var json = false

  func run() async throws {
    let context = CommandContext(.printing)
    let project = try await context.projectWithFetched(reading: true)
    let id = try project.run(named: subject.run)
    let state = try project.state(of: id)
    let record = try state.record(named: subject.workstream)
    // A record that cannot be read this far is shown all the same.
    let variables = try? project.variables(of: record.id, in: state)
    let isWaiting = [.pending, .ready].contains(record.state)
    let wait =
      try isWaiting && project.liveHolder(of: id) != nil
      ? Steering(project).waits(of: id, [record.id])[record.id] : nil
    if json {
      var object = record.json.object ?? JSONObject()
      object.members.insert(.init("version", 1), at: 0)
      object.append("waits_for", wait.map(JSONValue.string))
      object.append("environment", variables.map { .object($0.names.json) })
      context.print(.object(object))
      return
    }
    var view = WorkstreamView(
      record: record, state: state, names: RunNames(prefix: project.refPrefix, run: id),
      now: context.clock.now(), terminal: context.output)
    if record.state == .ejected, let gate = record.candidate?.ejection?.gate {
      let logs = try? project.logs(of: record, in: id, attempt: nil)
      let log = logs?.last { LogName($0.name)?.gate == gate && LogName($0.name)?.attempt == nil }
      view.output = Self.end(of: log?.bytes ?? [])
    }
    view.variables = variables
    view.wait = wait
    view.apart = KeptApart.folders(of: record.id, in: id, project)
    for line in view.lines { context.output.line(line) }
  }
}

extension ShowCommand {
  /// The last lines of an output, as they look on a terminal.
  private static func end(of bytes: [UInt8]) -> [String] {
    var text = LogText()
    let shown = text.take(bytes.suffix(4096)) + text.finish()
    return shown.split(whereSeparator: \.isNewline).suffix(6).map { line in
      line.count <= 110 ? String(line) : line.prefix(109) + "…"
    }
  }
}

extension RunState {
  /// The record of the workstream that a user names.
  func record(named name: String) throws -> WorkstreamRecord {
    guard let id = WorkstreamID(name), let record = self[id] else {
      throw Refusal.unknownWorkstream(name, known: workstreams.map(\.id), run: run)
    }
    return record
  }
}
