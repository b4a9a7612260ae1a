import UETModel
import UETTestSupport

@testable import UETScheduling

/// Programs that spend money, around a dispatcher that is to hold budgets: they overshoot by a
/// request, tell late, twice as much as is recorded before a crash, or not at all.
struct BudgetWorld {
  /// A process: what its requests cost, how many it has made, how many were told.
  struct Process {
    var requests: [Money]
    var made = 0
    /// nil for one that is told no limit and reports each request itself.
    var cap: Money?
    var isPriced = true

    var spent: Money { requests.prefix(made).reduce(.zero, +) }
  }

  var plan: DispatchPlan
  var policy: DispatchPolicy
  var machine: DispatchMachine
  var random: SeededGenerator
  var durable: [Event] = []
  var now = Timestamp(seconds: 1_000_000)
  var live: [AttemptName: Process] = [:]
  /// What programs that tell all came to when they ended.
  var truth: [AttemptName: Money] = [:]
  /// What was told of attempts after their money was settled.
  var toldLate: [AttemptName: Money] = [:]
  /// The dearest request of each attempt.
  var dearest: [AttemptName: Money] = [:]
  /// Reports that come after the end of their attempt.
  var late: [EventDraft] = []
  var ended: RunState.Status?
  var halts = 0
  var steps = 0
  /// How often everything died.
  var crashes = 0

  init(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    policy = DispatchPolicy(workers: Int.random(in: 1...4, using: &random))
    policy.retry.maxAttempts = Int.random(in: 1...3, using: &random)
    policy.maxCrashes = 1000
    policy.breaker.failures = 0
    if !random.oneIn(4) { policy.budget.run = Self.cents(0...600, &random) }
    if random.oneIn(2) { policy.budget.perPhase = Self.cents(0...300, &random) }
    if random.oneIn(3) { policy.budget.perWorkstream = Self.cents(1...150, &random) }
    plan = try Self.plan(&random)
    machine = DispatchMachine(plan: plan, policy: policy, state: RunState(run: testRun))
    self.random = random
    let started = JSONObject([.workstreams: plan.entries.json])
    for event in record([EventDraft(.runStarted, data: started)], &durable, now) {
      _ = try machine.apply(event)
    }
  }

  static func cents(_ range: ClosedRange<Int>, _ random: inout SeededGenerator) -> Money {
    dollars(Double(Int.random(in: range, using: &random)) / 100)
  }

  static func plan(_ random: inout SeededGenerator) throws -> DispatchPlan {
    let count = Int.random(in: 1...8, using: &random)
    let phases = Int.random(in: 0...2, using: &random)
    let items = (0..<count).map { place in
      var item = DispatchPlan.Item(id: ws("\(place)"))
      item.dependsOn = (0..<place).filter { _ in random.oneIn(5) }
      item.startsAfter = (0..<place).filter { _ in random.oneIn(9) }
      item.isExclusive = random.oneIn(12)
      item.tool = random.oneIn(3) ? "other" : "agent"
      item.routes = [.init(item.tool)]
      if random.oneIn(4) { item.maxCost = cents(1...150, &random) }
      if phases > 0, !random.oneIn(3) { item.phase = Int.random(in: 0..<phases, using: &random) }
      return item
    }
    var plan = try DispatchPlan(items: items, workers: nil)
    plan.phases = (0..<phases).map { number in
      DispatchPlan.Phase(
        name: "phase \(number)", maxCost: random.oneIn(3) ? cents(0...300, &random) : nil)
    }
    return plan
  }
}

