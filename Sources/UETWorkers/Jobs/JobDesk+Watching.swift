extension JobDesk {
  /// A job that is watched.
  struct Watch {
    var state: JobState?
    /// How many looks in a row did not show it.
    var missed = 0
    var listeners: [Int: @Sendable (JobState) -> Void] = [:]
  }

  /// Tells where a job is, when that is known, and each change, up to its end. Gives the number by
  /// which to leave it.
  package func follow(
    _ job: JobID, _ tell: @escaping @Sendable (JobState) -> Void
  ) -> Int {
    let number = nextNumber()
    if let state = watches[job]?.state {
      tell(state)
      if case .ended = state { return number }
    }
    watches[job, default: Watch()].listeners[number] = tell
    if !isLooking {
      isLooking = true
      (due, interval) = (pace.now(), pace.poll)
      Task { await watch() }
    }
    lookSoon()
    return number
  }

  /// Nobody hears of the job by this number any more.
  package func leave(_ job: JobID, _ number: Int) {
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
    for tell in watch.listeners.values { tell(state) }
    if case .ended = state { watch.listeners = [:] }
    return true
  }
}
