import UETModel

extension DispatchMachine {
  /// Whether a failed workstream is tried again, when, or given up.
  private enum Verdict {
    case again(String, at: Timestamp?)
    case giveUp(String)
  }

  func afterFailure(_ place: Int, at now: Timestamp) -> EventDraft {
    let item = plan.items[place]
    guard let record = state[item.id] else {
      return EventDraft(.taskQuarantined(.init()), workstream: item.id)
    }
    switch verdict(on: record, place) {
    case .again(let reason, let at):
      let retried = Told<Fact.TaskRetried> { ($0.reason, $0.notBefore) = (reason, at) }
      return EventDraft(.taskRetried(retried), workstream: item.id)
    case .giveUp(let reason):
      return EventDraft(.taskQuarantined(.because(reason)), workstream: item.id)
    }
  }

  private func verdict(on record: WorkstreamRecord, _ place: Int) -> Verdict {
    let attempts = record.attempts.dropFirst(record.forgiven)
    guard let last = attempts.last else { return .giveUp("failed without an attempt") }
    let kind = last.error ?? .unknown
    if last.asks != nil { return .again(last.message ?? "waits for an answer", at: nil) }
    if last.stop?.intent == .interrupt { return .again("was stopped with the run", at: nil) }
    if kind == .orchestratorCrash { return afterCrash(attempts) }
    let message = last.message ?? kind.rawValue
    let limits = plan.items[place].limits
    let failures = attempts.filter {
      $0.hasFailed && $0.error != .orchestratorCrash && !$0.wasToldToWait && !$0.wasSpared
    }
    if last.wasToldToWait {
      let waits = attempts.reversed().prefix(while: \.wasToldToWait).count
      return waits < policy.maxWaits
        ? .again("goes on when '\(last.provider ?? "its provider")' may be asked again", at: nil)
        : .giveUp("\(message) (\(waits) times in a row)")
    }
    if last.wasSpared { return afterSparing(record.id, attempts) }
    let limit = limits.maxAttempts ?? policy.retry.maxAttempts
    let rule = last.isTransient && kind == .toolFailure ? .afterBackoff : kind.retryRule
    // It was the run's money that ran out, not its own.
    if kind == .budgetExceeded, last.spending.isCut, failures.count < limit {
      return .again("\(message); it goes on when there is more for it", at: nil)
    }
    if rule == .never {
      return .giveUp("\(message) (\(kind.rawValue) is never tried again by itself)")
    }
    if failures.count >= limit {
      return .giveUp(limit == 1 ? message : "\(message) (attempt \(failures.count) of \(limit))")
    }
    if let circles = oscillation(failures, limits.oscillationThreshold) {
      return .giveUp("\(message) (\(circles))")
    }
    if rule == .afterBackoff { return backOff(record.id, Array(failures), of: limit) }
    if kind == .mergeConflict, inputs(of: place) == last.inputs {
      return .giveUp("\(message) (what it builds on has not changed)")
    }
    let same = failures.reversed().prefix { $0.error == last.error && $0.message == last.message }
    if let repeats = limits.maxErrorRepeats, same.count > repeats {
      return .giveUp("\(message) (the same error \(same.count) times in a row)")
    }
    return .again("attempt \(failures.count + 1) of \(limit) after: \(message)", at: nil)
  }

  /// Says so when the failures go in circles: the same change again, or an earlier error after
  /// another.
  private func oscillation(_ failures: [AttemptRecord], _ threshold: Int?) -> String? {
    guard let threshold, threshold > 0 else { return nil }
    var (sameChange, sameError) = (0, 0)
    for (index, failure) in failures.enumerated() {
      let earlier = failures[..<index]
      if let tree = failure.tree, earlier.contains(where: { $0.tree == tree }) { sameChange += 1 }
      guard let last = earlier.last, !last.failedLike(failure) else { continue }
      if earlier.contains(where: { $0.failedLike(failure) }) { sameError += 1 }
    }
    if sameChange >= threshold { return "it made the same change again, \(Self.times(sameChange))" }
    if sameError >= threshold {
      return "it goes in circles: an earlier error came back, \(Self.times(sameError))"
    }
    return nil
  }

  private static func times(_ count: Int) -> String { count == 1 ? "once" : "\(count) times" }

  private func afterCrash(_ attempts: ArraySlice<AttemptRecord>) -> Verdict {
    let crashes = attempts.count { $0.error == .orchestratorCrash && $0.stop == nil }
    if policy.afterCrash == .escalate {
      return .giveUp(
        "the orchestrator ended while it ran, and 'retry.after_crash' leaves it to a person then")
    }
    if crashes >= policy.maxCrashes {
      return .giveUp("the orchestrator ended \(crashes) times while it ran")
    }
    return .again("the orchestrator ended while it ran", at: nil)
  }

  /// It was not begun: the machine had no room for it.
  private func afterSparing(_ id: WorkstreamID, _ attempts: ArraySlice<AttemptRecord>) -> Verdict {
    let waits = attempts.reversed().prefix(while: \.wasSpared)
    guard let last = waits.first else { return .giveUp("failed without an attempt") }
    let message = last.message ?? ErrorKind.osModeFailure.rawValue
    if waits.count >= policy.maxWaits {
      return .giveUp("\(message) (\(waits.count) times in a row)")
    }
    let seconds = policy.retry.delay(
      afterFailures: waits.count,
      salt: DispatchPolicy.Retry.salt(state.run, id, attempt: last.number))
    return .again(message, at: (last.endedAt ?? last.assignedAt).advanced(bySeconds: seconds))
  }

  /// The wait counts from the recorded end of the attempt, so that a rebuilt machine waits as long.
  private func backOff(
    _ id: WorkstreamID, _ failures: [AttemptRecord], of limit: Int
  ) -> Verdict {
    guard let last = failures.last else { return .giveUp("failed without an attempt") }
    let streak = failures.reversed().prefix {
      $0.isTransient || $0.error?.retryRule == .afterBackoff
    }.count
    let seconds = policy.retry.delay(
      afterFailures: streak,
      salt: DispatchPolicy.Retry.salt(state.run, id, attempt: last.number))
    let at = (last.endedAt ?? last.assignedAt).advanced(bySeconds: seconds)
    let message = last.message ?? ErrorKind.unknown.rawValue
    return .again("attempt \(failures.count + 1) of \(limit) after a back-off: \(message)", at: at)
  }
}

extension AttemptRecord {
  /// Whether it was not begun, since the machine had no room for it.
  fileprivate var wasSpared: Bool { error == .osModeFailure }

  fileprivate func failedLike(_ other: AttemptRecord) -> Bool {
    error == other.error && message == other.message
  }
}
