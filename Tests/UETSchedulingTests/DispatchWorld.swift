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
  /// The most workers that a person has asked for.
  var mostAskedFor = 0
  /// The most jobs that there ever was room for.
  var mostJobs = 0
  /// Tools that fail whatever they are given.
  var brokenTools: Set<String> = []

  init(seed: UInt64, items: ClosedRange<Int> = 1...10, hasOtherTools: Bool = true) throws {
    var random = SeededGenerator(seed: seed)
    policy = DispatchPolicy(workers: Int.random(in: 1...4, using: &random))
    plan = try Self.plan(items, policy.workers, hasOtherTools: hasOtherTools, &random)
    durablePlan = plan
    policy.retry.maxAttempts = Int.random(in: 1...3, using: &random)
    policy.maxCrashes = 1000
    policy.stale = 30
    policy.breaker.failures = Int.random(in: 0...3, using: &random)
    policy.breaker.wait = Double(Int.random(in: 1...40, using: &random))
    policy.breaker.longest = 100
    for name in ["p", "p/m"] where random.oneIn(2) {
      var rate = DispatchPolicy.Rate()
      rate.concurrency = Int.random(in: 1...3, using: &random)
      policy.rates[name] = rate
    }
    if random.oneIn(2) { policy.resources = Resources(["cpu": 4000, "gpu": 2]) }
    if random.oneIn(2) {
      mostJobs = Int.random(in: 1...3, using: &random)
      policy.resources[Resources.jobs(of: "grid")] = mostJobs
    }
    if random.oneIn(3) {
      policy.leastWorkers = Int.random(in: 1...policy.workers, using: &random)
      policy.idle = Double(Int.random(in: 0...30, using: &random))
    }
    self.random = random
    machine = DispatchMachine(plan: plan, policy: policy, state: RunState(run: testRun))
    for event in record([.started(plan, policy)], &durable, now) {
      _ = try machine.apply(event)
    }
  }

  static func plan(
    _ range: ClosedRange<Int>, _ workers: Int, hasOtherTools: Bool,
    _ random: inout SeededGenerator
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
      item.routes = routes(&random)
      if random.oneIn(2) {
        for route in item.routes.indices { item.routes[route].sites = sites(&random) }
      }
      if !hasOtherTools { item.routes = [item.routes[0]] }
      item.tool = item.routes[0].tool
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

  /// A plain tool, one that asks the provider "p", one that asks it for the model "m"; some have
  /// others to fall back on.
  static func routes(_ random: inout SeededGenerator) -> [DispatchPlan.ToolRoute] {
    let all = [
      DispatchPlan.ToolRoute("shell"), .init("other", provider: "p", rates: ["p"]),
      .init("third", provider: "p", rates: ["p", "p/m"]), .init("fourth", provider: "q"),
    ].shuffled(using: &random)
    return Array(all.prefix(random.oneIn(2) ? 1 : Int.random(in: 1...3, using: &random)))
  }

  /// Mostly little of the machine, now and then more than all of it.
  static func resources(_ random: inout SeededGenerator) -> Resources {
    var resources = Resources()
    if !random.oneIn(3) { resources["cpu"] = 1000 * Int.random(in: 0...5, using: &random) }
    if random.oneIn(3) { resources["gpu"] = Int.random(in: 0...3, using: &random) }
    if random.oneIn(8) { resources["undeclared"] = 1 }
    return resources
  }

  /// Here, elsewhere, or where there is room.
  static func sites(_ random: inout SeededGenerator) -> [DispatchPlan.Site] {
    let here = DispatchPlan.Site(resources: resources(&random))
    if random.oneIn(2) { return [here] }
    let grid = DispatchPlan.Site(
      "grid", resources: Resources([Resources.jobs(of: "grid"): 1]))
    return random.oneIn(3) ? [grid] : [here, grid].shuffled(using: &random)
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
          gates: names.map {
            DispatchPlan.WaveGate(
              name: $0, isRequired: !random.oneIn(4),
              resources: random.oneIn(3) ? resources(&random) : Resources())
          }))
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
    case 8, 9:
      var failure = AttemptFailure(.rateLimited, "too many requests", isTransient: true)
      failure.wait = [nil, 0, 5, 100].randomElement(using: &random) ?? nil
      return .failed(failure)
    case 10:
      var failure = AttemptFailure(.toolFailure, "not logged in")
      failure.isToolBroken = true
      return .failed(failure)
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
    switch input {
    case .changePlan, .setWorkers, .room:
      effects = try machine.accept(input, at: now) { drafts in
        UETSchedulingTests.record(drafts, &recorded, now)
      }
      if case .changePlan(let change) = input { plan = change.plan }
    default: break
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

  mutating func run(_ effect: DispatchEffect) throws {
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

  mutating func start(_ order: AttemptOrder) throws {
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
  mutating func start(_ test: WaveTest) throws {
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
      brokenTools.contains(tool(place))
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
