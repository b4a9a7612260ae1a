/// One command to be run under a supervisor, and its limits.
package struct ProcessOrder: Hashable, Sendable {
  /// The program and its arguments. A program without a slash is looked up in the absolute entries
  /// of the order's own `PATH`; a relative one is relative to `workingDirectory`.
  package var argv: [String]
  package var workingDirectory: String
  /// All that the command sees, but for `UET_SUPERVISOR`, which the supervisor adds.
  package var environment: [String: String]
  /// What the command reads as its standard input; nil for nothing.
  package var input: String?
  /// Takes standard output and standard error; an existing file is emptied.
  package var logPath: String
  /// The log's largest size in bytes, 4096 at least: the head, a line that says how much is left
  /// out, and the tail (half of the limit, 256 KiB at most).
  package var logLimit: Int
  /// Wall time in seconds after which the command is ended; nil for no limit.
  package var timeout: Double?
  /// Seconds that the command alone has after TERM, before all that it started gets it.
  package var farewell = 0.0
  /// Seconds between TERM and KILL.
  package var grace: Double
  /// Seconds between two signs of life of the supervisor.
  package var beat: Double
  /// What it may see and write; nil for all that the user may.
  package var confinement: Confinement?
  /// Seconds without a sign of life after which the supervisor itself is ended; nil for some beats.
  /// The silence of the command does not count.
  package var stale: Double?
  package var limits = ProcessLimits()
  /// A folder that the command sees at another path; nil for each where it is.
  package var view: FolderView?

  package init(
    argv: [String], workingDirectory: String, environment: [String: String], logPath: String,
    logLimit: Int = 16 << 20, timeout: Double? = nil, grace: Double = 10, beat: Double = 10
  ) {
    self.argv = argv
    self.workingDirectory = workingDirectory
    self.environment = environment
    self.logPath = logPath
    self.logLimit = logLimit
    self.timeout = timeout
    self.grace = grace
    self.beat = beat
  }
}

extension ProcessOrder {
  /// The supervisor's own arguments, its name aside.
  var supervisorArguments: [String] {
    var list = [
      "--cwd=\(workingDirectory)", "--log=\(logPath)", "--log-limit=\(max(0, logLimit))",
      "--grace-ms=\(Self.milliseconds(grace))",
      "--beat-ms=\(max(1, Self.milliseconds(effectiveBeat)))",
    ]
    if farewell > 0 { list.append("--farewell-ms=\(Self.milliseconds(farewell))") }
    list += limits.supervisorArguments
    if let input { list.append("--input=\(input)") }
    if let timeout { list.append("--timeout-ms=\(max(1, Self.milliseconds(timeout)))") }
    guard let confinement else { return list + (view?.supervisorArguments ?? []) + ["--"] + argv }
    let confined = confinement.arguments(running: argv, in: workingDirectory, seeing: view)
    return list + confined.options + ["--"] + confined.argv
  }

  /// Each name behind a `+`, so that nothing in it acts on the supervisor itself; sorted.
  var supervisorEnvironment: [String] { environment.map { "+\($0.key)=\($0.value)" }.sorted() }

  /// Several beats fit into the time after which silence counts.
  var effectiveBeat: Double { stale.map { min(beat, max(0.05, $0 / 6)) } ?? beat }

  /// Why no process can be made of the order; nil when it is in order.
  var problem: String? {
    if argv.isEmpty || argv[0].isEmpty { return "no program is named" }
    let texts =
      argv + [workingDirectory, logPath, input ?? "", limits.group ?? ""]
      + [view?.folder ?? "", view?.path ?? ""]
      + environment.flatMap { [$0.key, $0.value] }
    if texts.contains(where: { $0.utf8.contains(0) }) { return "a NUL byte is in the command" }
    for name in environment.keys where name.isEmpty || name.utf8.contains(UInt8(ascii: "=")) {
      return "an environment variable has an invalid name"
    }
    return nil
  }

  /// Whole milliseconds, between 0 and a year.
  private static func milliseconds(_ seconds: Double) -> Int {
    guard seconds > 0 else { return 0 }
    return Int((min(seconds, 31_536_000) * 1000).rounded(.up))
  }
}
