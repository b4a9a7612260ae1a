extension JobDesk {
  /// A job that is watched.
  struct Watch {
    var state: JobState?
    /// How many looks in a row did not show it.
    var missed = 0
    var listeners: [Int: AsyncStream<JobState>.Continuation] = [:]
  }

  /// What becomes of a job: where it is, when that is known, and each change. Ends after its end.
  package func states(of job: JobID) -> AsyncStream<JobState> {
    let number = nextNumber()
    let (stream, continuation) = AsyncStream.makeStream(of: JobState.self)
    if let state = watches[job]?.state {
      continuation.yield(state)
      if case .ended = state {
        continuation.finish()
        return stream
      }
    }
    continuation.onTermination = { _ in Task { await self.leave(job, number) } }
    watches[job, default: Watch()].listeners[number] = continuation
    if !isLooking {
      isLooking = true
      (due, interval) = (pace.now(), pace.poll)
      Task { await watch() }
    }
    lookSoon()
    return stream
  }

  private func leave(_ job: JobID, _ number: Int) {
    watches[job]?.listeners[number] = nil
    if watches[job]?.listeners.isEmpty == true { watches[job] = nil }
    if watches.isEmpty { rest?.cancel() }
  }

  /// Something was done, of which a look may tell.
  func lookSoon() {
    interval = pace.poll
    due = min(due, max(pace.now(), lastLook + pace.poll / 4))
    rest?.cancel()
  }

  private func watch() async {
    while !watches.isEmpty {
      let left = due - pace.now()
      if left <= .zero {
        await look()
      } else {
        let rest = Task { [pace] in await pace.pause(left) }
        self.rest = rest
        await rest.value
      }
    }
    isLooking = false
  }

  private func look() async {
    let start = pace.now()
    let jobs = Array(watches.keys)
    // What is done meanwhile asks for a look after this one.
    (due, lastLook) = (.seconds(Int64.max / 2), start)
    let hasChanged: Bool
    do {
      let known = try await system.look(at: jobs)
      heard(nil, .looking)
      hasChanged = jobs.reduce(false) { take(known[$1], of: $1) || $0 }
    } catch {
      heard(error, .looking)
      hasChanged = false
    }
    lastLook = pace.now()
    interval = hasChanged ? pace.poll : min(interval * 3 / 2, max(pace.longestPoll, pace.poll))
    let costly = min((lastLook - start) * pace.restPerLook, pace.longestPoll)
    due = min(due, lastLook + max(interval, costly))
  }

  /// Takes what a look said of a job; whether that is news.
  private func take(_ known: JobState?, of job: JobID) -> Bool {
    guard var watch = watches[job] else { return false }
    watch.missed = known == nil ? watch.missed + 1 : 0
    let lost = JobEnding(.unknown, words: "the system does not know it any more")
    let state = known ?? (watch.missed > 1 ? .ended(lost) : watch.state)
    defer { watches[job] = watch }
    guard let state, state != watch.state else { return watch.missed == 1 }
    watch.state = state
    for listener in watch.listeners.values { listener.yield(state) }
    if case .ended = state {
      for listener in watch.listeners.values { listener.finish() }
      watch.listeners = [:]
    }
    return true
  }
}
