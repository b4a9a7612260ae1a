import UETModel

/// Whether an attempt may start, as far as money goes.
enum Funding: Hashable, Sendable {
  /// No budget speaks of it.
  case unlimited
  case reserved(Told<Fact.Reservation>)
  /// Some that is set aside for others will be free again, or fewer are to run.
  case waits(BudgetScope)
  /// Nothing more will be free by itself.
  case lacks(BudgetScope)

  var isEnough: Bool {
    switch self {
    case .unlimited, .reserved: true
    case .waits, .lacks: false
    }
  }
}

extension DispatchMachine {
  /// What an attempt at the item would get now.
  ///
  /// Where its own budget or the history of its tool says what it needs, it starts with no less
  /// while others hold money that will be free again; what is beyond that is shared out among the
  /// workers. So many workers cannot spend the same money, and the last of
  /// it is not wasted on attempts that will not get far.
  func funding(of place: Int) -> Funding {
    guard budget.isActive, policy.budget.mode != .goOn else { return .unlimited }
    let accounts = budget.accounts(of: place)
    for account in accounts where isCrowded(account) { return .waits(account.scope) }
    guard policy.budget.mode == .halt else { return .unlimited }
    let own = ownLeft(place)
    if accounts.isEmpty, own == nil { return .unlimited }
    let item = plan.items[place]
    if let own, own <= .zero { return .lacks(.workstream(item.id)) }
    let most = own ?? .largest
    let tool = index.tools.route(of: place)?.tool ?? item.tool
    let history = state.spending.tool(tool).flatMap { $0.attempts > 0 ? $0 : nil }
    let more = needSinceCut(place)
    let need = min(max(history?.largest ?? own ?? .zero, more), most)
    let least = max(min(max(history?.mean ?? .zero, more), most), Money(picodollars: 1))
    var (left, share) = (Money.largest, Money.largest)
    for account in accounts {
      if account.left < max(need, least) {
        if account.holders > 0 { return .waits(account.scope) }
        if account.left < least { return .lacks(account.scope) }
      }
      left = min(left, account.left)
      let open = max(.zero, account.left + account.held)
      share = min(share, Money(picodollars: open.picodollars / Int64(sharers)))
    }
    let request = state.spending.tool(tool)?.largestRequest ?? .zero
    let (amount, cap) = Self.cut(min(most, max(need, share)), to: left, request)
    return .reserved(
      .init {
        ($0.reserved, $0.cap, $0.tool) = (amount, cap, tool)
        $0.cut = own.map { cap < $0 } ?? true ? true : nil
      })
  }

  func isFunded(_ place: Int) -> Bool { funding(of: place).isEnough }

  /// Programs spend up to one request more than they are told: that is set aside as well.
  private static func cut(
    _ wanted: Money, to left: Money, _ request: Money
  ) -> (amount: Money, cap: Money) {
    if wanted + request <= left { return (wanted + request, wanted) }
    return (left, min(wanted, max(left - request, Money(picodollars: left.picodollars / 2))))
  }

  /// How many may want a part of what is not spent.
  private var sharers: Int { max(1, min(state.liveWorkers, index.unsettled)) }

  /// What is left of a workstream's own budget; nil where it has none.
  func ownLeft(_ place: Int) -> Money? { own(place).map { $0.limit - $0.used } }

  func own(_ place: Int) -> BudgetBook.Account? {
    guard let limit = limit(.workstream(plan.items[place].id)) else { return nil }
    var account = BudgetBook.Account(scope: .workstream(plan.items[place].id), limit: limit)
    for attempt in state[plan.items[place].id]?.attempts ?? [] {
      account.spent += attempt.spending.spent
      account.assumed += attempt.spending.assumed
    }
    return account
  }

  /// One that ran out of what others had left for it needs more than that.
  private func needSinceCut(_ place: Int) -> Money {
    guard let last = state[plan.items[place].id]?.lastAttempt, last.error == .budgetExceeded,
      last.spending.isCut, let reserved = last.spending.reserved
    else { return .zero }
    return reserved + Money(picodollars: 1)
  }

