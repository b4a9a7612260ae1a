import UETModel
import UETTestSupport

@testable import UETScheduling

/// A simulated world around a dispatcher: attempts that succeed, fail, hang, answer twice or late,
/// people who steer, a clock, and crashes that lose what was not flushed and every effect not run.
struct DispatchWorld {
  let plan: DispatchPlan
  var policy: DispatchPolicy
  var machine: DispatchMachine
  var random: SeededGenerator
  /// What is durable; `machine` may be ahead of it until the step is flushed.
  var durable: [Event] = []
  var now = Timestamp(seconds: 1_000_000)
  /// Attempts whose processes live, and what their base contains.
  var live: [AttemptName: Set<ObjectID>] = [:]
  /// Ends that were reported once and may be reported again.
  var reported: [AttemptName] = []
  /// What each result contains, itself included.
  var contents: [ObjectID: Set<ObjectID>] = [:]
  var ended: RunState.Status?
  /// How an attempt ends; the second is how many of its forerunners failed by their own doing.
  var outcomeOf: (inout SeededGenerator, WorkstreamID, Int) -> AttemptOutcome? = DispatchWorld
    .anyOutcome
  var steps = 0
  var mayCrashAnywhere = false

  init(seed: UInt64, items: ClosedRange<Int> = 1...10) throws {
    var random = SeededGenerator(seed: seed)
    policy = DispatchPolicy(workers: Int.random(in: 1...4, using: &random))
    plan = try Self.plan(items, policy.workers, &random)
    policy.retry.maxAttempts = Int.random(in: 1...3, using: &random)
    policy.maxCrashes = 1000
    self.random = random
    machine = DispatchMachine(plan: plan, policy: policy, state: RunState(run: testRun))
    let started = JSONObject([
      .workstreams: plan.workstreamsJSON, .workers: .integer(Int64(policy.workers)),
    ])
    for event in record([EventDraft(.runStarted, data: started)], &durable, now) {
      _ = try machine.apply(event)
    }
  }

  private static func plan(
    _ range: ClosedRange<Int>, _ workers: Int, _ random: inout SeededGenerator
  ) throws -> DispatchPlan {
    let count = Int.random(in: range, using: &random)
    let rank = Array(0..<count).shuffled(using: &random)
    let density = Int.random(in: 2...8, using: &random)
    let holdDensity = random.oneIn(3) ? 100 : Int.random(in: 2...8, using: &random)
    let items = (0..<count).map { place in
      var item = DispatchPlan.Item(id: ws("\(place)"))
      item.dependsOn = (0..<count).filter { rank[$0] < rank[place] && random.oneIn(density) }
      item.startsAfter = (0..<count).filter { rank[$0] < rank[place] && random.oneIn(holdDensity) }
      item.isExclusive = random.oneIn(10)
      item.directory = (0..<Int.random(in: 0...2, using: &random)).map { _ in
        ["a", "b"].randomElement(using: &random) ?? "a"
      }
      if random.oneIn(4) { item.limits.maxAttempts = Int.random(in: 1...4, using: &random) }
      if random.oneIn(4) { item.limits.maxErrorRepeats = Int.random(in: 1...2, using: &random) }
      return item
    }
    let groups = (0..<Int.random(in: 0...count, using: &random)).map { number in
      DispatchPlan.ConflictGroup(
        name: "group \(number)", sharesPaths: !random.oneIn(4),
        owners: (0..<count).filter { _ in random.oneIn(4) },
        guests: (0..<count).filter { _ in random.oneIn(4) })
    }
    return try DispatchPlan(
      items: items, conflicts: groups, workers: random.oneIn(4) ? nil : workers)
  }

  static func anyOutcome(
    _ random: inout SeededGenerator, _ id: WorkstreamID, _ failures: Int
  ) -> AttemptOutcome? {
    switch Int.random(in: 0..<20, using: &random) {
    case 0: return .failed(AttemptFailure(.timeout, "took too long"))
    case 1: return .failed(AttemptFailure(.scopeViolation, "wrote elsewhere"))
    case 2...4: return .failed(AttemptFailure(.gateFailure, "GATE_UNIT failed"))
    case 5: return .failed(AttemptFailure(.toolFailure, "exit 75", isTransient: true))
    case 6: return .failed(AttemptFailure(.mergeConflict, "inputs conflict"))
    case 7: return .cancelled(salvage: nil)
    default: return nil
    }
  }
}

