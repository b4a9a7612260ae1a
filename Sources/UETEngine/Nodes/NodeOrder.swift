import UETGit
import UETModel
import UETPlanning
import UETScheduling

/// What a node is asked to do, with all that it needs beside the content of the commit that it
/// starts from.
///
/// It is the commit that a lease begins with: a fetch of that one reference brings the other as
/// well.
struct NodeOrder: Sendable {
  let run: RunID
  /// The commit that the run started from.
  let runBase: ObjectID
  /// The commit that an attempt starts from, or that a gate is to judge.
  let base: ObjectID
  /// The full name of the lease's reference.
  let lease: String
  /// That of the run's start.
  let configuration: Configuration
  let refPrefix: String
  /// Seconds between two signs of life.
  let heartbeat: Double
  let work: Work

  enum Work: Sendable {
    case attempt(Attempt)
    case gate(GateRun)
  }

  struct Attempt: Sendable {
    let workstream: Workstream
    let order: AttemptOrder
    /// What the attempt before left, and this one goes on with.
    let workInHand: ObjectID?
    let prompt: String
  }

  /// A gate that is run in a clean or warm checkout of the commit.
  struct GateRun: Sendable {
    let name: String
    /// A bundle's own; nil for that of the configuration.
    let command: Command?
    /// What a bundle adds to its environment.
    let declared: [String: String]
    let isCold: Bool
  }

  static let document = "order.json"
  private static let settings = "config.yaml"
  private static let prompt = "prompt.md"
  private static let bundle = "bundle.json"
  private static let version: Int64 = 1
}

extension NodeOrder {
  /// Stores it; no reference moves.
  func write(
    to objects: some ObjectWriting, at time: Timestamp
  ) throws(GitError) -> ObjectID {
    var files = [
      (name: Self.document, bytes: Array(json.encoded(.pretty).utf8)),
      (name: Self.settings, bytes: configuration.encoded()),
    ]
    var parents = [base]
    let subject: String
    switch work {
    case .attempt(let attempt):
      files.append((Self.prompt, Array(attempt.prompt.utf8)))
      files.append((Self.bundle, Array(attempt.workstream.bundle.encoded(.pretty).utf8)))
      if let work = attempt.workInHand { parents.append(work) }
      subject = "attempt \(attempt.order.name.number) of '\(attempt.workstream.id)'"
    case .gate(let gate): subject = "\(gate.name) on \(base.short)"
    }
    return try objects.writeRecord(
      files, parents: parents, "order: \(subject)", of: run, at: time)
  }

  private var json: JSONValue {
    var object = JSONObject([
      ("version", .integer(Self.version)), ("run", .string(run.rawValue)),
      ("run_base", .commit(runBase)), ("base", .commit(base)), ("lease", .string(lease)),
      ("heartbeat", .number(heartbeat)), ("ref_prefix", .string(refPrefix)),
    ])
    switch work {
    case .attempt(let attempt): object.append("attempt", attempt.json)
    case .gate(let gate): object.append("gate", gate.json)
    }
    return .object(object)
  }

  /// Reads it from its commit.
  init(_ commit: ObjectID, in repository: Repository) throws {
    let tree = try repository.commit(commit).tree
    func file(_ name: String) throws -> [UInt8] {
      guard let entry = try repository.entry(at: name, in: tree) else { throw JSONShapeError(name) }
      return try repository.blob(entry.id)
    }
    guard let object = try JSONValue(parsing: file(Self.document)).object else {
      throw JSONShapeError(Self.document)
    }
    guard try object.required("version", \.integer) <= Self.version else {
      throw Refusal(
        .usage, "the order in commit \(commit.short) needs a newer git-uet",
        hint: "install the version on this node that the orchestrator has")
    }
    run = try object.required("run") { $0.string.flatMap { RunID($0) } }
    runBase = try object.required("run_base", \.objectID)
    base = try object.required("base", \.objectID)
    lease = try object.required("lease", \.string)
    heartbeat = try object.required("heartbeat", \.double)
    refPrefix = try object.required("ref_prefix", \.string)
    let (settings, problems) = Configuration.load(try file(Self.settings), file: Self.settings)
    if problems.hasErrors { throw InvalidDocuments(problems) }
    configuration = settings
    if let gate = object["gate"] {
      work = .gate(try GateRun(json: gate))
      return
    }
    let loaded = BundleLoader.load([
      BundleFile(path: Self.bundle, bytes: try file(Self.bundle))
    ]).placed(in: repository.baseTree(base))
    guard let workstream = loaded.workstreams.first else {
      throw InvalidDocuments(loaded.diagnostics)
    }
    work = .attempt(
      try Attempt(
        json: object["attempt"] ?? .null, workstream,
        prompt: String(decoding: try file(Self.prompt), as: UTF8.self)))
  }
}

