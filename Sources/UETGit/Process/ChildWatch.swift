import Synchronization

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The git children of this process that are under way: none lives longer than its limit, and all
/// of them end, each with all that it started, when everything is to stop.
///
/// Shared by all copies of a `SealedGit`.
package final class ChildWatch: Sendable {
  /// Why a child was ended from here.
  enum Reason: Sendable {
    case overdue(Duration)
    /// Everything was to stop, or the work that it was part of was given up.
    case stopped
  }

  private struct Entry: Sendable {
    let isGroup: Bool
    let limit: Duration
    var process: pid_t?
    var deadline: ContinuousClock.Instant
    var reason: Reason?
  }

  private struct Inside: Sendable {
    var isStopping = false
    var limit = Duration.seconds(600)
    var last = 0
    var entries: [Int: Entry] = [:]
  }

  private let inside = Mutex(Inside())

  /// How long what is nearly done may still take when everything is to stop, so that a change of
  /// several references is not cut in two; and what is begun after that, such as keeping work.
  private static let moment = Duration.milliseconds(500)
  private static let afterwards = Duration.seconds(10)
  /// How long work that was given up may take to come to its own end.
  private static let patience = Duration.seconds(10)
  /// How long git has to remove its lock files before it is killed.
  private static let grace = Duration.seconds(2)

  package init() {}

  /// The longest that a child may take; for one that talks to another host, be silent.
  package var limit: Duration {
    get { inside.withLock { $0.limit } }
    set { inside.withLock { $0.limit = newValue } }
  }

  /// Ends all that is under way; what is started later has little time.
  package func endAll() {
    let running = inside.withLock { inside in
      inside.isStopping = true
      return Array(inside.entries.keys)
    }
    for number in running { end(number, .stopped, after: Self.moment) }
  }

  /// Runs a child to its end, or ends it.
  func run(_ child: Child, limit: Duration? = nil) async -> Result<ChildOutput, GitError> {
    let number = add(isGroup: !child.sharesTerminal, limit)
    var child = child
    if let listener = child.listener {
      child.listener = { bytes in
        self.prolong(number)
        listener(bytes)
      }
    }
    let work = Task { [child] in await child.result { self.started(number, $0) } }
    let guardian = Task { await self.keepTime(of: number) }
    let result = await withTaskCancellationHandler {
      await work.value
    } onCancel: {
      end(number, .stopped, after: Self.patience)
    }
    guardian.cancel()
    guard let reason = remove(number) else { return result }
    // It may have come to its own end at the last moment.
    if case .success(let output) = result, output.status == 0 { return result }
    switch reason {
    case .overdue(let limit): return .failure(.gitOverdue(command: child.name, limit: limit))
    case .stopped: return .failure(.gitStopped(command: child.name))
    }
  }
}

extension ChildWatch {
  /// Notes a child that has a group of its own and is waited for elsewhere; `remove` takes it off.
  func add(process: pid_t) -> Int {
    let number = add(isGroup: true, nil)
    started(number, process)
    return number
  }

  private func add(isGroup: Bool, _ limit: Duration?) -> Int {
    inside.withLock { inside in
      var limit = min(limit ?? inside.limit, inside.limit)
      if inside.isStopping { limit = min(limit, Self.afterwards) }
      inside.last += 1
      inside.entries[inside.last] = Entry(
        isGroup: isGroup, limit: limit, deadline: .now.advanced(by: limit))
      return inside.last
    }
  }

  private func started(_ number: Int, _ process: pid_t) {
    inside.withLock { inside in
      inside.entries[number]?.process = process
      if let entry = inside.entries[number], entry.reason != nil { Self.signal(entry, SIGTERM) }
    }
  }

  /// It said something, so it is alive.
  private func prolong(_ number: Int) {
    inside.withLock { inside in
      guard let limit = inside.entries[number]?.limit else { return }
      inside.entries[number]?.deadline = .now.advanced(by: limit)
    }
  }

  private func keepTime(of number: Int) async {
    while let entry = inside.withLock({ $0.entries[number] }) {
      if .now >= entry.deadline { return end(number, .overdue(entry.limit), after: .zero) }
      do {
        try await Task.sleep(until: entry.deadline, clock: .continuous)
      } catch {
        return
      }
    }
  }

  /// Takes it off the list; why it was ended, where it was. What it left of its group ends then,
  /// too.
  @discardableResult
  func remove(_ number: Int) -> Reason? {
    inside.withLock { inside in
      guard let entry = inside.entries.removeValue(forKey: number), let reason = entry.reason
      else { return nil }
      if entry.isGroup { Self.signal(entry, SIGKILL) }
      return reason
    }
  }

  private func end(_ number: Int, _ reason: Reason, after wait: Duration) {
    // In a task of its own: the one that is being waited in may be cancelled.
    Task.detached {
      try? await Task.sleep(for: wait)
      self.signal(number, SIGTERM, reason)
      try? await Task.sleep(for: Self.grace)
      self.signal(number, SIGKILL, reason)
    }
  }

  private func signal(_ number: Int, _ signal: Int32, _ reason: Reason) {
    inside.withLock { inside in
      guard let entry = inside.entries[number] else { return }
      inside.entries[number]?.reason = entry.reason ?? reason
      Self.signal(entry, signal)
    }
  }

  private static func signal(_ entry: Entry, _ signal: Int32) {
    guard let process = entry.process, process > 1 else { return }
    kill(entry.isGroup ? -process : process, signal)
    // One that is stopped, as by reading from the terminal, would not hear of it.
    if signal != SIGKILL { kill(entry.isGroup ? -process : process, SIGCONT) }
  }
}