extension DispatchWorld {
  /// Takes an input through decide, apply and advance, with an invariant check after each event;
  /// a crash may come before the flush or among the effects. Gives whether it was refused.
  @discardableResult
  mutating func take(_ input: DispatchInput, mayCrash: Bool = false) throws -> Bool {
    steps += 1
    var recorded = durable
    var effects: [DispatchEffect] = []
    let drafts: [EventDraft]
    do { drafts = try machine.decide(input, at: now) } catch { return false }
    var pending = drafts
    var rounds = 0
    repeat {
      for event in UETSchedulingTests.record(pending, &recorded, now) {
        try checkChoice(event)
        effects += try machine.apply(event)
      }
      try checkRebuilt()
      pending = machine.advance(at: now)
      rounds += 1
      try Violation.unless(rounds < 1000, "advance does not come to rest: \(pending)")
    } while !pending.isEmpty
    try checkState()
    if mayCrash, random.oneIn(20) { return try crash() }
    durable = recorded
    for effect in effects {
      if mayCrash, random.oneIn(40) { return try crash() }
      try run(effect)
    }
    return true
  }

  private mutating func run(_ effect: DispatchEffect) throws {
    switch effect {
    case .startAttempt(let order): try start(order)
    case .cancelAttempt(let name, _):
      // A kill may come too late: the process then reports an end of its own.
      if live[name] != nil, random.oneIn(2) { try end(name, .cancelled(salvage: "salvage")) }
    case .publish: break
    case .runEnded(let status): ended = status
    }
  }

  private mutating func start(_ order: AttemptOrder) throws {
    let place = order.place
    for other in live.keys {
      guard let otherPlace = machine.index.places[other.workstream] else { continue }
      try Violation.unless(
        !conflict(place, otherPlace), "\(order.name) beside \(other), which conflicts")
    }
    var base: Set<ObjectID> = []
    for input in order.inputs { base.formUnion(contents[input.commit] ?? []) }
    for other in plan.items.indices where machine.state[plan.items[other].id]?.finishedTip != nil {
      let isNeeded = machine.index.dependencies[place].contains(other) || sharePaths(place, other)
      let tip = machine.state[plan.items[other].id]?.finishedTip ?? .zero
      try Violation.unless(
        !isNeeded || other == place || base.contains(tip),
        "\(order.name) does not build on '\(plan.items[other].id)'")
    }
    live[order.name] = base
  }

  /// The process of an attempt ends and says so.
  mutating func end(_ name: AttemptName, _ outcome: AttemptOutcome?) throws {
    let base = live.removeValue(forKey: name) ?? []
    reported.append(name)
    if let outcome {
      try take(.attemptEnded(name, outcome), mayCrash: crashes)
    } else {
      let tip = commit(name.workstream.rawValue, name.number)
      contents[tip] = base.union([tip])
      try take(.attemptEnded(name, .succeeded(tip: tip, base: nil)), mayCrash: crashes)
    }
  }

  /// Whether a crash may come amid a step of the world.
  var crashes: Bool { mayCrashAnywhere && !isQuiet }

  var isQuiet: Bool { steps > 150 }

  /// Everything dies but the durable record; some processes live on until the recovery ends them.
  mutating func crash() throws -> Bool {
    live = [:]
    reported += machine.underWay
    var state = RunState(run: testRun)
    for event in durable { try state.apply(event) }
    machine = DispatchMachine(plan: plan, policy: policy, state: state)
    ended = nil
    try take(.recover(ended: [:], adopted: []))
    return true
  }
}

extension DispatchWorld {
  func conflict(_ one: Int, _ other: Int) -> Bool {
    if plan.items[one].isExclusive || plan.items[other].isExclusive { return true }
    return plan.conflicts.contains { meet($0, one, other) }
  }

  func sharePaths(_ one: Int, _ other: Int) -> Bool {
    plan.conflicts.contains { $0.sharesPaths && meet($0, one, other) }
  }

  private func meet(_ group: DispatchPlan.ConflictGroup, _ one: Int, _ other: Int) -> Bool {
    let members = Set(group.owners + group.guests)
    guard members.contains(one), members.contains(other) else { return false }
    return group.owners.contains(one) || group.owners.contains(other)
  }