extension BudgetWorld {
  /// An input to its end; a crash may lose what it led to. Gives whether none came.
  @discardableResult
  mutating func take(_ input: DispatchInput, mayCrash: Bool = true) throws -> Bool {
    steps += 1
    var recorded = durable
    var effects: [DispatchEffect] = []
    var pending = try machine.decide(input, at: now)
    var rounds = 0
    repeat {
      for event in record(pending, &recorded, now) { effects += try machine.apply(event) }
      try checkLimits()
      try checkRebuilt()
      pending = machine.advance(at: now)
      rounds += 1
      try Violation.unless(rounds < 1000, "advance does not come to rest: \(pending)")
    } while !pending.isEmpty
    if mayCrash, steps < 200, random.oneIn(25) {
      // Some of one write may be on the disk, and what follows is not.
      durable += recorded[durable.count...].prefix(
        Int.random(in: 0...(recorded.count - durable.count), using: &random))
      try crash()
      return false
    }
    durable = recorded
    let lives = crashes
    for effect in effects {
      try run(effect)
      // What a dead process was about to do is not done.
      if crashes > lives { return false }
    }
    return true
  }

  mutating func run(_ effect: DispatchEffect) throws {
    switch effect {
    case .startAttempt(let order):
      let requests = (0..<Int.random(in: 1...5, using: &random)).map { _ in
        Self.cents(1...40, &random)
      }
      var process = Process(requests: requests)
      if plan.items[order.place].tool == "agent" { process.cap = order.cap ?? .largest }
      process.isPriced = !random.oneIn(12)
      live[order.name] = process
      dearest[order.name] = requests.max()
    case .prepareWorker(let name): try take(.workerReady(name))
    case .cancelAttempt(let name, _):
      if live[name] != nil { try end(name, .cancelled(salvage: nil)) }
    case .runEnded(let status): ended = status
    case .publish, .testWave: break
    }
  }

  /// A process makes a request, or ends.
  mutating func work() throws {
    let names = live.keys.sorted { ($0.workstream, $0.number) < ($1.workstream, $1.number) }
    guard let name = names.randomElement(using: &random), var process = live[name] else { return }
    let isOver = process.cap.map { process.spent >= $0 } ?? false
    if isOver {
      return try end(name, .failed(AttemptFailure(.budgetExceeded, "its limit was reached")))
    }
    if process.made < process.requests.count {
      process.made += 1
      live[name] = process
      if process.cap == nil {
        let cost = process.isPriced ? process.requests[process.made - 1] : nil
        try take(.fact(usage(name, cost, isOwn: true)))
      }
      return
    }
    switch Int.random(in: 0..<8, using: &random) {
    case 0: try end(name, .failed(AttemptFailure(.gateFailure, "red")))
    case 1: try end(name, .failed(AttemptFailure(.toolFailure, "exit 1")))
    case 2: try end(name, .failed(AttemptFailure(.rateLimited, "slowly", isTransient: true)))
    default:
      try end(name, .succeeded(tip: commit(name.workstream.rawValue, name.number), base: nil))
    }
  }

  func usage(_ name: AttemptName, _ cost: Money?, isOwn: Bool = false) -> EventDraft {
    let told = Told<Fact.Usage> {
      ($0.model, $0.costUSD) = ("m", cost?.dollars)
      if !isOwn { ($0.source, $0.complete, $0.per) = ("stream", true, "request") }
    }
    return EventDraft(.usageRecorded(told), workstream: name.workstream, attempt: name.number)
  }

  /// How many reports of a program are on record.
  func reports(_ id: WorkstreamID?, _ number: Int?) -> Int {
    let attempts = id.flatMap { machine.state[$0]?.attempts } ?? []
    return attempts.first { $0.number == number }?.spending.told ?? 0
  }

  /// Programs with a limit tell all at their end, the last of it late.
  mutating func end(_ name: AttemptName, _ outcome: AttemptOutcome) throws {
    guard let process = live[name] else { return }
    let lives = crashes
    if process.cap != nil {
      truth[name] = process.isPriced ? process.spent : .zero
      var isLate = false
      for request in process.requests.prefix(process.made) {
        let draft = usage(name, process.isPriced ? request : nil)
        isLate = isLate || random.oneIn(20)
        if isLate { late.append(draft) } else { try take(.fact(draft)) }
        if crashes > lives { return }
      }
    }
    try take(.attemptEnded(name, outcome))
    live[name] = nil
  }

