import UETModel
import UETPlanning
import UETScheduling
import UETSystem
import UETTools

/// What agent programs used whose end nobody saw, by what they left: what they spent before a crash
/// was spent.
struct LeftUsage: Sendable {
  private let facts: RunFacts

  init(_ facts: RunFacts) { self.facts = facts }

  /// What is not on record yet; their processes have ended.
  func drafts(of names: [AttemptName], _ state: RunState) -> [EventDraft] {
    let prices = facts.project.prices
    return names.flatMap { name -> [EventDraft] in
      guard let record = state[name.workstream]?.lastAttempt, record.number == name.number,
        let conclusion = conclusion(
          of: name, record, after: state[name.workstream]?.previous(to: name.number))
      else { return [] }
      // They are told in one order, so that those on record are the first of them.
      return conclusion.facts(prices, at: facts.project.clock.now(), handed: nil)
        .dropFirst(record.spending.told)
        .map {
          EventDraft(
            .usageRecorded($0), workstream: name.workstream, attempt: name.number,
            worker: record.worker)
        }
    }
  }

  /// nil where no agent program was begun.
  private func conclusion(
    of name: AttemptName, _ record: AttemptRecord, after previous: AttemptRecord?
  ) -> ToolConclusion? {
    let log = facts.logs.output(name)
    guard Files.kind(log) == .file, let workstream = facts.workstreams[name.workstream],
      let invocation = try? ToolInvocation(
        workstream, tool: record.tool ?? workstream.tool, configuration: facts.configuration,
        promptFile: facts.logs.prompt(name)),
      case .agent(let adapter, let tool) = invocation.program
    else { return nil }
    let place = facts.place(of: name.workstream, worker: record.worker ?? "")
    // By which kimi's sessions are told apart.
    let prompt = Files.content(of: facts.logs.prompt(name)) ?? []
    let request = ToolRequest(
      program: adapter.name, model: invocation.model,
      prompt: String(decoding: prompt, as: UTF8.self), promptFile: facts.logs.prompt(name),
      folder: place.path, scratch: facts.logs.scratch(name),
      sessionName: facts.sessionName(of: name),
      resumes: facts.resumedSession(
        of: workstream, by: record.tool ?? workstream.tool, after: previous),
      start: record.startedAt ?? record.assignedAt)
    let call = AgentCall(adapter, tool, request: request, user: facts.project.environment)
    let variables = WorkerEnvironment.make(
      user: facts.project.environment, declared: workstream.environment, run: [:])
    return call.conclusion(
      log: log, .stopped,
      home: facts.inner(
        variables.merging(call.environment) { $1 }, of: name.workstream, adapter))
  }
}

extension RunFacts {
  /// A name for an attempt's session in the form of a UUID, the same whenever it is asked for, so
  /// that what the program keeps under it is found again.
  func sessionName(of name: AttemptName) -> String {
    let words = "\(project.repository.commonDirectory) \(run) \(name.workstream) \(name.number)"
    func sum(_ start: UInt64) -> UInt64 {
      // FNV-1a.
      words.utf8.reduce(start) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
    }
    let text = [sum(0xCBF2_9CE4_8422_2325), sum(0x9AE1_6A3B_2F90_404F)]
      .map { String($0, radix: 16) }
      .map { String(repeating: "0", count: 16 - $0.count) + $0 }.joined()
    var digits = Array(text)
    (digits[12], digits[16]) = ("4", "8")
    return [0..<8, 8..<12, 12..<16, 16..<20, 20..<32].map { String(digits[$0]) }
      .joined(separator: "-")
  }
}