  /// All that may start now, found the slow way.
  func startable() -> [Int] {
    let running = plan.items.indices.filter { state($0)?.state == .running }
    var result: [Int] = []
    for place in plan.items.indices where isReady(place) && holder(of: place) == nil {
      if !running.contains(where: { conflict(place, $0) }) { result.append(place) }
      // Nothing overtakes one that runs alone.
      if plan.items[place].isExclusive { return result }
    }
    return result
  }

  private func isReady(_ place: Int) -> Bool {
    guard let record = state(place), record.state == .ready, record.notBefore ?? now <= now else {
      return false
    }
    return machine.index.dependencies[place].allSatisfy { state($0)?.state.isFinished == true }
  }

  /// One that the item lets start first, as long as things are as planned.
  func holder(of place: Int) -> Int? {
    let live = machine.state.pool.count { $0.state == .idle || $0.state == .busy }
    if let workers = plan.workers, live != min(workers, plan.items.count) { return nil }
    let waiting = plan.items[place].startsAfter.filter { state($0)?.attempts.isEmpty == true }
    if waiting.isEmpty { return nil }
    let deviating = plan.items.indices.filter(deviates)
    return waiting.first { cause in
      !deviating.contains { machine.index.reaches(cause, $0) }
    }
  }

  private func deviates(_ place: Int) -> Bool {
    guard let record = state(place) else { return true }
    return record.state.isLost
      || !Set(record.dependsOn).isSubset(of: plan.items[place].dependsOn.map { plan.items[$0].id })
      || record.attempts.contains { $0.outcome == .failed || $0.outcome == .cancelled }
  }

  func state(_ place: Int) -> WorkstreamRecord? { machine.state[plan.items[place].id] }

  /// The one that starts is the first of all that may.
  private func checkChoice(_ event: Event) throws {
    guard event.type == .taskAssigned, let id = event.workstream else { return }
    let place = machine.index.places[id] ?? -1
    try Violation.unless(
      startable().first == place, "'\(id)' starts, but \(startable()) come first")
    let idle = machine.state.pool.filter { $0.state == .idle }
    let known = idle.map { worker in worker.last.flatMap { machine.index.places[$0] } }
    let wanted = plan.items[place].directory
    // A worker that was in the very directory is never passed over for one that was not.
    let fits = zip(idle, known).filter { $1.map { plan.items[$0].directory } == wanted }.map(
      \.0.name)
    try Violation.unless(
      fits.isEmpty || wanted.isEmpty || event.worker == fits.first,
      "'\(id)' in \(wanted) goes to \(event.worker ?? "?"), but \(fits) know it")
  }

  /// A machine made from the state alone decides the same.
  private mutating func checkRebuilt() throws {
    guard machine.deadline == nil, random.oneIn(6) else { return }
    var one = machine
    var other = DispatchMachine(plan: plan, policy: policy, state: machine.state)
    let (drafts, rebuilt) = (one.advance(at: now), other.advance(at: now))
    try Violation.unless(drafts == rebuilt, "rebuilt machine: \(rebuilt), live machine: \(drafts)")
  }

  private func checkState() throws {
    let state = machine.state
    let running = plan.items.indices.filter { self.state($0)?.state == .running }
    for one in running {
      for other in running where one < other {
        try Violation.unless(!conflict(one, other), "conflicting \(one) and \(other) run")
      }
    }
    let busy = state.pool.filter { $0.workstream != nil }
    try Violation.unless(busy.count == running.count, "\(running.count) run on \(busy.count)")
    if state.status == .running, state.pool.contains(where: { $0.state == .idle }) {
      try Violation.unless(startable().isEmpty, "a worker idles while \(startable()) may start")
    }
    for record in state.workstreams {
      let limit = plan.items[machine.index.places[record.id] ?? 0].limits.maxAttempts
      let counted = record.attempts.dropFirst(record.forgiven)
        .count { $0.outcome == .failed && $0.error != .orchestratorCrash }
      try Violation.unless(
        counted <= limit ?? policy.retry.maxAttempts, "'\(record.id)' failed \(counted) times")
      if let why = machine.why(record.id, at: now), why == .nothing {
        try Violation.unless(state.status != .running, "'\(record.id)' waits for nothing")
      }
    }
  }
}

extension WorkstreamRecord {
  /// The result that others may build on.
  var finishedTip: ObjectID? { state.isFinished ? tip : nil }
}
