import UETModel
import UETPlanning

/// A check with its command and limits, as the configuration recorded at the run's start says.
struct Gate: Hashable, Sendable {
  let name: String
  private(set) var command: Command
  /// Seconds; nil for no limit.
  private(set) var timeout: Double?
  let required: Bool
  /// How often a red result is tried again before it counts.
  let retries: Int
  /// Whether running out of time counts as red; it is a fault of the machinery otherwise.
  let timeoutIsRed: Bool
  /// Whether an end by a signal counts as red.
  let signalIsRed: Bool
  /// Whether it may reach the network, where the run may.
  private(set) var hasNetwork = true
  /// Whether a verdict counts for the very commit, and not for every commit of its tree.
  private(set) var isKeyedByCommit = false
  /// Folders with what it builds, which stay for its next run.
  private(set) var keep: [String] = []
  /// Whether it may run where it built something before.
  private(set) var isWarm = true
  /// What it reads of a tree, where it says so: a verdict counts for every tree in which that is
  /// the same.
  private(set) var inputs: [ScopePattern]?
  /// What it reads is learned as it runs: a verdict counts for every tree in which that is the
  /// same.
  private(set) var learns = false
  /// Where a tracer writes what it reads.
  private(set) var traces: String?
  /// What it needs at once.
  private(set) var resources = Resources()

  /// Seconds for one run of a gate that names no limit: nothing lasts for ever.
  static let longest = 3600.0

  /// The gate a workstream asks for; nil when neither it nor the configuration has a command.
  init?(_ request: GateRequest, configuration: Configuration) {
    let configured = configuration.gates[request.name]
    guard let command = request.command ?? configured?.command else { return nil }
    name = request.name
    self.command = command
    timeout = configured?.timeout ?? Self.longest
    required = request.required
    retries = configured?.retries ?? 0
    timeoutIsRed = configured?.timeoutIs == .red
    isKeyedByCommit = Self.looksAtHistory(command, configured?.keyedBy)
    signalIsRed = configured?.signalIs == .red
    resources = configuration.share(ofGate: request.name)
    hasNetwork = configured?.network ?? true
    (keep, isWarm) = (configured?.keep ?? [], configured?.warm ?? true)
    // A command of its own reads something else than what the configuration says of its own.
    if request.command == nil { note(configured?.inputs) }
  }

  /// A gate of the configuration; nil when there is none of that name.
  init?(named name: String, configuration: Configuration) {
    guard let configured = configuration.gates[name] else { return nil }
    self.name = name
    command = configured.command
    timeout = configured.timeout ?? Self.longest
    required = true
    retries = configured.retries
    timeoutIsRed = configured.timeoutIs == .red
    signalIsRed = configured.signalIs == .red
    resources = configuration.share(ofGate: name)
    hasNetwork = configured.network
    (keep, isWarm) = (configured.keep, configured.warm)
    isKeyedByCommit = Self.looksAtHistory(command, configured.keyedBy)
    note(configured.inputs)
  }

  private mutating func note(_ inputs: Configuration.Gate.Inputs?) {
    guard !isKeyedByCommit else { return }
    switch inputs {
    case .declared(let patterns): self.inputs = patterns
    case .learned: learns = true
    case nil: break
    }
  }

  /// Whether its verdicts may count for a part of a tree.
  var readsPart: Bool { inputs != nil || learns }

  private static func looksAtHistory(
    _ command: Command, _ keyedBy: Configuration.Gate.Key?
  ) -> Bool {
    keyedBy.map { $0 == .commit } ?? HistoryWords.stand(in: command.argv)
  }
}

extension Gate {
  /// The gate by another command that runs its own, writes into `folder`, and takes so many times
  /// as long.
  func within(_ argv: [String], writing folder: String, slower times: Double) -> Gate {
    var gate = self
    gate.command = .arguments(argv)
    gate.timeout = timeout.map { $0 * times }
    gate.traces = folder
    return gate
  }

  /// In a clean place.
  var cold: Gate {
    var gate = self
    (gate.keep, gate.isWarm) = ([], false)
    return gate
  }
}

extension Gate {
  /// Seconds that an acceptance test may take.
  private static let acceptanceTimeout = 1800.0

  /// An acceptance test that is written as a command; prose is never run.
  private init(acceptance number: Int, _ command: Command) {
    name = "ACCEPTANCE_\(number)"
    self.command = command
    timeout = Self.acceptanceTimeout
    required = true
    retries = 0
    timeoutIsRed = true
    isKeyedByCommit = Self.looksAtHistory(command, nil)
    signalIsRed = false
  }

  /// What an attempt's own result is put to, in order: the gates its workstream asks for but those
  /// of wave boundaries, then its acceptance tests.
  static func ofAttempt(_ workstream: Workstream, _ configuration: Configuration) -> [Gate] {
    let asked = workstream.gates.filter { request in
      !request.waveBoundary && configuration.gates[request.name]?.waveBoundary != true
    }
    let tests = workstream.acceptanceTests.compactMap { test in
      if case .command(let command) = test { command } else { nil }
    }
    return asked.compactMap { Gate($0, configuration: configuration) }
      + tests.enumerated().map { Gate(acceptance: $0.offset + 1, $0.element) }
  }

  /// Every gate that a run may ask for, by name; a bundle's own command wins over the configured
  /// one.
  static func all(_ plan: Plan, _ configuration: Configuration) -> [String: Gate] {
    var gates: [String: Gate] = [:]
    for name in configuration.gates.keys {
      gates[name] = Gate(named: name, configuration: configuration)
    }
    for request in plan.workstreams.flatMap(\.gates) where gates[request.name] == nil {
      gates[request.name] = Gate(request, configuration: configuration)
    }
    return gates
  }
}
