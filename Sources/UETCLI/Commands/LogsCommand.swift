import ArgumentParser
import UETEngine
import UETModel
import UETWorkers

struct LogsCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "logs", abstract: "print what an attempt and its gates printed",
    discussion: """
      Shows the last attempt unless another is named; terminal escapes are made harmless. The output \
      is part of the record, so that it is there in a clone as well. With --follow, what is printed \
      now, until the workstream, or the attempt that is named, is done. 'wave-2' in place of a workstream \
      shows the gates that ran on the results of that wave.
      """)

  @OptionGroup var subject: WorkstreamArguments
  @Option(help: ArgumentHelp("The number of the attempt.", valueName: "n")) var attempt: Int?
  @Option(
    help: ArgumentHelp("Only this gate's output.", valueName: "gate"), completion: Offer.gate)
  var gate: String?
  @Flag(name: [.customShort("f"), .long], help: "Go on as more is printed.") var follow = false
  @Flag(help: "Print the bytes as they are.") var raw = false
  @Flag(help: "Print one JSON object.") var json = false

  func validate() throws {
    if follow, json { throw ValidationError("'--follow' and '--json' do not go together") }
  }

  func run() async throws {
    let context = CommandContext(.printing)
    let project = try await context.projectWithFetched(reading: true)
    if let wave = waveNumber { return try showWave(wave, project, context) }
    let id = try project.run(named: subject.run)
    let record = try project.state(of: id).record(named: subject.workstream)
    if let attempt, !follow, !record.attempts.contains(where: { $0.number == attempt }) {
      let count = record.attempts.count
      throw Refusal(
        .usage, "'\(record.id)' has no attempt \(attempt)",
        hint: "it has \(count): git uet show \(id) \(record.id)")
    }
    if follow { return try await follow(project, id, record.id, context) }
    let all = try project.logs(of: record, in: id, attempt: attempt)
    let logs = gate == nil ? all : all.filter { LogName($0.name)?.gate == gate }
    if let gate, logs.isEmpty, !record.gates.contains(where: { $0.name == gate }) {
      throw Self.unknown(gate, all, record)
    }
    if json {
      context.print(Self.document(logs, id, record.id))
    } else if logs.isEmpty {
      context.note(
        Self.silence(of: record, gate) + "; how it went: git uet show \(id) \(record.id)")
    } else {
      show(logs, context)
    }
  }

  private var waveNumber: Int? {
    let name = subject.workstream
    return name.hasPrefix("wave-") ? Int(name.dropFirst(5)) : nil
  }

  private func showWave(_ number: Int, _ project: Project, _ context: CommandContext) throws {
    if follow || attempt != nil {
      throw Refusal(
        .usage, "'wave-\(number)' has no attempts, and cannot be followed",
        hint: "see how it stands: git uet status \(subject.run ?? "")".terminalSafe)
    }
    let id = try project.run(named: subject.run)
    let all = try project.logs(ofWave: number, in: id)
    let logs = all.filter { gate == nil || $0.name == "wave-\(number).\(gate ?? "").log" }
    if json {
      let list = logs.map { log -> JSONValue in
        [
          "name": .string(log.name), "bytes": .integer(Int64(log.bytes.count)),
          "text": .string(String(decoding: log.bytes, as: UTF8.self)),
        ]
      }
      return context.print([
        "version": 1, "run": .string(id.rawValue), "wave": .integer(Int64(number)),
        "logs": .array(list),
      ])
    }
    if logs.isEmpty { return context.note("no output of the gates of wave \(number) is recorded") }
    show(logs, context)
  }

  private func show(_ logs: [RecordedLog], _ context: CommandContext) {
    for log in logs {
      if logs.count > 1 { context.output.line("==> \(log.name.terminalSafe) <==") }
      var view = LogText()
      let text =
        raw ? String(decoding: log.bytes, as: UTF8.self) : view.take(log.bytes) + view.finish()
      context.output.write(text)
      if !text.hasSuffix("\n") { context.output.line() }
    }
  }

  private static func unknown(
    _ gate: String, _ logs: [RecordedLog], _ record: WorkstreamRecord
  ) -> Refusal {
    let written = logs.compactMap { LogName($0.name)?.gate }
    let names = Set(written + record.gates.map(\.name)).sorted()
    return Refusal(
      .usage, "no gate '\(gate.terminalSafe)' ran on '\(record.id)'",
      hint: (names.isEmpty ? "no gate did" : "these did: \(names.joined(separator: ", "))")
        .terminalSafe)
  }

  /// Why there is nothing to show: it printed nothing, was not run again, or did not begin.
  private static func silence(of record: WorkstreamRecord, _ gate: String?) -> String {
    let gates = record.gates.filter { $0.name == gate }
    if let gate {
      return gates.allSatisfy { $0.reused != nil }
        ? "gate '\(gate.terminalSafe)' was not run on '\(record.id)': its verdict is known from before"
        : "gate '\(gate.terminalSafe)' printed nothing on '\(record.id)'"
    }
    if record.attempts.isEmpty, record.gates.isEmpty { return "nothing of '\(record.id)' ran yet" }
    return record.gates.isEmpty
      ? "'\(record.id)' printed nothing" : "neither '\(record.id)' nor its gates printed anything"
  }

  private static func document(
    _ logs: [RecordedLog], _ run: RunID, _ id: WorkstreamID
  ) -> JSONValue {
    let list = logs.map { log -> JSONValue in
      var object = JSONObject([("name", .string(log.name))])
      let name = LogName(log.name)
      object.append("attempt", name?.attempt.map { .integer(Int64($0)) })
      object.append("gate", .text(name?.gate))
      object.append("bytes", .integer(Int64(log.bytes.count)))
      object.append("text", .string(String(decoding: log.bytes, as: UTF8.self)))
      return .object(object)
    }
    return [
      "version": 1, "run": .string(run.rawValue), "workstream": .string(id.rawValue),
      "logs": .array(list),
    ]
  }
}

extension LogsCommand {
  private func follow(
    _ project: Project, _ run: RunID, _ id: WorkstreamID, _ context: CommandContext
  ) async throws {
    Outlet.standard.endWithReader()
    let follower = LogFollower(project, run: run, workstream: id, attempt: attempt, gate: gate)
    var views: [String: LogText] = [:]
    var last: String?
    let raw = raw
    let end = try await follower.follow { name, bytes in
      if last != name {
        context.output.line("\(last == nil ? "" : "\n")==> \(name.terminalSafe) <==")
        last = name
      }
      let text =
        raw
        ? String(decoding: bytes, as: UTF8.self) : views[name, default: LogText()].take(bytes)
      context.output.write(text)
    }
    if let last, var view = views[last] { context.output.write(view.finish()) }
    switch end {
    case .settled(let state): context.note("'\(id)' is \(state.rawValue)")
    case .runStopped:
      context.note("nobody works on run '\(run)'; see 'git uet recover --list'")
    }
  }
}
