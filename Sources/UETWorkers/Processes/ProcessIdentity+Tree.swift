import UETSystem

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

extension ProcessIdentity {
  /// What became of a tree that was ended from outside.
  package struct Sweep: Hashable, Sendable {
    /// Processes that were killed here, the supervisor aside.
    package var ended = 0
    package var survivors = 0
  }

  /// Ends the tree of a supervisor that another orchestrator started, and waits for its end; blocks
  /// for `patience` seconds and a few more at most, so call it from a thread of its own.
  ///
  /// The supervisor is asked first: it knows its descendants, and gives them their grace. What is
  /// left, or was left by a supervisor that is dead, is found by the variable that names it.
  @discardableResult
  package func endTree(patience: Double = 15) -> Sweep {
    guard boot == ProcessEntry.bootID else { return Sweep() }
    let wasAlive = isAlive
    for (signal, limit) in [(SIGTERM, patience), (SIGQUIT, 5), (SIGKILL, 5)] where isAlive {
      kill(pid, signal)
      kill(pid, SIGCONT)
      waitForEnd(limit)
    }
    return sweep(session: wasAlive)
  }

  /// `endTree` on a thread of its own.
  ///
  /// Worth calling for a supervisor that is dead as well: it may have been killed and have left its
  /// tree.
  @discardableResult
  package func end(patience: Double = 15) async -> Sweep {
    await withCheckedContinuation { continuation in
      let body: @Sendable () -> Void = {
        continuation.resume(returning: endTree(patience: patience))
      }
      do throws(SystemFailure) { try OwnThread.start(body) } catch { body() }
    }
  }

  private func waitForEnd(_ limit: Double) {
    let clock = ContinuousClock()
    let end = clock.now + .seconds(limit)
    while isAlive, clock.now < end { Self.pause(5) }
  }

  private static func pause(_ milliseconds: Int32) { poll(nil, 0, milliseconds) }

  /// Kills what carries this supervisor's mark, with all below it and all in its sessions, until
  /// nothing is left. Only for a supervisor that is dead.
  ///
  /// `session`: the supervisor was alive a moment ago, so that the session of its number is still
  /// the one it led; then what dropped the mark is found too.
  func sweep(session: Bool) -> Sweep {
    var killed: Set<Int32> = []
    let clock = ContinuousClock()
    let end = clock.now + .seconds(10)
    while true {
      let left = ProcessTree.numbers(markedBy: self, session: session)
      if left.isEmpty { return Sweep(ended: killed.count) }
      if clock.now >= end {
        return Sweep(ended: killed.subtracting(left).count, survivors: left.count)
      }
      for process in left { kill(process, SIGKILL) }
      killed.formUnion(left)
      Self.pause(2)
    }
  }

  /// The environment entry that the supervisor gives to its command.
  fileprivate var mark: String { "UET_SUPERVISOR=\(pid).\(startTime)" }
}

/// Which processes belong to a supervisor's tree: on Linux `/proc` tells; elsewhere nothing does,
/// and the tree is ended by its supervisor alone.
private enum ProcessTree {
  #if canImport(Darwin)
    /// The environment of other processes is not to be had.
    static func numbers(markedBy identity: ProcessIdentity, session: Bool) -> [Int32] { [] }
  #else
    /// The processes that carry the mark, those below them and those in their sessions: all
    /// sessions below a supervisor begin there, so nobody else's processes are in them.
    static func numbers(markedBy identity: ProcessIdentity, session: Bool) -> [Int32] {
      let all = ProcessEntry.numbers().compactMap(ProcessEntry.init)
        .filter { !$0.hasEnded && $0.pid != getpid() }
      let mark = Array(identity.mark.utf8)
      let seeds = all.filter { (session && $0.session == identity.pid) || carries(mark, $0.pid) }
      var found = Set(seeds.map(\.pid))
      while true {
        let sessions = Set(all.filter { found.contains($0.pid) }.map(\.session))
        let more = all.filter {
          !found.contains($0.pid) && (found.contains($0.parent) || sessions.contains($0.session))
        }
        if more.isEmpty { return found.sorted() }
        found.formUnion(more.map(\.pid))
      }
    }

    /// Whether the mark is one whole entry of the process's first environment.
    private static func carries(_ mark: [UInt8], _ pid: Int32) -> Bool {
      (Files.content(of: "/proc/\(pid)/environ") ?? [])
        .split(separator: 0).contains { $0.elementsEqual(mark) }
    }
  #endif
}
