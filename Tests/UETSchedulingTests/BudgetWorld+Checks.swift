import UETModel
import UETTestSupport

@testable import UETScheduling

extension BudgetWorld {
  /// What an attempt took beyond what was set aside for it.
  private func excess(_ id: WorkstreamID, _ attempt: AttemptRecord) throws -> Money {
    let reservation = machine.state.spending.reservation(id, attempt.number)
    guard let reserved = attempt.spending.reserved ?? reservation?.amount else {
      return attempt.spending.used
    }
    let excess = max(.zero, attempt.spending.used - reserved)
    let request = dearest[AttemptName(id, attempt.number)] ?? .zero
    try Violation.unless(
      excess <= request, "attempt \(attempt.number) of '\(id)' took \(excess) too much")
    return excess + (toldLate[AttemptName(id, attempt.number)] ?? .zero)
  }

  /// No budget is overspent by more than a request an attempt, and what is set aside fits in.
  func checkLimits() throws {
    let state = machine.state
    var sums: [BudgetScope: (used: Money, excess: Money)] = [:]
    for (place, item) in plan.items.enumerated() {
      var scopes: [BudgetScope] = [.run, .workstream(item.id)]
      if let phase = plan.items[place].phase { scopes.append(.phase(plan.phases[phase].name)) }
      for attempt in state[item.id]?.attempts ?? [] {
        let excess = try excess(item.id, attempt)
        for scope in scopes {
          sums[scope, default: (.zero, .zero)].used += attempt.spending.used
          sums[scope, default: (.zero, .zero)].excess += excess
        }
      }
      for reservation in state.spending.reservations where reservation.workstream == item.id {
        let held = max(.zero, reservation.amount - state.spent(by: reservation))
        for scope in scopes where scope != .workstream(item.id) {
          sums[scope, default: (.zero, .zero)].used += held
        }
      }
    }
    for (scope, sum) in sums {
      guard let limit = machine.limit(scope) else { continue }
      var excess = sum.excess
      // Of its own budget a program is told all that is left, and takes a request more.
      if case .workstream(let id) = scope {
        excess += (state[id]?.attempts ?? []).reduce(.zero) {
          $0 + (dearest[AttemptName(id, $1.number)] ?? .zero)
        }
      }
      try Violation.unless(
        sum.used <= limit + excess || sum.used == .zero,
        "\(sum.used) of \(limit) for \(scope), \(excess) of it by overshooting")
    }
    try checkSums(state)
  }

  /// What is kept apart adds up to the same, and to what the record says.
  private func checkSums(_ state: RunState) throws {
    let all = state.workstreams.flatMap(\.attempts).map(\.spending)
    try Violation.unless(
      all.reduce(.zero) { $0 + $1.spent } == state.spending.spent
        && all.reduce(.zero) { $0 + $1.assumed } == state.spending.assumed,
      "\(state.spending.spent) is not what the attempts spent")
  }

  mutating func checkRebuilt() throws {
    guard machine.deadline == nil, random.oneIn(8) else { return }
    var one = machine
    var other = DispatchMachine(plan: plan, policy: policy, state: machine.state)
    let (drafts, rebuilt) = (one.advance(at: now), other.advance(at: now))
    try Violation.unless(drafts == rebuilt, "rebuilt machine: \(rebuilt), live machine: \(drafts)")
    let state = machine.state
    let read = try RunState(summary: state.summaryJSON) { state[$0]?.json }
    try Violation.unless(read == state, "a checkpoint does not hold the state")
  }

  /// Each report that is durable counts once, and none of a program that tells all is lost.
  func checkReports() throws {
    var recorded: [AttemptName: Money] = [:]
    for event in durable {
      guard case .usageRecorded(let fact) = event.fact, let id = event.workstream,
        let number = event.attempt
      else { continue }
      recorded[AttemptName(id, number), default: .zero] += dollars(fact.costUSD ?? 0)
    }
    for record in machine.state.workstreams {
      for attempt in record.attempts {
        let name = AttemptName(record.id, attempt.number)
        let spent = attempt.spending.spent
        try Violation.unless(
          spent == recorded[name] ?? .zero, "\(name) told \(recorded[name] ?? .zero), not \(spent)")
        try Violation.unless(
          truth[name] ?? spent == spent, "\(name) spent \(truth[name] ?? .zero), not \(spent)")
      }
    }
  }
}
