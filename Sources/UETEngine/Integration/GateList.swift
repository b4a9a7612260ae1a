import UETGit
import UETLedger
import UETModel
import UETPlanning

/// The gates of a run: what each runs, what its verdicts count for, and how often that saved a run.
package struct GateList: Sendable {
  /// What a verdict counts for, besides the command and the environment.
  package enum Key: Hashable, Sendable {
    case tree
    case commit
    case inputs([String])
    /// What it is seen to read.
    case learned
  }

  package struct Entry: Sendable {
    package let name: String
    package let command: [String]
    package let key: Key
    /// How often it ran to a verdict, and how often one of before counted instead.
    package fileprivate(set) var runs = 0
    package fileprivate(set) var reused = 0
    /// How often it was red first, then green.
    package fileprivate(set) var flaky = 0
    /// How often it was seen what it reads, and the seconds of that.
    package fileprivate(set) var traced = 0
    package fileprivate(set) var tracedSeconds = 0.0
    /// Seconds of all its runs.
    package fileprivate(set) var seconds = 0.0
  }

  package let run: RunID
  package private(set) var entries: [Entry]
  let state: RunState
  let recorded: RecordedPlan
  /// Why it could not be learned what a gate reads, by the event of its verdict.
  private let wholes: [Int: String]

  /// Finds the run; the newest where none is named.
  package init(of name: String?, in project: Project) throws {
    run = try project.run(named: name)
    recorded = try RecordedPlan(reading: run, in: project)
    let gates = Gate.all(recorded.plan, recorded.project.configuration)
    entries = gates.values.sorted { $0.name < $1.name }.map(Entry.init)
    var last = RunState(run: run)
    var places: [String: Int] = [:]
    for (place, entry) in entries.enumerated() { places[entry.name] = place }
    var entries = entries
    var wholes: [Int: String] = [:]
    try project.reader.replay(run) { (event, state) throws(LedgerError) in
      last = state
      for (gate, change) in Self.changes(event) {
        if let place = places[gate] { change(&entries[place]) }
      }
      if let reason = event.fact.gateEnd?.0.wholeTree { wholes[event.seq] = reason }
    }
    self.entries = entries
    self.wholes = wholes
    state = last
  }

  private static func changes(_ event: Event) -> [(String, (inout Entry) -> Void)] {
    if case .mergeSucceeded(let fact) = event.fact {
      return (fact.reused ?? []).compactMap { reused in
        reused.gate.map { ($0, { $0.reused += 1 }) }
      }
    }
    guard let (fact, _) = event.fact.gateEnd, let gate = fact.gate, fact.fault != true else {
      return []
    }
    return [
      (
        gate,
        { entry in
          if fact.has(\.reused) { entry.reused += 1 } else { entry.runs += 1 }
          if fact.flaky == true, !fact.has(\.reused) { entry.flaky += 1 }
          entry.seconds += fact.seconds ?? 0
          if let seconds = fact.traced {
            entry.traced += 1
            entry.tracedSeconds += seconds
          }
        }
      )
    ]
  }
}

extension GateList.Entry {
  fileprivate init(_ gate: Gate) {
    name = gate.name
    command = gate.command.argv
    key =
      gate.isKeyedByCommit
      ? .commit
      : gate.learns ? .learned : gate.inputs.map { .inputs($0.map(\.normalized)) } ?? .tree
  }
}

/// What decided for one workstream.
extension GateList {
  package struct Explanation: Sendable {
    package let gate: String
    package let key: Key
    /// The verdict that counts for the tree; nil where there is none.
    package let passed: Bool?
    package let verdictKey: String?
    package let event: Int?
    package let inputs: ObjectID?
    /// The tree on which it ran, where that is another one.
    package let reusedFrom: ObjectID?
    /// The tree that it spoke of before, and paths that it reads and that differ from there.
    package let before: ObjectID?
    package let differing: [String]
    /// Why what it reads could not be learned.
    package let whole: String?
  }

  /// The tree that the queue, or else its attempt, judged; and what each gate said of it. Throws
  /// where there is no such workstream, or nothing of it was judged.
  package func explain(_ name: String) throws -> (tree: ObjectID, gates: [Explanation]) {
    guard let id = WorkstreamID(name), let record = state[id] else {
      throw Refusal.unknownWorkstream(name, known: state.workstreams.map(\.id), run: run)
    }
    let repository = recorded.project.repository
    let ejected = record.state == .ejected ? record.candidate?.ejection : nil
    guard let judged = ejected?.commit ?? record.integrated ?? record.tip,
      repository.contains(judged)
    else {
      throw Refusal(
        .usage, "no gate has judged anything of '\(id)' yet",
        hint: "see how it stands: git uet show \(run) \(id)")
    }
    let tree = try repository.treeID(of: judged)
    let cuts = GateCuts(repository)
    return (tree, try gates(of: id).map { try explanation($0, tree, cuts) })
  }

  /// Those of the queue, and those of its own attempts.
  private func gates(of id: WorkstreamID) -> [Gate] {
    let configuration = recorded.project.configuration
    let shared = configuration.integration.gates.compactMap {
      Gate(named: $0, configuration: configuration)
    }
    let own =
      recorded.plan.workstreams.first { $0.id == id }.map { Gate.ofAttempt($0, configuration) }
      ?? []
    return shared + own.filter { gate in !shared.contains { $0.name == gate.name } }
  }

  private func explanation(
    _ gate: Gate, _ tree: ObjectID, _ cuts: GateCuts
  ) throws -> Explanation {
    let said = state.allVerdicts.filter { $0.gate == gate.name }
      .sorted { ($0.event ?? 0) < ($1.event ?? 0) }
    let inputs = try inputs(of: gate, tree, said, cuts)
    let last = said.last { $0.tree == tree || inputs != nil && $0.inputs == inputs }
    let origin = last?.origin
    let before = said.last { verdict in
      verdict.origin != (origin ?? tree) && (verdict.event ?? 0) < (last?.event ?? .max)
        && (inputs == nil || verdict.inputs != inputs)
    }?.origin
    var differing: [String] = []
    let repository = recorded.project.repository
    if let before, repository.contains(before) {
      differing = try repository.changes(from: before, to: origin ?? tree).map(\.path)
      if let patterns = gate.inputs {
        differing.removeAll { path in !patterns.contains { $0.matches(path) } }
      }
      if gate.learns, let reads = try inputs.flatMap({ try reads($0) }) {
        differing.removeAll { !reads.isAbout(Array($0.utf8)) }
      }
    }
    return Explanation(
      gate: gate.name, key: Entry(gate).key, passed: last?.passed, verdictKey: last?.key,
      event: last?.event, inputs: inputs, reusedFrom: origin == tree ? nil : origin,
      before: before, differing: differing, whole: wholes[last?.event ?? 0])
  }

  /// What a verdict counts for, as far as it is known.
  private func inputs(
    of gate: Gate, _ tree: ObjectID, _ said: [VerdictRecord], _ cuts: GateCuts
  ) throws -> ObjectID? {
    guard gate.learns else { return try cuts.cut(tree, for: gate, nil) }
    if let own = said.last(where: { $0.tree == tree }) { return own.inputs }
    for verdict in said.reversed() {
      guard let inputs = verdict.inputs else { continue }
      if try cuts.isCut(inputs, of: tree, for: gate) { return inputs }
    }
    return nil
  }

  private func reads(_ id: ObjectID) throws -> TreeReads? {
    let repository = recorded.project.repository
    return repository.contains(id) ? TreeReads(try repository.blob(id)) : nil
  }
}
