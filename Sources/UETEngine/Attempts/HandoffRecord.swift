import UETGit
import UETModel
import UETPlanning
import UETSystem
import UETTools

/// What a result leaves to those who build on it, as the record keeps it: a file of JSON beside the
/// event that completes the attempt, named by workstream and result.
struct HandoffRecord: Sendable {
  let handoff: Handoff
  /// The results that this one was made on top of.
  let inputs: [AttemptRecord.Input]

  init(_ handoff: Handoff, on inputs: [AttemptRecord.Input]) {
    (self.handoff, self.inputs) = (handoff, inputs)
  }

  /// nil for what is no such file.
  init?(_ bytes: [UInt8]) {
    guard let object = (try? JSONValue(parsing: bytes))?.object,
      let handoff = Handoff(json: object)
    else { return nil }
    self.handoff = handoff
    inputs = (object["inputs"]?.array ?? []).compactMap { AttemptRecord.Input(json: $0) }
  }

  var bytes: [UInt8] {
    var object: JSONObject = ["version": 1]
    object.complete(with: handoff.json)
    object.append("inputs", .list(inputs, \.json))
    return Array(JSONValue.object(object).encoded().utf8)
  }
}

extension Configuration {
  /// Whether a tool is an agent program that is asked for a hand-off.
  func asksHandoff(of tool: String) -> Bool { prompt.handoff && isAgent(tool) }

  func isAgent(_ tool: String) -> Bool { tools[tool]?.adapter.isAgent == true }
}

extension Repository {
  /// More files are named only, and longer ones not looked into.
  private static let (mostFiles, longestFile) = (300, 256 << 10)

  /// What follows from the commits between two; texts are `redacted` before anything is cut.
  func derivedHandoff(
    from base: ObjectID, to tip: ObjectID, printed: String,
    redacted: (String) -> String = { $0 }
  ) -> Handoff {
    let changes = base == tip ? [] : (try? changes(from: base, to: tip)) ?? []
    let looked = changes.enumerated().map { index, change in
      let isRead = index < Self.mostFiles
      return Handoff.FileChange(
        path: change.path, isNew: change.old == nil, isGone: change.new == nil,
        old: isRead ? text(change.old).map(redacted) : nil,
        new: isRead ? text(change.new).map(redacted) : nil)
    }
    return Handoff.derived(
      looked, subjects: ownSubjects(from: base, to: tip).map(redacted), printed: printed)
  }

  private func text(_ side: PathChange.Side?) -> String? {
    guard let side, side.mode == .file || side.mode == .executable,
      let size = try? size(of: side.id), size <= Self.longestFile, let bytes = try? blob(side.id),
      !bytes.contains(0)
    else { return nil }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// The subjects of commits that the worker made by itself, the oldest first.
  private func ownSubjects(from base: ObjectID, to tip: ObjectID) -> [String] {
    let commits = base == tip ? [] : (try? commits(in: tip, notIn: [base])) ?? []
    return commits.suffix(20).compactMap { id in
      guard let message = try? commit(id).message, !message.contains("\nUET-Run: ") else {
        return nil
      }
      return message.split(whereSeparator: \.isNewline).first.map(String.init)
    }
  }
}

extension AttemptRunner {
  /// Writes what the result leaves to others beside its logs, from where the record gets it.
  func handOff(_ tip: ObjectID, since base: ObjectID) -> Handoff.Head? {
    let isAgent = context.configuration.isAgent(order.tool)
    // Before anything is cut: a part of a secret is not known as one.
    let redacted: (String) -> String = context.logs.redaction.redacted
    let tail = redacted(context.logs.tail(context.logs.output(order.name)))
    let lastMessage = lastMessage.map(redacted)
    let printed = isAgent ? lastMessage ?? "" : PromptText.end(of: Array(tail.utf8), tokens: 200)
    let derived = context.repository.derivedHandoff(
      from: base, to: tip, printed: printed, redacted: redacted)
    let said = isAgent ? HandoffForm.handoff(in: lastMessage ?? tail) : nil
    let whole = said.map { $0.completed(by: derived) } ?? derived
    let handoff = whole.mapped(redacted).fitting(tokens: Handoff.mostTokens)
    let path = context.logs.handoff(id, tip)
    do {
      try Files.write(HandoffRecord(handoff, on: order.inputs).bytes, to: path)
    } catch {
      context.project.warn("the hand-off of '\(id)' cannot be kept: \(error)")
      return nil
    }
    context.written.add(path, of: order.name)
    return handoff.isEmpty ? nil : handoff.head
  }
}

extension Project {
  /// What a result leaves to others; nil where no record says so.
  func handoff(of result: AttemptRecord.Input, in run: RunID) -> HandoffRecord? {
    let name = AttemptLogs.handoffName(result.workstream, result.commit)
    let file = Files.content(of: "\(logs(of: run).folder)/\(name)")
    return (file ?? (try? recordedFile(name, in: run))).flatMap { HandoffRecord($0) }
  }
}

extension RunFacts {
  /// How many results are asked, the nearest first.
  private static let mostAsked = 40

  /// What is told of the results that an attempt stands on, the nearest first, in about so many
  /// tokens: each gets the same room, and what one does not need goes to those behind it.
  func handoffs(of inputs: [AttemptRecord.Input], tokens: Int) -> [Prompt.Told] {
    if tokens == 0 { return [] }
    var (queue, seen) = (inputs, Set(inputs.map(\.workstream)))
    var found: [Prompt.Told] = []
    var next = 0
    while next < queue.count, next < Self.mostAsked {
      let result = queue[next]
      next += 1
      guard let record = project.handoff(of: result, in: run) else { continue }
      queue += record.inputs.filter { seen.insert($0.workstream).inserted }
      if record.handoff.isEmpty { continue }
      found.append(Prompt.Told(workstream: result.workstream, handoff: record.handoff))
    }
    let fitted = Handoff.sharing(found.map(\.handoff), tokens: tokens)
    return zip(found, fitted).map { Prompt.Told(workstream: $0.workstream, handoff: $1) }
  }
}
