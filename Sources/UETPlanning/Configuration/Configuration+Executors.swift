import UETModel

extension Configuration {
  /// What this process runs itself.
  package static let localExecutor = AttemptRecord.localExecutor

  /// A batch system that work is handed to.
  package struct Executor: Hashable, Sendable {
    package enum Kind: String, CaseIterable, Hashable, Sendable {
      case slurm
      /// Any, by the commands that its entry has.
      case command
      /// Processes of this machine that outlive the run's own: to try things out.
      case processes
    }

    package var kind: Kind
    package var partition: String?
    package var account: String?
    /// Seconds that a job may take, where nothing else says; nil for what the system allows.
    package var time: Double?
    /// Further options of what hands jobs over.
    package var options: [String] = []
    /// A command that each job's own is started by, as one that enters a container.
    package var wrapper: [String] = []
    /// The repository as nodes reach it; nil for the path that it has here.
    package var remote: String?
    /// Where nodes keep mirrors and worktrees; nil for the usual place of temporary files.
    package var folder: String?
    /// The program as nodes find it; nil for the path that it has here.
    package var program: String?
    /// Jobs that wait or run at once at most; nil for no limit.
    package var jobs: Int?
    /// Seconds between two looks at jobs, while something changes.
    package var poll = 2.0
    /// Seconds between two signs of life of a job.
    package var heartbeat = 30.0
    /// Variables of the user's environment that jobs get.
    package var passedVariables: [String] = []
    package var submit: Command?
    package var status: Command?
    package var cancel: Command?
    /// Prints how many cores are free.
    package var idle: Command?
    /// What `submit` prints, with `{id}` where a job's id stands; nil for the first word of the
    /// last line.
    package var id: String?
    /// Counted from 1.
    package var columns: [JobColumn: Int] = [.id: 1, .state: 2]
    package var states: [String: JobMeaning] = [:]

    package init(_ kind: Kind) { self.kind = kind }
  }

  /// The one of that name; nil for this process itself, and for one that is not declared.
  package func executor(named name: String) -> Executor? {
    executors[name] ?? (name == Executor.Kind.slurm.rawValue ? Executor(.slurm) : nil)
  }

  /// Where a tool's attempts may run, the first choice first.
  package func executors(for tool: String) -> [String] { tools[tool]?.executors ?? run.executors }

  /// Whether attempts with a tool may run on this machine.
  package func runsHere(_ tool: String) -> Bool {
    executors(for: tool).contains(Self.localExecutor)
  }

  /// Where a gate runs when it is not part of an attempt.
  package func executor(ofGate gate: String) -> String {
    gates[gate]?.executor ?? Self.localExecutor
  }

  /// Refuses where a setting names an executor that nothing declares.
  package func requireDeclaredExecutors() throws(Refusal) {
    guard let (setting, name) = undeclaredExecutor else { return }
    let known = [Self.localExecutor, Executor.Kind.slurm.rawValue] + executors.keys
    throw Refusal(
      .usage,
      "'\(setting.terminalSafe)' names an executor that is not declared: "
        + "'\(name.terminalSafe)'",
      hint: "there are: "
        + Set(known).sorted().map { "'\($0.terminalSafe)'" }.joined(separator: ", "),
      "declare it under 'executors' in the configuration")
  }

  private var undeclaredExecutor: (setting: String, name: String)? {
    let named =
      run.executors.map { ("run.executor", $0) }
      + tools.sorted { $0.key < $1.key }.flatMap { name, tool in
        (tool.executors ?? []).map { ("tools.\(name).executor", $0) }
      }
      + gates.sorted { $0.key < $1.key }.compactMap { name, gate in
        gate.executor.map { ("gates.\(name).executor", $0) }
      }
    return named.first { $0.1 != Self.localExecutor && executor(named: $0.1) == nil }
  }
}

extension Configuration {
  struct ExecutorDraft {
    var executor: Executor
    var kind: Executor.Kind?
  }

  static let executorFields = FieldTable<ExecutorDraft>([
    "kind": { $2.kind = $0.choice($1) },
    "partition": { $2.executor.partition = $0.name($1) },
    "account": { $2.executor.account = $0.name($1) },
    "time": { $2.executor.time = $0.duration($1) },
    "options": { reading, node, draft in
      draft.executor.options = reading.list(node) { $0.text($1) }
    },
    "wrapper": { reading, node, draft in
      draft.executor.wrapper = reading.list(node) { $0.text($1) }
    },
    "remote": { $2.executor.remote = $0.text($1) },
    "folder": { $2.executor.folder = $0.text($1) },
    "program": { $2.executor.program = $0.text($1) },
    "jobs": { $2.executor.jobs = $0.integer($1, in: 1...1_000_000) },
    "poll": { $2.executor.poll = $0.duration($1) ?? $2.executor.poll },
    "heartbeat": { $2.executor.heartbeat = $0.duration($1) ?? $2.executor.heartbeat },
    "pass_env": { reading, node, draft in
      draft.executor.passedVariables = reading.list(node) { $0.variable($1) }
    },
    "submit": { $2.executor.submit = $0.command($1) },
    "status": { $2.executor.status = $0.command($1) },
    "cancel": { $2.executor.cancel = $0.command($1) },
    "idle": { $2.executor.idle = $0.command($1) },
    "id": { $2.executor.id = $0.holed($1) },
    "columns": { $0.read($1, columnFields, into: &$2.executor.columns) },
    "states": { $0.states($1, into: &$2.executor.states) },
  ])