  /// Whether so many run already as may when the budget is nearly used up.
  private func isCrowded(_ account: BudgetBook.Account) -> Bool {
    guard account.limit > .zero, account.used >= account.limit.part(policy.budget.reduceAt) else {
      return false
    }
    let rest = Double((account.limit - account.used).picodollars)
    let range = Double(account.limit.picodollars) * (1 - policy.budget.reduceAt)
    let workers = state.liveWorkers
    let part = range > 0 ? max(0, rest / range) : 0
    let allowed = max(1, min(workers - 1, Int((Double(workers) * part).rounded(.up))))
    let running = index.running.reduce(0) { count, place in
      count + (budget.accounts(of: place).contains { $0.scope == account.scope } ? 1 : 0)
    }
    return running >= allowed
  }

  /// The limit that counts now.
  func limit(_ scope: BudgetScope) -> Money? {
    if let override = state.spending.override(scope) { return override.limit }
    switch scope {
    case .run: return policy.budget.run
    case .phase(let name):
      guard let phase = plan.phases.first(where: { $0.name == name }) else { return nil }
      return phase.maxCost ?? policy.budget.perPhase
    case .workstream(let id):
      return place(id).flatMap { plan.items[$0].maxCost } ?? policy.budget.perWorkstream
    }
  }
}

extension DispatchMachine {
  /// What was set aside for attempts that have ended, and attempts that have used up what was.
  func settlements() -> [EventDraft] {
    state.spending.reservations.compactMap { reservation in
      let name = AttemptName(reservation.workstream, reservation.attempt)
      let attempt = state.attempt(of: reservation)
      guard attempt?.outcome == .running else { return settlement(reservation, attempt) }
      // A program that tells what it used when it has ended is not stopped for it.
      guard policy.budget.mode == .halt, let attempt, attempt.stop == nil,
        attempt.spending.told == 0, attempt.spending.spent >= reservation.cap ?? reservation.amount
      else { return nil }
      return stopping(
        name, .budget, graceful: true,
        "it has spent \(attempt.spending.spent) of the \(reservation.cap ?? reservation.amount) "
          + "that it may")
    }
  }

  private func settlement(
    _ reservation: SpendingRecord.Reservation, _ attempt: AttemptRecord?
  ) -> EventDraft {
    let spending = attempt?.spending ?? AttemptSpending()
    var assumed = Money.zero
    if !spending.isKnown {
      let told = reservation.cap ?? reservation.amount
      let history = state.spending.tool(reservation.tool).flatMap { $0.attempts > 0 ? $0 : nil }
      assumed = max(.zero, min(history?.largest ?? told, told) - spending.spent)
    }
    return EventDraft(
      .budgetSettled(
        .init {
          ($0.reserved, $0.spent) = (reservation.amount, spending.spent)
          $0.assumed = assumed > .zero ? assumed : nil
          $0.unpriced = spending.unpriced > 0 ? spending.unpriced : nil
        }), workstream: reservation.workstream, attempt: reservation.attempt)
  }

  /// Budgets that are nearly used up, or used up, since that was told last.
  mutating func budgetNews() -> [EventDraft] {
    if budget.unchecked.isEmpty { return [] }
    let drafts = budget.unchecked.sorted().compactMap { name -> EventDraft? in
      if name == BudgetBook.runName { return budget.run.flatMap { news($0) } }
      if name >= 0 { return own(name).flatMap { news($0) } }
      return budget.phases[-2 - name].flatMap { news($0) }
    }
    if drafts.isEmpty { budget.unchecked = [] }
    return drafts
  }

