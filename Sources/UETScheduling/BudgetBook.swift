import UETModel

/// What is left of the budgets of the run and its phases, kept so that no decision adds it up anew.
///
/// It holds no truth of its own: `init` makes the same from the folded state.
struct BudgetBook: Sendable {
  struct Account: Hashable, Sendable {
    let scope: BudgetScope
    let limit: Money
    var spent = Money.zero
    /// Taken as spent for attempts that did not tell all.
    var assumed = Money.zero
    /// Set aside for attempts under way, beyond what these have spent.
    var held = Money.zero
    var holders = 0

    var used: Money { spent + assumed }
    var left: Money { limit - used - held }
  }

  /// Whether there is any limit at all; nothing is kept otherwise.
  let isActive: Bool
  /// Whether nothing starts without money.
  let isFunding: Bool
  private(set) var run: Account?
  private(set) var phases: [Account?]
  /// What is to be looked at for news: a workstream's place, or one of the names below.
  var unchecked: Set<Int> = []
  private let phaseOf: [Int?]
  private var seenSpent: Money
  private var seenAssumed: Money

  static let runName = -1
  static func phaseName(_ phase: Int) -> Int { -2 - phase }

  init(_ plan: DispatchPlan, _ policy: DispatchPolicy.Budget, _ state: RunState) {
    let spending = state.spending
    func account(_ scope: BudgetScope, _ limit: Money?) -> Account? {
      let limit = spending.override(scope).map(\.limit) ?? limit
      return limit.map { Account(scope: scope, limit: $0) }
    }
    run = account(.run, policy.run)
    phases = plan.phases.map { account(.phase($0.name), $0.maxCost ?? policy.perPhase) }
    (seenSpent, seenAssumed) = (spending.spent, spending.assumed)
    isActive =
      run != nil || phases.contains { $0 != nil } || !spending.overrides.isEmpty
      || policy.perWorkstream != nil || plan.items.contains { $0.maxCost != nil }
    isFunding = isActive && policy.mode == .halt
    phaseOf = isActive ? plan.items.map(\.phase) : []
    if isActive { fill(plan, state) }
  }

  private mutating func fill(_ plan: DispatchPlan, _ state: RunState) {
    run?.spent = state.spending.spent
    run?.assumed = state.spending.assumed
    unchecked.insert(Self.runName)
    for (place, item) in plan.items.enumerated() {
      let attempts = state[item.id]?.attempts ?? []
      guard attempts.contains(where: { $0.spending.used > .zero }) else { continue }
      unchecked.insert(place)
      guard let phase = item.phase else { continue }
      unchecked.insert(Self.phaseName(phase))
      for attempt in attempts {
        phases[phase]?.spent += attempt.spending.spent
        phases[phase]?.assumed += attempt.spending.assumed
      }
    }
    hold(state, nil, [:])
    if state.spending.reservations.isEmpty { return }
    let places = Dictionary(
      plan.items.enumerated().map { ($1.id, $0) }, uniquingKeysWith: { first, _ in first })
    let held = state.spending.reservations.compactMap { places[$0.workstream] }
    for phase in Set(held.compactMap { phaseOf[$0] }) { hold(state, phase, places) }
  }

  /// The accounts that an item draws on, its own apart.
  func accounts(of place: Int) -> [Account] {
    [run, phaseOf[place].flatMap { phases[$0] }].compactMap { $0 }
  }

  /// Follows what was spent or set aside by a workstream.
  mutating func follow(_ place: Int?, _ state: RunState, _ places: [WorkstreamID: Int]) {
    let (spent, assumed) = (
      state.spending.spent - seenSpent, state.spending.assumed - seenAssumed
    )
    (seenSpent, seenAssumed) = (state.spending.spent, state.spending.assumed)
    guard isActive else { return }
    run?.spent += spent
    run?.assumed += assumed
    unchecked.insert(Self.runName)
    hold(state, nil, [:])
    guard let place else { return }
    unchecked.insert(place)
    guard let phase = phaseOf[place] else { return }
    phases[phase]?.spent += spent
    phases[phase]?.assumed += assumed
    unchecked.insert(Self.phaseName(phase))
    hold(state, phase, places)
  }

  /// Adds up what is set aside: of as many as there are workers.
  private mutating func hold(
    _ state: RunState, _ phase: Int?, _ places: [WorkstreamID: Int]
  ) {
    var (held, holders) = (Money.zero, 0)
    for reservation in state.spending.reservations {
      if let phase, places[reservation.workstream].flatMap({ phaseOf[$0] }) != phase { continue }
      holders += 1
      held += max(.zero, reservation.amount - state.spent(by: reservation))
    }
    if let phase {
      phases[phase]?.held = held
      phases[phase]?.holders = holders
    } else {
      run?.held = held
      run?.holders = holders
    }
  }
}

extension RunState {
  /// What the attempt has spent by now that money is set aside for.
  func spent(by reservation: SpendingRecord.Reservation) -> Money {
    attempt(of: reservation)?.spending.spent ?? .zero
  }

  func attempt(of reservation: SpendingRecord.Reservation) -> AttemptRecord? {
    self[reservation.workstream]?.attempts.last { $0.number == reservation.attempt }
  }
}