extension NodeOrder.Attempt {
  fileprivate var json: JSONValue {
    var object = JSONObject([
      ("number", .integer(Int64(order.name.number))), ("place", .integer(Int64(order.place))),
      ("worker", .string(order.worker)), ("tool", .string(order.tool)),
    ])
    object.append("inputs", .list(order.inputs, \.json))
    object.append("timeout", order.timeout.map(JSONValue.number))
    object.append("cap", order.cap?.json)
    object.append("work_in_hand", .commit(workInHand))
    return .object(object)
  }

  fileprivate init(
    json: JSONValue, _ workstream: Workstream, prompt: String
  ) throws(JSONShapeError) {
    guard let object = json.object else { throw JSONShapeError("attempt") }
    (self.workstream, self.prompt) = (workstream, prompt)
    order = AttemptOrder(
      name: AttemptName(workstream.id, try object.required("number", \.integer)),
      place: try object.required("place", \.integer),
      worker: try object.required("worker", \.string),
      inputs: try object.list("inputs", \.attemptInput),
      tool: try object.required("tool", \.string),
      timeout: try object.optional("timeout", \.double),
      cap: try object.optional("cap") { Money(json: $0) })
    workInHand = try object.optional("work_in_hand", \.objectID)
  }
}

extension NodeOrder.GateRun {
  fileprivate var json: JSONValue {
    var object = JSONObject([("name", .string(name)), ("cold", .bool(isCold))])
    object.append("command", command?.json)
    let variables = declared.sorted { $0.key < $1.key }
      .map { JSONObject.Member($0.key, .string($0.value)) }
    object.append("env", .object(JSONObject(members: variables)))
    return .object(object)
  }

  fileprivate init(json: JSONValue) throws(JSONShapeError) {
    guard let object = json.object else { throw JSONShapeError("gate") }
    name = try object.required("name", \.string)
    isCold = try object.required("cold", \.bool)
    command = object["command"].flatMap { value in
      value.string.map(Command.script)
        ?? value.array.map { .arguments($0.compactMap(\.string)) }
    }
    declared = Dictionary(
      (object["env"]?.object?.members ?? []).compactMap { member in
        member.value.string.map { (member.key, $0) }
      }, uniquingKeysWith: { $1 })
  }
}

extension ObjectWriting {
  /// Stores a commit of the engine's that holds documents; a `/` in a name makes a folder. No
  /// reference moves.
  func writeRecord(
    _ files: [(name: String, bytes: [UInt8])], parents: [ObjectID], _ subject: String,
    of run: RunID, at time: Timestamp
  ) throws(GitError) -> ObjectID {
    var entries: [TreeEntry] = []
    var folders: [String: [TreeEntry]] = [:]
    for file in files {
      let blob = try writeBlob(file.bytes)
      let parts = file.name.split(separator: "/", maxSplits: 1).map(String.init)
      if parts.count == 2 {
        folders[parts[0], default: []].append(TreeEntry(name: parts[1], mode: .file, id: blob))
      } else {
        entries.append(TreeEntry(name: file.name, mode: .file, id: blob))
      }
    }
    for (name, inner) in folders {
      entries.append(TreeEntry(name: name, mode: .tree, id: try writeTree(inner)))
    }
    let identity = Signature.engine(at: time)
    return try writeCommit(
      tree: try writeTree(entries), parents: parents,
      message: "\(subject)\n\nUET-Run: \(run)\n", author: identity, committer: identity)
  }
}