  private func news(_ account: BudgetBook.Account) -> EventDraft? {
    guard account.used > .zero, let level = level(of: account) else { return nil }
    if let known = state.spending.level(account.scope, of: account.limit), known >= level {
      return nil
    }
    let told = Told<Fact.BudgetLevel> {
      ($0.limit, $0.spent) = (account.limit, account.spent)
      $0.assumed = account.assumed > .zero ? account.assumed : nil
      if case .phase(let name) = account.scope { $0.phase = name }
      $0.reduces = level == .reduced ? true : nil
      $0.reason = account.words
    }
    var id: WorkstreamID?
    if case .workstream(let name) = account.scope { id = name }
    return EventDraft(
      level == .exceeded ? .budgetExceeded(told) : .budgetWarning(told), workstream: id)
  }

  private func level(of account: BudgetBook.Account) -> SpendingRecord.Level? {
    if account.spent >= account.limit, account.spent > .zero { return .exceeded }
    var isShared = true
    if case .workstream = account.scope { isShared = false }
    if isShared, policy.budget.mode != .goOn,
      account.used >= account.limit.part(policy.budget.reduceAt)
    {
      return .reduced
    }
    return account.used >= account.limit.part(policy.budget.warnAt) ? .warned : nil
  }
}

extension DispatchMachine {
  /// The budget for want of which nothing more can be done; nil while something may still come.
  func shortage() -> BudgetScope? {
    guard budget.isActive, policy.budget.mode == .halt, state.status == .running,
      hasIdle
    else { return nil }
    if let run = budget.run, run.left <= .zero { return .run }
    guard index.timers.first == nil, index.tools.nextTrial == nil, pace.recheck == nil else {
      return nil
    }
    for place in index.withheld {
      if case .lacks(let scope) = funding(of: place) { return scope }
    }
    return nil
  }

  /// What the run was halted by, for people.
  func words(on scope: BudgetScope) -> String {
    let account: BudgetBook.Account? =
      switch scope {
      case .run: budget.run
      case .phase: budget.phases.first { $0?.scope == scope } ?? nil
      case .workstream(let id): place(id).flatMap { own($0) }
      }
    guard let account else { return "no money is left" }
    let what =
      account.left <= .zero ? "is used up" : "has too little left for another attempt"
    return "the budget of \(scope) \(what): \(account.words)"
  }

  func changeBudget(_ changes: [BudgetChange]) throws(DispatchError) -> [EventDraft] {
    var drafts: [EventDraft] = []
    for change in changes {
      let scope = try self.scope(change.name)
      var told = Told<Fact.BudgetOverride>()
      switch change.amount {
      case .unlimited: break
      case .set(let amount): told.limit = amount
      case .raise(let amount): told.limit = (limit(scope) ?? spent(scope)) + amount
      }
      var id: WorkstreamID?
      if case .workstream(let name) = scope { id = name }
      if case .phase(let name) = scope { told.phase = name }
      drafts.append(EventDraft(.budgetOverridden(told), workstream: id))
    }
    return drafts
  }

  private func scope(_ name: String?) throws(DispatchError) -> BudgetScope {
    guard let name else { return .run }
    if let id = WorkstreamID(name), place(id) != nil { return .workstream(id) }
    guard plan.phases.contains(where: { $0.name == name }) else { throw .noBudget(name) }
    return .phase(name)
  }

  private func spent(_ scope: BudgetScope) -> Money {
    state.workstreams.reduce(.zero) { sum, record in
      let phase = place(record.id).flatMap { plan.items[$0].phase }.map { plan.phases[$0].name }
      let counts =
        switch scope {
        case .run: true
        case .phase(let name): phase == name
        case .workstream(let id): record.id == id
        }
      return counts ? record.attempts.reduce(sum) { $0 + $1.spending.spent } : sum
    }
  }
}

extension BudgetBook.Account {
  fileprivate var words: String {
    let rest =
      assumed > .zero ? ", and \(assumed) counted for attempts whose cost is not known" : ""
    return "\(spent) of \(limit) spent\(rest)"
  }
}

extension Money {
  static let largest = Money(picodollars: .max)

  fileprivate func part(_ share: Double) -> Money {
    Money(
      picodollars: share >= 1
        ? picodollars : Int64((Double(picodollars) * max(share, 0)).rounded(.up)))
  }
}