  static let localFields = FieldTable<Int?>([
    "jobs": { $2 = $0.integer($1, in: 1...10_000) }
  ])

  private static let columnFields = FieldTable<[JobColumn: Int]>([
    "id": { $2[.id] = $0.integer($1, in: 1...1000) ?? $2[.id] },
    "state": { $2[.state] = $0.integer($1, in: 1...1000) ?? $2[.state] },
    "name": { $2[.name] = $0.integer($1, in: 1...1000) },
    "exit": { $2[.exit] = $0.integer($1, in: 1...1000) },
    "reason": { $2[.reason] = $0.integer($1, in: 1...1000) },
    "node": { $2[.node] = $0.integer($1, in: 1...1000) },
  ])
}

extension Reading {
  /// A number of workers, or `auto`.
  mutating func workers(_ node: Node) -> WorkerCount? {
    if case .string(WorkerCount.autoWord) = node.value { return .auto }
    return integer(node, in: 1...1024).map { .count($0) }
  }

  /// A name, or several, of which the first is the first choice.
  mutating func executorNames(_ node: Node) -> [String]? {
    guard case .array = node.value else { return name(node).map { [$0] } }
    let names = list(node) { $0.name($1) }
    guard !names.isEmpty, Set(names).count == names.count else {
      noteValue(node, "must name one executor or more, and none of them twice")
      return nil
    }
    return names
  }

  mutating func executors(_ node: Node, into configuration: inout Configuration) {
    named(node) { reading, name, value in
      guard name != Configuration.localExecutor else {
        return reading.read(value, Configuration.localFields, into: &configuration.localJobs)
      }
      let executors = configuration.executors
      let isSlurm = name == Configuration.Executor.Kind.slurm.rawValue
      let known = executors[name]
      var draft = Configuration.ExecutorDraft(
        executor: known ?? Configuration.Executor(isSlurm ? .slurm : .command))
      let errorsBefore = reading.errorCount
      if !value.isNull { reading.read(value, Configuration.executorFields, into: &draft) }
      guard reading.errorCount == errorsBefore else { return }
      draft.executor.kind = draft.kind ?? draft.executor.kind
      if draft.executor.kind == .command, draft.executor.lacksCommand {
        reading.note(
          "missing_field", at: value.offset,
          "executor \(name.quoted(limit: 60)) needs "
            + (draft.kind == nil && known == nil ? "a 'kind', or " : "")
            + "'submit', 'status' and 'cancel'")
      }
      configuration.executors[name] = draft.executor
    }
  }

  fileprivate mutating func states(
    _ node: Node, into states: inout [String: JobMeaning]
  ) {
    named(node) { reading, name, value in
      if value.isNull {
        states[name] = nil
      } else if let meaning = reading.choice(value, JobMeaning.self) {
        states[name] = meaning
      }
    }
  }

  /// A text with a place for a job's id.
  fileprivate mutating func holed(_ node: Node) -> String? {
    guard let text = text(node) else { return nil }
    guard text.split(separator: "{id}", omittingEmptySubsequences: false).count == 2 else {
      noteValue(node, "must have one '{id}', where a job's id stands")
      return nil
    }
    return text
  }
}

extension Configuration.Executor {
  fileprivate var lacksCommand: Bool { submit == nil || status == nil || cancel == nil }

  var json: JSONObject {
    func list(_ texts: [String]) -> JSONValue? {
      texts.isEmpty ? nil : .array(texts.map(JSONValue.string))
    }
    var object: JSONObject = ["kind": .string(kind.rawValue)]
    object.append("partition", partition.map(JSONValue.string))
    object.append("account", account.map(JSONValue.string))
    object.append("time", time.map(JSONValue.number))
    object.append("options", list(options))
    object.append("wrapper", list(wrapper))
    object.append("remote", remote.map(JSONValue.string))
    object.append("folder", folder.map(JSONValue.string))
    object.append("program", program.map(JSONValue.string))
    object.append("jobs", jobs.map { .integer(Int64($0)) })
    object.append("poll", .number(poll))
    object.append("heartbeat", .number(heartbeat))
    object.append("pass_env", list(passedVariables))
    object.append("submit", submit?.json)
    object.append("status", status?.json)
    object.append("cancel", cancel?.json)
    object.append("idle", idle?.json)
    object.append("id", id.map(JSONValue.string))
    if kind == .command {
      let sorted = columns.map { ($0.key.rawValue, JSONValue.integer(Int64($0.value))) }
        .sorted { $0.0 < $1.0 }
      object.append("columns", .object(JSONObject(sorted)))
      let words = states.map { ($0.key, JSONValue.string($0.value.rawValue)) }
        .sorted { $0.0.utf8.lexicographicallyPrecedes($1.0.utf8) }
      if !words.isEmpty { object.append("states", .object(JSONObject(words))) }
    }
    return object
  }
}

extension Configuration {
  /// Batch systems, and what is said of this machine.
  var executorsJSON: JSONValue {
    var members = executors.mapValues(\.json)
    if let localJobs { members[Self.localExecutor] = ["jobs": .integer(Int64(localJobs))] }
    return Self.object(members) { $0 }
  }
}

extension [String] {
  /// One name, or several.
  var executorsJSON: JSONValue { count == 1 ? .string(self[0]) : .array(map(JSONValue.string)) }
}
