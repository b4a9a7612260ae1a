#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// One run of one command, from the start of its supervisor to the end of the tree; blocks.
struct SupervisedRun: Sendable {
  let executable: String
  let order: ProcessOrder
  let stop: StopSwitch
  let pulse: @Sendable (ProcessPulse) -> Void
  let started: @Sendable (ProcessIdentity) -> Void

  /// A supervisor that is silent for so many beats is taken to be stopped; for so many again, dead.
  private static let silentBeats = 3.0
  /// A line is far shorter; whatever is longer is not a supervisor's.
  private static let longestLine = 4096

  func toItsEnd() -> ProcessReport {
    if let problem = order.problem {
      return ProcessReport(.notStarted(errno: EINVAL, message: problem))
    }
    if stop.level != .off { return ProcessReport(.stopped) }
    do {
      return try supervised()
    } catch {
      return ProcessReport(error.asEnding("cannot start the supervisor '\(executable)'"))
    }
  }

  private func supervised() throws(ProcessError) -> ProcessReport {
    let pair = try SocketPair.open()
    let spawn = Spawn(
      executable: executable, arguments: order.supervisorArguments,
      environment: order.supervisorEnvironment)
    let pid = try spawn.start(channel: pair.theirs.number)
    let identity = ProcessIdentity(of: pid)
    let ours = pair.keepingOurs()
    stop.attach(ours.number)
    var report = listen(ours.number, pid)
    stop.detach()
    Self.awaitEnd(of: pid)
    if report == nil { report = lost(identity) }
    return report ?? ProcessReport(.signalled(SIGKILL))
  }

  /// Follows the supervisor's lines to the end of its channel.
  private func listen(_ channel: Int32, _ pid: pid_t) -> ProcessReport? {
    var report: ProcessReport?
    var pending: [UInt8] = []
    var silences = 0
    while true {
      switch read(channel, into: &pending) {
      case .some:
        silences = 0
        while let end = pending.firstIndex(of: 0x0A) {
          let line = SupervisorLine(pending[..<end], of: order)
          pending.removeSubrange(...end)
          if case .ended(let told)? = line { report = told } else { heard(line) }
        }
        if pending.count > Self.longestLine { pending.removeAll() }
      case .silence:
        silences += 1
        kill(pid, silences == 1 ? SIGCONT : SIGKILL)
      case .end: return report
      }
    }
  }

  private func heard(_ line: SupervisorLine?) {
    switch line {
    case .started(let supervisor, let startTime)?:
      started(ProcessIdentity(pid: supervisor, startTime: startTime))
    case .beat(let beat)?: pulse(beat)
    default: break
    }
  }

  private enum Reading { case some, silence, end }

  private func read(_ channel: Int32, into pending: inout [UInt8]) -> Reading {
    let patience = min(max(order.beat, 1) * Self.silentBeats, 86_400)
    var wanted = pollfd(fd: channel, events: Int16(POLLIN), revents: 0)
    let ready = poll(&wanted, 1, Int32(patience * 1000))
    if ready == 0 { return .silence }
    if ready < 0 { return errno == EINTR || errno == EAGAIN ? .some : .end }
    var bytes = [UInt8](repeating: 0, count: 1024)
    let count = recv(channel, &bytes, bytes.count, 0)
    if count < 0 { return errno == EINTR || errno == EAGAIN ? .some : .end }
    pending += bytes.prefix(count)
    return count == 0 ? .end : .some
  }

  private static func awaitEnd(of pid: pid_t) {
    var status: Int32 = 0
    while waitpid(pid, &status, 0) < 0, errno == EINTR {}
  }

  /// The supervisor was killed before it could report: what it guarded is ended from here.
  private func lost(_ identity: ProcessIdentity?) -> ProcessReport {
    var report = ProcessReport(stop.level == .off ? .signalled(SIGKILL) : .stopped)
    report.supervisorLost = true
    if let identity {
      let swept = identity.sweep(session: true)
      report.stragglers = swept.ended
      report.survivors = swept.survivors
    }
    return report
  }
}
