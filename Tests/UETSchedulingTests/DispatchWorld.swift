import UETModel
import UETTestSupport

@testable import UETScheduling

/// A simulated world around a dispatcher: attempts that succeed, fail, hang, answer twice or late,
/// people who steer, a clock, and crashes that lose what was not flushed and every effect not run.
struct DispatchWorld {
  var plan: DispatchPlan
  /// The plan that the durable record has.
  var durablePlan: DispatchPlan
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
  /// Gates of waves that run.
  var tests: [WaveTest] = []
  /// Workers that are being made ready; some are lost on the way or never heard of again.
  var preparing: [String] = []
  /// Workers get ready at once, and failures leave nothing behind.
  var isOrderly = false
  /// Tools that fail whatever they are given.
  var brokenTools: Set<String> = []

  init(seed: UInt64, items: ClosedRange<Int> = 1...10) throws {
    var random = SeededGenerator(seed: seed)
    policy = DispatchPolicy(workers: Int.random(in: 1...4, using: &random))
    plan = try Self.plan(items, policy.workers, &random)
    durablePlan = plan
    policy.retry.maxAttempts = Int.random(in: 1...3, using: &random)
    policy.maxCrashes = 1000
    policy.stale = 30
    policy.breaker.failures = Int.random(in: 0...3, using: &random)
    policy.breaker.wait = Double(Int.random(in: 1...40, using: &random))
    policy.breaker.longest = 100
    self.random = random
    machine = DispatchMachine(plan: plan, policy: policy, state: RunState(run: testRun))
    let started = JSONObject([
      .workstreams: plan.entries.json, .workers: .integer(Int64(policy.workers)),
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
      if random.oneIn(3) {
        item.limits.oscillationThreshold = Int.random(in: 1...2, using: &random)
      }
      item.tool = random.oneIn(3) ? "other" : "shell"
      return item
    }
    let groups = (0..<Int.random(in: 0...count, using: &random)).map { number in
      DispatchPlan.ConflictGroup(
        name: "group \(number)", sharesPaths: !random.oneIn(4),
        owners: (0..<count).filter { _ in random.oneIn(4) },
        guests: (0..<count).filter { _ in random.oneIn(4) })
    }
    var plan = try DispatchPlan(
      items: items, conflicts: groups, workers: random.oneIn(4) ? nil : workers)
    plan.waves = waves(count, &random)
    return plan
  }

  /// Some of the items in groups, most with one or two gates.
  static func waves(_ count: Int, _ random: inout SeededGenerator) -> [DispatchPlan.Wave] {
    if random.oneIn(3) { return [] }
    var rest = Array(0..<count).shuffled(using: &random)[...]
    var waves: [DispatchPlan.Wave] = []
    while !rest.isEmpty {
      let members = rest.prefix(Int.random(in: 1...4, using: &random))
      rest = rest.dropFirst(members.count)
      let names = ["GATE_A", "GATE_B"].prefix(Int.random(in: 0...2, using: &random))
      if names.isEmpty { continue }
      waves.append(
        DispatchPlan.Wave(
          number: waves.count + 1, members: members.sorted(),
          gates: names.map { DispatchPlan.WaveGate(name: $0, isRequired: !random.oneIn(4)) }))
    }
    return waves
  }

  static func anyOutcome(
    _ random: inout SeededGenerator, _ id: WorkstreamID, _ failures: Int
  ) -> AttemptOutcome? {
    switch Int.random(in: 0..<20, using: &random) {
    case 0: return .failed(AttemptFailure(.timeout, "took too long"))
    case 1: return .failed(AttemptFailure(.scopeViolation, "wrote elsewhere"))
    case 2...4:
      let gate = random.oneIn(2) ? "GATE_UNIT" : "GATE_LINT"
      return .failed(AttemptFailure(.gateFailure, "\(gate) failed"))
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
    if case .changePlan(let change) = input {
      effects = try machine.accept(input, at: now) { drafts in
        UETSchedulingTests.record(drafts, &recorded, now)
      }
      plan = change.plan
    }
    var pending = recorded.count > durable.count ? machine.advance(at: now) : drafts
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
    durablePlan = plan
    for effect in effects {
      if mayCrash, random.oneIn(40) { return try crash() }
      try run(effect)
    }
    return true
  }

  private mutating func run(_ effect: DispatchEffect) throws {
    switch effect {
    case .startAttempt(let order): try start(order)
    case .prepareWorker(let name):
      if !isOrderly, !isQuiet, random.oneIn(12) { break }
      if !isOrderly, !isQuiet, random.oneIn(12) {
        try take(.workerLost(name, reason: "no more processes"))
      } else {
        preparing.append(name)
      }
    case .cancelAttempt(let name, _):
      // A kill may come too late: the process then reports an end of its own.
      if live[name] != nil, random.oneIn(2) { try end(name, .cancelled(salvage: "salvage")) }
    case .publish: break
    case .testWave(let test): try start(test)
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

  /// A gate runs on what a wave has come to, when all of it has ended.
  private mutating func start(_ test: WaveTest) throws {
    let ids = Set(test.members.map(\.workstream))
    let wave = plan.waves.first { wave in
      wave.gates.contains { $0.name == test.gate }
        && wave.members.contains { ids.contains(plan.items[$0].id) }
    }
    guard let wave else { throw Violation("\(test) is of no wave") }
    for place in wave.members {
      let record = state(place)
      try Violation.unless(record?.state.isSettled == true, "\(test) before '\(place)' has ended")
      let counts = record.map { ![.cancelled, .quarantined].contains($0.state) } ?? false
      try Violation.unless(
        test.members.contains { $0.workstream == plan.items[place].id && $0.commit == record?.tip }
          == (counts && record?.tip != nil), "\(test) without or with '\(place)'")
    }
    if !tests.contains(where: { $0.gate == test.gate && $0.members == test.members }) {
      tests.append(test)
    }
  }

  /// A gate of a wave ends and says so.
  mutating func endTest() throws {
    let test = tests.remove(at: Int.random(in: tests.indices, using: &random))
    var verdict = WaveOutcome.Verdict.passed
    if isOrderly {
      if (test.wave + test.gate.utf8.reduce(0) { $0 + Int($1) }) % 3 == 0 {
        verdict = .failed("red")
      }
    } else {
      switch Int.random(in: 0..<8, using: &random) {
      case 0, 1: verdict = .failed("red")
      case 2 where !isQuiet: verdict = .fault("no disk")
      default: break
      }
    }
    let tree = commit("tree of \(test.wave)", 1)
    try take(
      .waveTested(test, WaveOutcome(verdict, commit: tree, tree: tree), details: JSONObject()),
      mayCrash: crashes)
  }

  /// The process of an attempt ends and says so.
  mutating func end(_ name: AttemptName, _ outcome: AttemptOutcome?) throws {
    let base = live.removeValue(forKey: name) ?? []
    reported.append(name)
    var outcome = outcome
    if let place = machine.index.places[name.workstream],
      brokenTools.contains(plan.items[place].tool)
    {
      outcome = .failed(AttemptFailure(.rateLimited, "too many requests"))
    }
    if let outcome {
      let tree =
        !isOrderly && random.oneIn(2) ? commit("tree", Int.random(in: 1...3, using: &random)) : nil
      let details = JSONObject([.tree: .commit(tree)])
      try take(.attemptEnded(name, outcome, details: details), mayCrash: crashes)
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
    tests = []
    preparing = []
    reported += machine.underWay
    var state = RunState(run: testRun)
    for event in durable { try state.apply(event) }
    plan = durablePlan
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
    return mayUse(plan.items[place].tool)
      && machine.index.dependencies[place].allSatisfy { state($0)?.state.isFinished == true }
  }

  private func mayUse(_ tool: String) -> Bool {
    guard let breaker = machine.state.breaker(tool) else { return true }
    switch breaker.state {
    case .closed: return true
    case .halfOpen: return false
    case .open: return breaker.until.map { $0 <= now } ?? false
    }
  }

  /// One that the item lets start first, as long as things are as planned.
  func holder(of place: Int) -> Int? {
    let live = machine.state.pool.count { [.spawning, .idle, .busy].contains($0.state) }
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
      || machine.state.breaker(plan.items[place].tool).map { $0.state != .closed } ?? false
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
    for breaker in state.breakers {
      let probes = state.workstreams.filter { breaker.probe == $0.id }
      try Violation.unless(
        probes.allSatisfy { $0.state == .running } && (breaker.probe == nil || !probes.isEmpty),
        "'\(breaker.tool)' is tried by none")
      try Violation.unless(
        breaker.state != .closed || breaker.failures < policy.breaker.failures
          || policy.breaker.failures == 0, "'\(breaker.tool)' is not left alone")
    }
    for record in state.workstreams {
      guard let place = machine.index.places[record.id] else { continue }
      let limit = plan.items[place].limits.maxAttempts
      let counted = record.attempts.dropFirst(record.forgiven)
        .filter { $0.outcome == .failed && $0.error != .orchestratorCrash }
      try Violation.unless(
        counted.count <= limit ?? policy.retry.maxAttempts,
        "'\(record.id)' failed \(counted.count) times")
      try checkCircles(record, Array(counted))
      if let why = machine.why(record.id, at: now), why == .nothing {
        try Violation.unless(state.status != .running, "'\(record.id)' waits for nothing")
      }
    }
  }
}

extension DispatchWorld {
  /// Another plan: some taken out, some done otherwise, one more, in another order.
  mutating func replan() throws {
    let free = plan.items.indices.filter { state($0)?.state.allowsRevision == true }
    let removed = Set(free.filter { _ in random.oneIn(5) })
    let revised = free.filter { !removed.contains($0) && random.oneIn(3) }
    var kept = plan.items.indices.filter { !removed.contains($0) }
    if random.oneIn(3) { kept.shuffle(using: &random) }
    var places: [Int: Int] = [:]
    for (new, old) in kept.enumerated() { places[old] = new }
    var items = kept.map { old in
      var item = plan.items[old]
      item.dependsOn = item.dependsOn.compactMap { places[$0] }
      item.startsAfter = item.startsAfter.compactMap { places[$0] }
      return item
    }
    for old in revised {
      guard let new = places[old] else { continue }
      items[new].tool = random.oneIn(2) ? "other" : "shell"
      if let other = items.indices.randomElement(using: &random), random.oneIn(3), other != new {
        items[new].dependsOn.append(other)
      }
    }
    if random.oneIn(2) {
      let number = machine.state.workstreams.count
      items.append(
        DispatchPlan.Item(
          id: ws("\(number)"), dependsOn: items.indices.filter { _ in random.oneIn(4) },
          isExclusive: random.oneIn(10)))
    }
    let groups = plan.conflicts.map { group in
      DispatchPlan.ConflictGroup(
        name: group.name, sharesPaths: group.sharesPaths,
        owners: group.owners.compactMap { places[$0] },
        guests: group.guests.compactMap { places[$0] })
    }
    guard !items.isEmpty,
      var next = try? DispatchPlan(items: items, conflicts: groups, workers: plan.workers)
    else { return }
    next.waves = Self.waves(items.count, &random)
    let change = PlanChange(
      plan: next, commit: commit("plan", 1), removed: removed.map { plan.items[$0].id },
      revised: revised.map { plan.items[$0].id }, reason: "bundles were edited")
    try take(.changePlan(change), mayCrash: true)
  }
}

extension DispatchWorld {
  /// One whose failures go in circles is not tried again.
  private func checkCircles(_ record: WorkstreamRecord, _ failures: [AttemptRecord]) throws {
    guard record.state == .ready || record.state == .running, let place = index(of: record.id),
      let threshold = plan.items[place].limits.oscillationThreshold,
      failures.last?.error != nil, failures.last?.stop == nil,
      record.attempts.last(where: { $0.outcome != .running })?.number == failures.last?.number
    else { return }
    let trees = failures.compactMap(\.tree)
    let repeats = trees.count - Set(trees).count
    try Violation.unless(repeats < threshold, "'\(record.id)' made a change again \(repeats) times")
  }

  private func index(of id: WorkstreamID) -> Int? { machine.index.places[id] }
}

extension WorkstreamRecord {
  /// The result that others may build on.
  var finishedTip: ObjectID? { state.isFinished ? tip : nil }
}
