import Testing
import UETSystem
import UETTestSupport

@testable import UETWorkers

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// A folder of its own and the supervisor that was built with the tests.
struct Scene {
  let supervisor: Supervisor
  private let place = TemporaryDirectory()

  init() throws { supervisor = try Self.builtSupervisor() }

  var folder: String { place.path }

  private static func builtSupervisor() throws -> Supervisor {
    let path = Supervisor.locate(besides: CommandLine.arguments[0], environment: [:])
    return Supervisor(executable: try #require(path, "uet-supervise is not beside the tests"))
  }

  var logPath: String { "\(folder)/log" }

  func order(_ argv: [String], grace: Double = 5, timeout: Double? = 60) -> ProcessOrder {
    ProcessOrder(
      argv: argv, workingDirectory: folder, environment: ["PATH": "/usr/local/bin:/usr/bin:/bin"],
      logPath: logPath, timeout: timeout, grace: grace)
  }

  func order(script: String, grace: Double = 5, timeout: Double? = 60) -> ProcessOrder {
    order(["/bin/sh", "-c", script], grace: grace, timeout: timeout)
  }

  func python(_ script: String, grace: Double = 5, timeout: Double? = 60) -> ProcessOrder {
    order(["python3", "-c", script], grace: grace, timeout: timeout)
  }

  func run(_ order: ProcessOrder) async -> ProcessReport { await supervisor.run(order) { _ in } }

  var log: String { contents("log") ?? "" }

  func contents(_ name: String) -> String? {
    guard let file = fopen("\(folder)/\(name)", "r") else { return nil }
    defer { fclose(file) }
    var bytes: [UInt8] = []
    var piece = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = fread(&piece, 1, piece.count, file)
      if count == 0 { return String(decoding: bytes, as: UTF8.self) }
      bytes += piece.prefix(count)
    }
  }

  /// The numbers that the command wrote to a file, one a line.
  func numbers(_ name: String) -> [Int32] {
    (contents(name) ?? "").split(separator: "\n").compactMap { Int32($0) }
  }

  static func exists(_ pid: Int32) -> Bool {
    guard let entry = ProcessEntry(pid) else { return false }
    return !entry.hasEnded
  }

  /// Waits until a condition holds; false when it does not within the limit in seconds.
  static func eventually(_ limit: Double = 20, _ condition: () -> Bool) async -> Bool {
    let clock = ContinuousClock()
    let end = clock.now + .seconds(limit)
    while !condition() {
      if clock.now > end { return false }
      await Task.yield()
      poll(nil, 0, 2)
    }
    return true
  }

  /// Whether tests that take long, or load the machine, are asked for.
  static var isLong: Bool { getenv("UET_LONG") != nil }

  /// How many descriptors this process has open.
  static func openDescriptors() -> Int {
    guard let directory = opendir("/dev/fd") else { return -1 }
    defer { closedir(directory) }
    var count = 0
    while readdir(directory) != nil { count += 1 }
    return count
  }

  /// What random tests start from; `UET_SEED` replays one.
  static let seed = getenv("UET_SEED").flatMap { Int(String(cString: $0)) } ?? 20_261_121
}
