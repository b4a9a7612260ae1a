import UETGit
import UETLedger
import UETModel
import UETScheduling

/// What came of an attempt on a node: the commit that ends its lease, with the logs, and with what
/// the attempt made among its parents.
struct NodeResult: Sendable {
  var outcome: AttemptOutcome
  /// What is recorded beside its end.
  var details: JSONObject
  /// What it reported, in order.
  var facts: [EventDraft]
  var logs: [(name: String, bytes: [UInt8])]
  /// The commit that a cancelled attempt left.
  var left: ObjectID?

  static let document = "result.json"
  private static let logFolder = "logs/"
  /// Bytes of a document or a log, and how many logs: more than any attempt leaves.
  private static let largest = 16 << 20
  private static let mostLogs = 1000
}

extension NodeResult {
  /// Stores it as what follows `claim`; no reference moves.
  func write(
    to repository: Repository, after claim: ObjectID, of run: RunID, at time: Timestamp
  ) throws(GitError) -> ObjectID {
    var parents = [claim]
    for id in [tip].compactMap({ $0 }) + facts.flatMap(\.anchors)
    where !parents.contains(id) && repository.contains(id) {
      parents.append(id)
    }
    let files =
      [(name: Self.document, bytes: Array(json.encoded(.pretty).utf8))]
      + logs.map { (name: Self.logFolder + $0.name, bytes: $0.bytes) }
    return try repository.writeRecord(
      files, parents: parents, "result: \(word)", of: run, at: time)
  }

  /// What it made, or left.
  var tip: ObjectID? {
    switch outcome {
    case .succeeded(let tip, _): tip
    case .failed(let failure): failure.tip
    case .cancelled: left
    }
  }

  private var word: String {
    switch outcome {
    case .succeeded: "succeeded"
    case .failed: "failed"
    case .cancelled: "cancelled"
    }
  }

  private var json: JSONValue {
    var object = JSONObject([("version", 1), ("outcome", .string(word))])
    object.append("tip", .commit(tip))
    if case .succeeded(_, let base) = outcome { object.append("base", .commit(base)) }
    if case .failed(let failure) = outcome { object.append("failure", failure.json) }
    object.append("details", .object(details))
    object.append("facts", NodeFacts.json(facts))
    return .object(object)
  }

  /// Reads it from its commit: what a node says of an attempt `name`, that `worker` had.
  init(
    _ commit: ObjectID, in repository: Repository, of name: AttemptName, worker: String
  ) throws {
    let tree = try repository.commit(commit).tree
    guard let entry = try repository.entry(at: Self.document, in: tree),
      try repository.size(of: entry.id) <= Self.largest,
      let object = try JSONValue(parsing: repository.blob(entry.id)).object
    else { throw JSONShapeError(Self.document) }
    let tip = try object.optional("tip", \.objectID).flatMap { id in
      repository.contains(id) ? id : nil
    }
    left = nil
    switch try object.required("outcome", \.string) {
    case "succeeded":
      guard let tip else { throw JSONShapeError("tip") }
      outcome = .succeeded(tip: tip, base: try object.optional("base", \.objectID))
    case "cancelled":
      outcome = .cancelled(salvage: nil)
      left = tip
    default:
      var failure = try AttemptFailure(json: object["failure"] ?? .null)
      failure.tip = tip
      outcome = .failed(failure)
    }
    details = object["details"]?.object ?? JSONObject()
    facts = NodeFacts.read(object["facts"], in: repository, of: name, worker: worker)
    logs = []
    guard let folder = try repository.entry(at: String(Self.logFolder.dropLast()), in: tree) else {
      return
    }
    for file in try repository.tree(folder.id).prefix(Self.mostLogs) {
      // A name of the attempt's own, and no way out of the folder.
      guard file.mode == .file, file.name.hasPrefix(name.label + ".") || isHandoff(file.name, name),
        !file.name.contains("/"), try repository.size(of: file.id) <= Self.largest
      else { continue }
      logs.append((file.name, try repository.blob(file.id)))
    }
  }

  private func isHandoff(_ file: String, _ name: AttemptName) -> Bool {
    tip.map { file == AttemptLogs.handoffName(name.workstream, $0) } ?? false
  }
}

extension AttemptFailure {
  fileprivate var json: JSONValue {
    var object = JSONObject([("kind", .string(kind.rawValue)), ("message", .string(message))])
    if isTransient { object.append("transient", true) }
    if isToolBroken { object.append("tool_broken", true) }
    object.append("wait", wait.map(JSONValue.number))
    return .object(object)
  }

  fileprivate init(json: JSONValue) throws(JSONShapeError) {
    guard let object = json.object else { throw JSONShapeError("failure") }
    self.init(
      try object.required("kind") { $0.string.flatMap(ErrorKind.init) },
      try object.required("message", \.string),
      isTransient: try object.optional("transient", \.bool) ?? false)
    isToolBroken = try object.optional("tool_broken", \.bool) ?? false
    wait = try object.optional("wait", \.double)
  }
}
