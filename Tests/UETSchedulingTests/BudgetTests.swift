import Testing
import UETModel
import UETTestSupport

@testable import UETScheduling

/// What money allows to start, and what follows when it is spent.
@Suite struct BudgetTests {
  @Test func withoutABudgetNothingIsSaidOfMoney() throws {
    var stage = Stage(try plan(["a": [], "b": ["a"]]), workers: 2)
    try stage.take(.start)
    try stage.use("a", 3)
    try stage.succeed("a")
    try stage.succeed("b")
    #expect(stage.machine.state.status == .succeeded)
    #expect(!stage.events.contains { $0.type.rawValue.hasPrefix("budget") })
    #expect(stage.machine.state.spending.spent == dollars(3))
  }

  @Test func workersShareWhatIsLeft() throws {
    var stage = Stage(try plan(["a": [], "b": [], "c": [], "d": []]), workers: 4) {
      $0.budget.run = dollars(10)
    }
    try stage.take(.start)
    #expect(stage.running == ["a", "b", "c", "d"])
    let reserved = stage.machine.state.spending.reservations.map(\.amount)
    #expect(reserved.reduce(.zero, +) == dollars(10))
    #expect(reserved.min() == dollars(2.5) && stage.cap("a") == 2.5)
  }

  @Test func aDeclaredBudgetIsWaitedFor() throws {
    var stage = Stage(try plan(["a": [], "b": [], "c": []]), workers: 3) {
      ($0.budget.run, $0.budget.perWorkstream) = (dollars(10), dollars(5))
    }
    try stage.take(.start)
    #expect(stage.running == ["a", "b"])
    #expect(stage.why("c") == "waits for money of the run that is set aside for what runs")
    try stage.use("a", 1)
    try stage.succeed("a")
    // One came to a dollar, and four are left.
    #expect(stage.running == ["b", "c"] && stage.cap("c") == 4)
    #expect(stage.machine.state.spending.reservation(ws("c"), 1)?.isCut == true)
  }

