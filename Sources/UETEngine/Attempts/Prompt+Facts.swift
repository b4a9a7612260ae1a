import UETGit
import UETModel
import UETPlanning
import UETTools
import UETWorkers

extension RunFacts {
  /// What an attempt is asked that builds on `inputs` and comes after `previous`.
  func prompt(
    for workstream: Workstream, _ attempt: Int, on inputs: [AttemptRecord.Input],
    by tool: String, after previous: AttemptRecord?, notes: [String] = [],
    answers: [QuestionRecord] = [], mayResume: Bool = true
  ) -> Prompt {
    var prompt = Prompt(workstream: workstream, attempt: attempt)
    prompt.preamble = try? project.houseRules(at: base)
    prompt.inputs = inputs.map(summary)
    prompt.handoffs = handoffs(of: inputs, tokens: configuration.prompt.handoffTokens)
    prompt.asksHandoff = configuration.asksHandoff(of: tool)
    prompt.answers = answers.compactMap { question in
      question.answer.map { (question.question, $0) }
    }
    let isResult = previous?.outcome == .succeeded
    if isResult || !notes.isEmpty {
      prompt.sentBack = Prompt.SentBack(notes: notes, result: isResult ? previous?.tip : nil)
    }
    if !isResult { prompt.previous = previous.map { failure(of: workstream.id, $0) } }
    prompt.previous?.isResumed =
      mayResume && resumedSession(of: workstream, by: tool, after: previous) != nil
    prompt.previous?.kept = previous?.salvage
    prompt.previous?.hasAsked = previous?.asks != nil
    return prompt
  }

  /// What of its own scope a result has changed since the run's base: it may stand on others'.
  private func summary(of input: AttemptRecord.Input) -> Prompt.Input {
    let workstream = workstreams[input.workstream]
    let changes = (try? repository.changes(from: base, to: input.commit)) ?? []
    let paths = changes.map(\.path).filter { workstream?.scope.allowsWriting($0) ?? true }
    let task = workstream?.tasks.first?.split(whereSeparator: \.isNewline).first.map(String.init)
    return Prompt.Input(workstream: input.workstream, task: task, paths: paths)
  }

  private func failure(of id: WorkstreamID, _ record: AttemptRecord) -> Prompt.Failure {
    let message = record.message ?? "no message"
    let logs = (try? project.logs(["\(id).\(record.number)."], in: run)) ?? []
    let gate = logs.last { log in
      LogName(log.name)?.gate.map { Self.tells(message, of: $0) } ?? false
    }
    guard let log = gate ?? logs.first(where: { LogName($0.name)?.gate == nil }) else {
      return Prompt.Failure(message: message)
    }
    let tool = record.tool ?? workstreams[id]?.tool
    let name = LogName(log.name)?.gate ?? tool.map { "'\($0)'" } ?? "it"
    return Prompt.Failure(
      message: message,
      output: (name, PromptText.end(of: log.bytes, tokens: configuration.prompt.logTokens)))
  }

  /// Whether a message is about what a gate, or a command of the set-up, printed.
  private static func tells(_ message: String, of gate: String) -> Bool {
    message.hasPrefix("\(gate) ") || (message.hasPrefix("set-up ") && gate.hasPrefix("setup"))
  }
}

/// Parts of files for agents to read.
enum PromptText {
  /// A longer file of rules would leave no room for the work.
  static let longestRules = 64 << 10

  /// The last lines, as they look on a terminal.
  static func end(of bytes: [UInt8], tokens: Int) -> String {
    var text = LogText()
    let shown = Array((text.take(bytes) + text.finish()).utf8)
    var end = shown.suffix(tokens * TokenEstimate.tokenSize)
    if end.count < shown.count {
      // From the beginning of a line where that leaves any, else of a character.
      let feed = end.dropLast().firstIndex(of: UInt8(ascii: "\n"))
      end = feed.map { end[($0 + 1)...] } ?? end.drop { $0 & 0xC0 == 0x80 }
    }
    return String(decoding: end, as: UTF8.self)
  }
}

extension Project {
  /// The rules of the house as they are in a commit; nil where none are set. Throws a diagnostic
  /// where that commit does not have them.
  func houseRules(at base: ObjectID) throws -> String? {
    guard let path = configuration.prompt.preamble else { return nil }
    guard let entry = try repository.entry(at: path, in: base), entry.mode != .tree,
      entry.mode != .symlink, entry.mode != .submodule
    else {
      throw InvalidDocuments([
        preamble(
          "\(path.quoted(limit: 60)) is no file of commit \(base.short), from which the run starts",
          "commit it: git add \(path.shellQuoted) && git commit")
      ])
    }
    let bytes = try repository.blob(entry.id)
    guard bytes.count <= PromptText.longestRules else {
      throw InvalidDocuments([
        preamble(
          "\(path.quoted(limit: 60)) has more than \(PromptText.longestRules / 1024) KiB",
          "say less: it stands before every agent's tasks")
      ])
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// What is wrong with them where runs start, unless told otherwise.
  package var ruleProblems: [Diagnostic] {
    guard configuration.prompt.preamble != nil,
      let base = try? repository.resolveBranchFirst(configuration.run.base)
    else { return [] }
    do {
      _ = try houseRules(at: base)
    } catch let documents as InvalidDocuments {
      return documents.diagnostics
    } catch { return [] }
    return []
  }

  private func preamble(_ message: String, _ hint: String) -> Diagnostic {
    Diagnostic(
      .error, "preamble",
      SourcePlace(file: Self.configurationPath, line: 0, pointer: "/prompt/preamble"),
      message, hint: hint)
  }
}
