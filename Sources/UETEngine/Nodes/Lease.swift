import UETGit
import UETModel

/// What a lease has come to.
///
/// A lease is one reference, which only who knows its end can move on: first to the order, then by
/// whoever takes it up to a claim, to signs of life, and in the end to the result. A second copy of
/// a job, as a batch system starts it when it has lost sight of the first, claims it anew, and what
/// the first brings then is refused. So does the orchestrator that gives a job up, by taking the
/// reference away.
struct Lease: Sendable {
  enum Step: String, Sendable {
    case order, claim, progress, result
  }

  let end: ObjectID
  let step: Step
  /// The first parents of its commits, from the end back to the order.
  let order: ObjectID

  /// More signs of life than any attempt gives.
  private static let longest = 1_000_000

  init(endingAt end: ObjectID, in repository: Repository) throws {
    self.end = end
    var id = end
    var first: Step?
    for _ in 0..<Self.longest {
      let commit = try repository.commit(id)
      let step = try Self.step(of: commit.tree, repository)
      first = first ?? step
      if step == .order { break }
      guard let before = commit.parents.first else { throw JSONShapeError(NodeOrder.document) }
      id = before
    }
    (order, step) = (id, first ?? .order)
  }

  private static func step(of tree: ObjectID, _ repository: Repository) throws -> Step {
    for entry in try repository.tree(tree) {
      switch entry.name {
      case NodeOrder.document: return .order
      case Claim.document: return .claim
      case Progress.document: return .progress
      case NodeResult.document: return .result
      default: continue
      }
    }
    throw JSONShapeError("lease")
  }

  /// Who works on it.
  struct Claim: Sendable {
    static let document = "claim.json"

    /// As the batch system names it, where it says so to its jobs.
    var job: String?
    var node: String

    var json: JSONValue {
      var object = JSONObject([("version", 1), ("node", .string(node))])
      object.append("job", .text(job))
      return .object(object)
    }
  }

  /// What its worker said last.
  struct Progress: Hashable, Sendable {
    static let document = "progress.json"

    var percent: Int?
    var message: String?

    var json: JSONValue {
      var object = JSONObject([("version", 1)])
      object.append("percent", .integer(percent))
      object.append("message", .text(message))
      return .object(object)
    }

    init(percent: Int?, message: String?) { (self.percent, self.message) = (percent, message) }

    init?(in commit: ObjectID, of repository: Repository) {
      guard let tree = try? repository.treeID(of: commit),
        let entry = (try? repository.entry(at: Self.document, in: tree)) ?? nil,
        let document = try? JSONValue(parsing: repository.blob(entry.id))
      else { return nil }
      percent = document["percent"]?.integer.flatMap { Int(exactly: $0) }
        .flatMap { (0...100).contains($0) ? $0 : nil }
      message = document["message"]?.string
      // A mere sign of life.
      if percent == nil, message == nil { return nil }
    }
  }
}
