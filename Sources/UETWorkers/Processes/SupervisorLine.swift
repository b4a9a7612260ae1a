import UETModel

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// One line of what a supervisor tells.
enum SupervisorLine: Hashable, Sendable {
  case started(supervisor: Int32, startTime: UInt64)
  case beat(ProcessPulse)
  case ended(ProcessReport)

  /// Nil for anything else; `order` serves the message of a command that could not be started.
  init?(_ bytes: some RandomAccessCollection<UInt8>, of order: ProcessOrder) {
    guard let value = try? JSONValue(parsing: bytes) else { return nil }
    if let pid = value["supervisor"]?.integer, let start = value["start_time"]?.integer {
      self = .started(supervisor: Int32(truncatingIfNeeded: pid), startTime: UInt64(max(0, start)))
    } else if let beat = value["beat_ms"]?.integer {
      self = .beat(
        ProcessPulse(
          seconds: Double(beat) / 1000, outputBytes: value["output_bytes"]?.integer ?? 0))
    } else if let ending = Self.ending(value, order) {
      self = .ended(Self.report(ending, value))
    } else {
      return nil
    }
  }

  private static func ending(_ value: JSONValue, _ order: ProcessOrder) -> ProcessEnding? {
    func code(_ key: String) -> Int32 { Int32(truncatingIfNeeded: value[key]?.integer ?? 0) }
    switch value["ended"]?.string {
    case "exited": return .exited(code("status"))
    case "signalled": return .signalled(code("signal"))
    case "timeout": return .timedOut
    case "stopped": return .stopped
    case "not_started":
      let text = message(step: value["step"]?.string ?? "", code("errno"), order)
      return .notStarted(errno: code("errno"), message: text)
    default: return nil
    }
  }

  private static func message(step: String, _ code: Int32, _ order: ProcessOrder) -> String {
    let cause = String(cString: strerror(code))
    return switch step {
    case "cwd": "cannot enter '\(order.workingDirectory)': \(cause)"
    case "log": "cannot write the log '\(order.logPath)': \(cause)"
    case "view": "its worktree cannot be shown at another path: \(cause)"
    case "confine" where code == 0: "the sandbox could not be set up"
    case "confine": "the sandbox could not be set up: \(cause)"
    case "exec": "cannot run '\(order.argv[0])': \(cause)"
    default: "cannot start a process: \(cause)"
    }
  }

  private static func report(_ ending: ProcessEnding, _ value: JSONValue) -> ProcessReport {
    func number(_ key: String) -> Int { value[key]?.integer ?? 0 }
    var report = ProcessReport(ending)
    report.seconds = Double(number("wall_us")) / 1_000_000
    report.cpuSeconds = Double(number("user_ms") + number("system_ms")) / 1000
    report.maxResidentBytes = number("max_rss")
    report.outputBytes = number("output_bytes")
    report.outputTruncated = number("left_out") > 0
    report.stragglers = number("stragglers")
    report.survivors = number("survivors")
    report.logError =
      number("log_errno") == 0 ? nil : Int32(truncatingIfNeeded: number("log_errno"))
    return report
  }
}