  /// All but the record dies; what programs kept of their requests is read again.
  mutating func crash() throws {
    crashes += 1
    var state = RunState(run: testRun)
    for event in durable { try state.apply(event) }
    machine = DispatchMachine(plan: plan, policy: policy, state: state)
    let left = live
    live = [:]
    ended = nil
    for name in machine.underWay {
      guard let process = left[name], process.cap != nil else { continue }
      truth[name] = process.isPriced ? process.spent : .zero
      late.removeAll { $0.workstream == name.workstream && $0.attempt == name.number }
      let kept = reports(name.workstream, name.number)
      for request in process.requests.prefix(process.made).dropFirst(kept) {
        // Nothing is decided before the recovery has begun.
        let drafts = try machine.decide(
          .fact(usage(name, process.isPriced ? request : nil)), at: now)
        for event in record(drafts, &durable, now) { _ = try machine.apply(event) }
      }
    }
    try take(.recover(ended: [:], adopted: []), mayCrash: false)
  }

  mutating func tellLate() throws {
    let draft = late.removeFirst()
    guard let id = draft.workstream, let number = draft.attempt,
      case .usageRecorded(let fact) = draft.fact
    else { return }
    let before = reports(id, number)
    let cost = dollars(fact.costUSD ?? 0)
    toldLate[AttemptName(id, number), default: .zero] += cost
    try take(.fact(draft))
    if reports(id, number) == before {
      toldLate[AttemptName(id, number), default: .zero] -= cost
      late.append(draft)
    }
  }
}

extension BudgetWorld {
  mutating func runToTheEnd() throws {
    try take(.start, mayCrash: false)
    var rounds = 0
    while true {
      rounds += 1
      try Violation.unless(rounds < 5000, "does not end: \(machine.state)")
      if let status = ended {
        while !late.isEmpty { try tellLate() }
        if ended == nil { continue }
        try checkReports()
        if status != .interrupted && status != .halted { return }
        if status == .halted { try raise() }
        ended = nil
        try take(.recover(ended: [:], adopted: []), mayCrash: false)
      } else if !late.isEmpty, random.oneIn(3) {
        try tellLate()
      } else if steps < 200, random.oneIn(15) {
        try meddle()
      } else if live.isEmpty || random.oneIn(8) {
        now = now.advanced(bySeconds: Double(Int.random(in: 1...30, using: &random)))
        try take(.timerFired)
      } else {
        try work()
      }
    }
  }

  private mutating func meddle() throws {
    switch Int.random(in: 0..<5, using: &random) {
    case 0: try crash()
    case 1: try take(.drain)
    case 2: try take(.stopNow)
    case 3: try take(.setWorkers(.count(Int.random(in: 1...4, using: &random))))
    default:
      if machine.limit(.run) == nil { return }
      try take(.changeBudget([BudgetChange(nil, .raise(Self.cents(0...50, &random)))]))
    }
  }

  /// A halted run says why, and goes on when a person gives it more.
  private mutating func raise() throws {
    halts += 1
    let state = machine.state
    guard let scope = state.spending.halt, state.reason?.contains("budget of") == true else {
      throw Violation("halted without a reason: \(state)")
    }
    try Violation.unless(
      state.spending.reservations.isEmpty && live.isEmpty, "halted while something is set aside")
    let name: String? =
      switch scope {
      case .run: nil
      case .phase(let name): name
      case .workstream(let id): id.rawValue
      }
    let amount: BudgetChange.Amount =
      halts > 20 ? .unlimited : .raise(Self.cents(1...300, &random))
    try take(.changeBudget([BudgetChange(name, amount)]), mayCrash: false)
  }

  func checkEnd() throws {
    for record in machine.state.workstreams {
      try Violation.unless(record.state.isSettled, "'\(record.id)' ends \(record.state)")
    }
    try Violation.unless(
      machine.state.spending.reservations.isEmpty, "money is set aside for nobody")
  }
}