  @Test func whatIsLeftIsNotWasted() throws {
    var stage = Stage(try plan(["a": [], "b": [], "c": []]), workers: 1) {
      $0.budget.run = dollars(1)
    }
    try stage.take(.start)
    try stage.use("a", 0.6)
    try stage.succeed("a")
    #expect(stage.machine.state.status == .halted)
    #expect(
      stage.machine.state.reason
        == "the budget of the run has too little left for another attempt: $0.6000 of $1.00 spent; 2 of 3 to do"
    )
    #expect(stage.machine.state.spending.halt == .run)
    try stage.take(.changeBudget([BudgetChange(nil, .raise(dollars(1)))]))
    try stage.take(.recover(ended: [:], adopted: []))
    #expect(stage.running == ["b"])
    try stage.use("b", 0.6)
    try stage.succeed("b")
    #expect(stage.running == ["c"] && stage.cap("c") == 0.8)
    try stage.succeed("c")
    #expect(stage.machine.state.status == .succeeded)
  }

  @Test func aSpentBudgetHaltsTheRun() throws {
    var stage = Stage(try plan(["a": [], "b": []]), workers: 2) { $0.budget.run = dollars(1) }
    try stage.take(.start)
    try stage.use("a", 1.2)
    #expect(stage.told == ["budget_exceeded"])
    try stage.succeed("a")
    #expect(stage.machine.state.status == .running, "what runs may end")
    try stage.fail("b")
    #expect(stage.machine.state.status == .halted && stage.state("b") == .ready)
    #expect(stage.reason == "the budget of the run is used up: $1.20 of $1.00 spent; 1 of 2 to do")
    #expect(throws: DispatchError.noBudget("x")) {
      try stage.take(.changeBudget([BudgetChange("x", .unlimited)]))
    }
    try stage.take(.changeBudget([BudgetChange(nil, .unlimited)]))
    try stage.take(.recover(ended: [:], adopted: []))
    try stage.succeed("b", 2)
    #expect(stage.machine.state.status == .succeeded)
  }

  @Test func allDoneIsNotHalted() throws {
    var stage = Stage(try plan(["a": []]), workers: 1) { $0.budget.run = dollars(1) }
    try stage.take(.start)
    try stage.use("a", 2)
    try stage.succeed("a")
    #expect(stage.machine.state.status == .succeeded && stage.told == ["budget_exceeded"])
  }

  @Test(arguments: [DispatchPolicy.Budget.Mode.warn, .goOn])
  func otherModesGoOn(_ mode: DispatchPolicy.Budget.Mode) throws {
    var stage = Stage(try plan(["a": [], "b": [], "c": [], "d": [], "e": []]), workers: 4) {
      ($0.budget.run, $0.budget.mode) = (dollars(10), mode)
    }
    try stage.take(.start)
    #expect(stage.running.count == 4 && stage.machine.state.spending.reservations.isEmpty)
    try stage.use("a", 8.5)
    try stage.use("b", 1)
    try stage.use("b", 1)
    #expect(
      stage.told
        == (mode == .warn
          ? ["budget_warning", "budget_warning", "budget_exceeded"]
          : ["budget_warning", "budget_exceeded"]))
    for id in ["a", "b", "c"] { try stage.succeed(id) }
    // Fewer run at once where it is warned.
    #expect(stage.running == (mode == .warn ? ["d"] : ["d", "e"]))
    try stage.succeed("d")
    try stage.succeed("e")
    #expect(stage.machine.state.status == .succeeded)
  }

  @Test func aPhaseThatIsSpentKeepsNoOther() throws {
    var work = try plan(["a": [], "b": [], "c": []])
    work = try work.with(phases: ["a": 0, "b": 0])
    work.phases = [DispatchPlan.Phase(name: "storage", maxCost: dollars(1))]
    var stage = Stage(work, workers: 1)
    try stage.take(.start)
    try stage.use("a", 1)
    try stage.succeed("a")
    #expect(stage.running == ["c"])
    #expect(stage.why("b") == "the budget of phase 'storage' is used up: $1.00 of $1.00 spent")
    try stage.succeed("c")
    #expect(stage.machine.state.spending.halt == .phase("storage"))
    try stage.take(.changeBudget([BudgetChange("storage", .set(dollars(3)))]))
    try stage.take(.recover(ended: [:], adopted: []))
    #expect(stage.running == ["b"])
  }

  @Test func aWorkstreamsOwnBudgetHoldsOverItsAttempts() throws {
    var stage = Stage(try plan(["a": []]), workers: 1) { $0.budget.perWorkstream = dollars(2) }
    try stage.take(.start)
    #expect(stage.cap("a") == 2)
    try stage.use("a", 1.5)
    try stage.fail("a", 1, .gateFailure, "red")
    #expect(stage.running == ["a"] && stage.cap("a", 2) == 0.5)
    try stage.use("a", 0.6, 2)
    try stage.fail("a", 2, .gateFailure, "red again")
    #expect(stage.machine.state.spending.halt == .workstream(ws("a")))
    #expect(stage.machine.state.status == .halted)
  }

  /// Where a dear request may come, half of what is left is told, but never more than the
  /// workstream may cost.
  @Test func noProgramIsToldMoreThanItsWorkstreamMayCost() throws {
    var stage = Stage(try plan(["a": [], "b": []]), workers: 1) {
      ($0.budget.run, $0.budget.perWorkstream) = (dollars(4), dollars(0.5))
    }
    try stage.take(.start)
    try stage.take(
      .fact(
        EventDraft(
          .usageRecorded(.init { ($0.costUSD, $0.per, $0.source) = (2.5, "request", "stream") }),
          workstream: ws("a"), attempt: 1)))
    try stage.succeed("a")
    #expect(stage.running == ["b"] && stage.cap("b") == 0.5)
  }

  @Test func whatHasNoPriceIsCountedApart() throws {
    var stage = Stage(try plan(["a": [], "b": []]), workers: 1) { $0.budget.run = dollars(4) }
    try stage.take(.start)
    try stage.take(
      .fact(
        EventDraft(
          .usageRecorded(.init { ($0.input, $0.source) = (100, "stream") }), workstream: ws("a"),
          attempt: 1)))
    try stage.succeed("a")
    let spending = stage.machine.state.spending
    #expect(spending.spent == .zero && spending.assumed == dollars(4) && spending.unpriced == 1)
    #expect(stage.machine.state.status == .halted && !stage.told.contains("budget_exceeded"))
    #expect(stage.reason?.contains("$4.00 counted for attempts whose cost is not known") == true)
    // Told late, it is not counted twice.
    try stage.use("a", 1)
    #expect(stage.machine.state.spending.assumed == dollars(3))
    #expect(stage.machine.state.spending.spent == dollars(1))
  }

  @Test func oneThatReportsTooMuchIsStopped() throws {
    var stage = Stage(try plan(["a": []]), workers: 1) { $0.budget.run = dollars(1) }
    try stage.take(.start)
    let effects = try stage.take(
      .fact(
        EventDraft(
          .usageRecorded(.init { $0.costUSD = 1 }), workstream: ws("a"), attempt: 1)))
    #expect(effects == [.cancelAttempt(AttemptName(ws("a"), 1), graceful: true)])
    try stage.take(.attemptEnded(AttemptName(ws("a"), 1), .cancelled(salvage: nil)))
    #expect(stage.machine.state[ws("a")]?.lastAttempt?.error == .budgetExceeded)
    // It was the run's money, so it is not given up.
    #expect(stage.state("a") == .ready && stage.machine.state.status == .halted)
  }

  /// Programs spend up to a request more than they are told.
  @Test func aRequestMoreIsSetAside() throws {
    var stage = Stage(try plan(["a": [], "b": []]), workers: 1) { $0.budget.run = dollars(2) }
    try stage.take(.start)
    let told = Told<Fact.Usage> {
      ($0.costUSD, $0.source, $0.per) = (0.25, "stream", "request")
    }
    try stage.take(.fact(EventDraft(.usageRecorded(told), workstream: ws("a"), attempt: 1)))
    try stage.succeed("a")
    #expect(stage.cap("b") == 1.5)
    #expect(stage.machine.state.spending.reservations.map(\.amount) == [dollars(1.75)])
  }

  @Test func aReservationWithoutItsAttemptIsGivenBack() throws {
    let work = try plan(["a": []])
    var stage = Stage(work, workers: 1) { $0.budget.run = dollars(1) }
    stage.preparesWorkers = false
    try stage.take(.start)
    try stage.take(.workerReady("w1"))
    let end = stage.events.firstIndex { $0.type == .taskAssigned } ?? 0
    var state = RunState(run: testRun)
    for event in stage.events[..<end] { try state.apply(event) }
    #expect(state.spending.reservations.count == 1)
    stage.events = Array(stage.events[..<end])
    stage.machine = DispatchMachine(plan: work, policy: stage.machine.policy, state: state)
    stage.preparesWorkers = true
    try stage.take(.recover(ended: [:], adopted: []))
    #expect(stage.running == ["a"] && stage.cap("a") == 1)
  }
}

func dollars(_ amount: Double) -> Money { Money(dollars: amount) }

extension Stage {
  /// The attempt's program tells what it spent.
  mutating func use(_ id: String, _ amount: Double, _ number: Int = 1) throws {
    let told = Told<Fact.Usage> {
      ($0.costUSD, $0.source, $0.complete) = (amount, "stream", true)
    }
    try take(.fact(EventDraft(.usageRecorded(told), workstream: ws(id), attempt: number)))
  }

  /// What the attempt's program was told to stop at.
  func cap(_ id: String, _ number: Int = 1) -> Double? {
    for case .startAttempt(let order) in effects.reversed()
    where order.name == AttemptName(ws(id), number) { return order.cap?.dollars }
    return nil
  }

  /// What was said of budgets, in order.
  var told: [String] {
    events.map(\.type.rawValue).filter { ["budget_warning", "budget_exceeded"].contains($0) }
  }

  var reason: String? { machine.state.reason }
}

extension DispatchPlan {
  func with(phases: [String: Int]) throws -> DispatchPlan {
    var items = items
    for place in items.indices {
      items[place].phase = phases[String(items[place].id.rawValue.dropFirst(3))]
    }
    return try DispatchPlan(items: items, conflicts: conflicts, workers: workers)
  }
}
