import UETGit
import UETModel

/// What a gate said on a node: the commit that ends its lease, with its log.
struct NodeVerdict: Sendable {
  var result: GateResult
  var log: [UInt8]?

  private static let logName = "logs/gate.log"

  /// Stores it as what follows `claim`; no reference moves.
  func write(
    to repository: Repository, after claim: ObjectID, of run: RunID, at time: Timestamp
  ) throws(GitError) -> ObjectID {
    var files = [(name: NodeResult.document, bytes: Array(json.encoded(.pretty).utf8))]
    if let log { files.append((Self.logName, log)) }
    return try repository.writeRecord(
      files, parents: [claim], "verdict: \(word.verdict)", of: run, at: time)
  }

  private var word: (verdict: String, reason: String?) {
    switch result.verdict {
    case .passed: ("passed", nil)
    case .failed(let reason): ("failed", reason)
    case .fault(let reason): ("fault", reason)
    }
  }

  private var json: JSONValue {
    var object = JSONObject([
      ("version", 1), ("verdict", .string(word.verdict)), ("seconds", .number(result.seconds)),
      ("flaky", .bool(result.isFlaky)), ("ended_itself", .bool(result.endedItself)),
      ("red_warm", .bool(result.wasRedWarm)),
    ])
    object.append("reason", .text(word.reason))
    object.append("warm", .commit(result.warm))
    object.append("cold", .text(result.cold))
    return .object(object)
  }

  init(_ result: GateResult, log: [UInt8]?) { (self.result, self.log) = (result, log) }

  /// Reads it from its commit.
  init(_ commit: ObjectID, in repository: Repository) throws {
    let tree = try repository.commit(commit).tree
    guard let entry = try repository.entry(at: NodeResult.document, in: tree),
      let object = try JSONValue(parsing: repository.blob(entry.id)).object
    else { throw JSONShapeError(NodeResult.document) }
    let reason = try object.optional("reason", \.string) ?? "no reason"
    let verdict: GateVerdict =
      switch try object.required("verdict", \.string) {
      case "passed": .passed
      case "failed": .failed(reason)
      default: .fault(reason)
      }
    result = GateResult(
      verdict: verdict, seconds: try object.required("seconds", \.double),
      isFlaky: try object.optional("flaky", \.bool) ?? false)
    result.endedItself = try object.optional("ended_itself", \.bool) ?? false
    result.wasRedWarm = try object.optional("red_warm", \.bool) ?? false
    result.warm = try object.optional("warm", \.objectID)
    result.cold = try object.optional("cold", \.string)
    log = try repository.entry(at: Self.logName, in: tree).map { entry throws(GitError) in
      try repository.blob(entry.id)
    }
  }
}
