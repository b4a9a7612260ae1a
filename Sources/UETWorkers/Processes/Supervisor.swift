import UETSystem

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// Runs commands under `uet-supervise`, one supervisor each: no descendant is left when `run`
/// returns, and none when this process is killed.
package struct Supervisor: Sendable {
  /// Path of `uet-supervise`.
  package let executable: String
  /// Where folders such as `/proc` are looked for, where not in `/`.
  private let machineRoot: String

  package init(executable: String, machineRoot: String = "") {
    self.executable = executable
    self.machineRoot = machineRoot
  }

  /// Finds `uet-supervise`: where `UET_SUPERVISE` says, else in the directory of `executablePath`,
  /// else in `../libexec/git-uet/` from there; symbolic links are tried as they stand, then
  /// resolved.
  ///
  /// A path without a slash says nothing about a place, and is not looked for in the working
  /// directory.
  package static func locate(
    besides executablePath: String, environment: [String: String]
  ) -> String? {
    if let path = environment["UET_SUPERVISE"], !path.isEmpty {
      return Files.isProgram(path) ? path : nil
    }
    var places = [executablePath]
    if executablePath.contains("/"), let resolved = Files.real(executablePath) {
      places.append(resolved)
    }
    for place in places {
      guard let slash = place.lastIndex(of: "/") else { continue }
      for path in ["uet-supervise", "../libexec/git-uet/uet-supervise"]
      where Files.isProgram("\(place[..<slash])/\(path)") {
        return "\(place[..<slash])/\(path)"
      }
    }
    return nil
  }

  /// Finds it beside the program that runs now.
  package static func locate(environment: [String: String]) -> String? {
    locate(besides: OwnProgram.path, environment: environment)
  }

  /// Runs a command to its end.
  ///
  /// Cancelling the task ends the command as `stop.stop()` does; the report still comes, when the
  /// whole tree is gone. `started` gets the identity of the supervisor, which stands for the tree,
  /// once the command runs; `pulse` is called at every beat. Both are called on the run's own
  /// thread.
  package func run(
    _ order: ProcessOrder, stop: StopSwitch = StopSwitch(),
    pulse: @escaping @Sendable (ProcessPulse) -> Void = { _ in },
    started: @escaping @Sendable (ProcessIdentity) -> Void
  ) async -> ProcessReport {
    await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let run = SupervisedRun(
          executable: executable, order: order, stop: stop, pulse: pulse, started: started)
        do throws(SystemFailure) {
          try OwnThread.start {
            let before = MemoryKills.count(root: machineRoot)
            var report = run.toItsEnd()
            if report.ending.isKill, let before,
              MemoryKills.count(root: machineRoot).map({ $0 > before }) == true
            {
              report.ending = .outOfMemory
            }
            continuation.resume(returning: report)
          }
        } catch {
          continuation.resume(returning: ProcessReport(error.asEnding("cannot start a thread")))
        }
      }
    } onCancel: {
      stop.stop()
    }
  }
}

extension ProcessEnding {
  /// A kill that nobody here ordered, as the command itself or a shell around it tells it.
  fileprivate var isKill: Bool {
    switch self {
    case .signalled(SIGKILL), .exited(128 + SIGKILL): true
    default: false
    }
  }
}

extension SystemFailure {
  func asEnding(_ message: String) -> ProcessEnding {
    .notStarted(errno: code, message: "\(message): \(reason)")
  }
}

/// One run of one command, from the start of its supervisor to the end of the tree; blocks.
struct SupervisedRun: Sendable {
  let executable: String
  let order: ProcessOrder
  let stop: StopSwitch
  let pulse: @Sendable (ProcessPulse) -> Void
  let started: @Sendable (ProcessIdentity) -> Void

  /// A supervisor that is silent for so many beats is taken to be stopped and told to go on; for so
  /// many again, or for as long as the order allows, dead.
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

  private func supervised() throws(SystemFailure) -> ProcessReport {
    let pair = try SocketPair.open()
    let pid = try supervisor(on: pair.theirs.number)
    let identity = ProcessIdentity(of: pid)
    let ours = pair.keepingOurs()
    stop.attach(ours.number)
    let heard = listen(ours.number, pid)
    stop.detach()
    _ = ProcessEnd(of: pid)
    return heard.report ?? lost(identity, silence: heard.silence)
  }

  private func supervisor(on channel: Int32) throws(SystemFailure) -> pid_t {
    var spawn = Spawn(
      executable, order.supervisorArguments, environment: order.supervisorEnvironment,
      group: .session)
    // The supervisor drops what came before it is ready.
    spawn.heldUp = [SIGINT, SIGQUIT, SIGHUP, SIGTSTP]
    return try spawn.start(input: channel, output: channel, error: nil)
  }

  /// Follows the supervisor's lines to the end of its channel.
  private func listen(
    _ channel: Int32, _ pid: pid_t
  ) -> (report: ProcessReport?, silence: Double?) {
    var report: ProcessReport?
    var pending: [UInt8] = []
    var silences = 0.0
    var killedAfter: Double?
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
        if silences * patience < order.stale ?? 2 * patience {
          kill(pid, SIGCONT)
        } else {
          killedAfter = killedAfter ?? silences * patience
          kill(pid, SIGKILL)
        }
      case .end: return (report, killedAfter)
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

  /// Seconds that one look for a line takes at most.
  private var patience: Double {
    let beats = min(max(order.effectiveBeat, order.stale == nil ? 1 : 0) * Self.silentBeats, 86_400)
    return order.stale.map { min(beats, max(0.1, $0 / 2)) } ?? beats
  }

  private enum Reading { case some, silence, end }

  private func read(_ channel: Int32, into pending: inout [UInt8]) -> Reading {
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

  /// The supervisor was killed before it could report: what it guarded is ended from here.
  private func lost(_ identity: ProcessIdentity?, silence: Double?) -> ProcessReport {
    var report = ProcessReport(stop.level == .off ? .signalled(SIGKILL) : .stopped)
    report.silence = silence
    report.supervisorLost = true
    if let identity {
      let swept = identity.sweep(session: true)
      report.stragglers = swept.ended
      report.survivors = swept.survivors
    }
    return report
  }
}
