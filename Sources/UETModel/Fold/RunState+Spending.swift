extension RunState {
  mutating func foldUsage(_ fact: Told<Fact.Usage>, _ event: Event) {
    let cost = fact.costUSD.map { max(.zero, Money(dollars: $0)) }
    spending.spent += cost ?? .zero
    if cost == nil { spending.unpriced += 1 }
    guard let id = event.workstream, let record = self[id],
      let number = event.attempt ?? record.lastAttempt?.number
    else { return }
    let requests = fact.per == "request" ? 1 : fact.requests ?? 1
    if let tool = spending.reservation(id, number)?.tool, let cost,
      fact.per == "request" || requests > 1
    {
      let each = Money(picodollars: cost.picodollars / Int64(requests))
      updateTool(tool) { $0.largestRequest = max($0.largestRequest, each) }
    }
    var replaced = Money.zero
    updateSpending(id, number) { attempt in
      attempt.spent += cost ?? .zero
      if cost == nil { attempt.unpriced += 1 }
      if fact.complete == false { attempt.isIncomplete = true }
      if fact.has(\.source) { attempt.told += 1 }
      attempt.count(fact, requests)
      // What turns out to have been spent is not taken as spent as well.
      replaced = min(attempt.assumed, cost ?? .zero)
      attempt.assumed -= replaced
    }
    spending.assumed -= replaced
    if let session = fact.session {
      updateAttempt(id, number) { $0.session = session }
    }
  }

  mutating func foldReserved(_ fact: Told<Fact.Reservation>, _ event: Event) throws(Illegal) {
    guard let id = event.workstream, let number = event.attempt, let amount = fact.reserved else {
      return
    }
    if spending.reservation(id, number) != nil {
      throw Illegal(message: "money is reserved for attempt \(number) of '\(id)' already")
    }
    spending.reservations.append(
      SpendingRecord.Reservation(
        workstream: id, attempt: number, tool: fact.tool ?? "", amount: amount, cap: fact.cap,
        isCut: fact.cut ?? false))
  }

  mutating func foldSettled(_ fact: Told<Fact.Settlement>, _ event: Event) throws(Illegal) {
    guard let id = event.workstream, let number = event.attempt else { return }
    guard
      let index = spending.reservations.firstIndex(where: {
        $0.workstream == id && $0.attempt == number
      })
    else { throw Illegal(message: "nothing is reserved for attempt \(number) of '\(id)'") }
    let reservation = spending.reservations.remove(at: index)
    guard let attempt = self[id]?.attempts.last(where: { $0.number == number }) else { return }
    let assumed = max(.zero, fact.assumed ?? .zero)
    spending.assumed += assumed
    updateSpending(id, number) { attempt in
      attempt.reserved = reservation.amount
      attempt.isCut = reservation.isCut
      attempt.assumed = assumed
    }
    // What was ended from outside says nothing of what another one takes.
    let isWhole = attempt.outcome == .succeeded || attempt.outcome == .failed
    guard isWhole, attempt.stop == nil, attempt.error != .orchestratorCrash,
      attempt.spending.isKnown
    else { return }
    updateTool(reservation.tool) { tool in
      tool.attempts += 1
      tool.total += attempt.spending.spent
      tool.largest = max(tool.largest, attempt.spending.spent)
    }
  }

  mutating func foldBudget(
    _ fact: Told<Fact.BudgetLevel>, _ level: SpendingRecord.Level?, _ event: Event
  ) {
    guard let level, let limit = fact.limit else { return }
    let scope = fact.scope(of: event)
    spending.told.removeAll { $0.scope == scope }
    spending.told.append(.init(scope: scope, level: level, limit: limit))
  }

  mutating func foldOverride(_ fact: Told<Fact.BudgetOverride>, _ event: Event) {
    let scope =
      event.workstream.map(BudgetScope.workstream) ?? fact.phase.map(BudgetScope.phase) ?? .run
    spending.overrides.removeAll { $0.scope == scope }
    spending.overrides.append(.init(scope: scope, limit: fact.limit))
  }

  private mutating func updateTool(
    _ name: String, _ body: (inout SpendingRecord.Tool) -> Void
  ) {
    if let index = spending.tools.firstIndex(where: { $0.name == name }) {
      body(&spending.tools[index])
    } else {
      var tool = SpendingRecord.Tool(name: name)
      body(&tool)
      spending.tools.append(tool)
    }
  }

  private mutating func updateSpending(
    _ id: WorkstreamID, _ number: Int, _ body: (inout AttemptSpending) -> Void
  ) {
    updateAttempt(id, number) { body(&$0.spending) }
  }

  mutating func updateAttempt(
    _ id: WorkstreamID, _ number: Int, _ body: (inout AttemptRecord) -> Void
  ) {
    update(id) { record in
      guard let index = record.attempts.lastIndex(where: { $0.number == number }) else { return }
      body(&record.attempts[index])
    }
  }
}

extension AttemptSpending {
  fileprivate mutating func count(_ fact: Told<Fact.Usage>, _ requests: Int) {
    func add(_ count: Int?, to sum: inout Int) {
      let (new, overflows) = sum.addingReportingOverflow(max(0, count ?? 0))
      sum = overflows ? .max : new
    }
    add(requests, to: &self.requests)
    for count in [fact.input, fact.output, fact.cacheWrite5m, fact.cacheWrite1h] {
      add(count, to: &tokens)
    }
    add(fact.cacheRead, to: &cachedTokens)
    guard let handed = fact.handedTokens else { return }
    handedTokens = handed
    var input = 0
    for count in [fact.input, fact.cacheRead, fact.cacheWrite5m, fact.cacheWrite1h] {
      add(count, to: &input)
    }
    let each = input / max(1, requests)
    if each > longestInput { (longestInput, model) = (each, fact.model) }
  }
}

extension Told where Names == Fact.BudgetLevel {
  /// Of the event's workstream, of a phase, else of the run.
  package func scope(of event: Event) -> BudgetScope {
    event.workstream.map(BudgetScope.workstream) ?? self.phase.map(BudgetScope.phase) ?? .run
  }
}
