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

    /// What a commit of a lease is.
    init(of commit: ObjectID, in repository: Repository) throws {
      for entry in try repository.tree(repository.treeID(of: commit)) {
        switch entry.name {
        case NodeOrder.document: self = .order
        case Claim.document: self = .claim
        case Progress.document: self = .progress
        case NodeResult.document: self = .result
        default: continue
        }
        return
      }
      throw JSONShapeError("lease")
    }
  }

  let end: ObjectID
  let step: Step
  /// The first parents of its commits, from the end back to the order.
  let order: ObjectID

  /// More signs of life than any attempt gives.
  private static let longest = 1_000_000

  /// Goes back to the order; who only wants to know how far it is asks for its step.
  init(endingAt end: ObjectID, in repository: Repository) throws {
    self.end = end
    step = try Step(of: end, in: repository)
    var id = end
    for _ in 0..<Self.longest {
      if try Step(of: id, in: repository) == .order { break }
      guard let before = try repository.commit(id).parents.first else {
        throw JSONShapeError(NodeOrder.document)
      }
      id = before
    }
    order = id
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

  /// What its worker said last, and all that it has used so far.
  struct Progress: Hashable, Sendable {
    static let document = "progress.json"
    /// Bytes; more than any attempt has to say.
    private static let largest = 16 << 20

    var percent: Int?
    var message: String?
    var usage: JSONValue?

    var json: JSONValue {
      var object = JSONObject([("version", 1)])
      object.append("percent", .integer(percent))
      object.append("message", .text(message))
      object.append("usage", usage)
      return .object(object)
    }

    init(percent: Int?, message: String?) { (self.percent, self.message) = (percent, message) }

    init?(in commit: ObjectID, of repository: Repository) {
      guard let tree = try? repository.treeID(of: commit),
        let entry = (try? repository.entry(at: Self.document, in: tree)) ?? nil,
        let size = try? repository.size(of: entry.id), size <= Self.largest,
        let document = try? JSONValue(parsing: repository.blob(entry.id))
      else { return nil }
      percent = document["percent"]?.integer.flatMap { Int(exactly: $0) }
        .flatMap { (0...100).contains($0) ? $0 : nil }
      message = document["message"]?.string
      usage = document["usage"]
      // A mere sign of life.
      if percent == nil, message == nil, usage == nil { return nil }
    }
  }
}
