import Foundation
import Testing

/// A process that writes to a ledger until it is killed.
final class StormProcess {
  private let process = Process()
  private let output = Pipe()
  private var rest: [UInt8] = []

  static let need: Comment = "ledger-storm is not built beside the tests"

  /// The program, built beside this test; nil where it is not.
  static var program: String? {
    let here = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe"))
    guard let here = here ?? Bundle.main.executablePath else { return nil }
    let path = (here as NSString).deletingLastPathComponent + "/ledger-storm"
    return FileManager.default.isExecutableFile(atPath: path) ? path : nil
  }

  init(
    _ arguments: [String], prefix: [String] = [], environment: [String: String]? = nil
  ) throws {
    guard let program = Self.program else { throw CocoaError(.fileNoSuchFile) }
    let words = prefix + [program] + arguments
    process.executableURL = URL(fileURLWithPath: words[0])
    process.arguments = Array(words.dropFirst())
    process.standardOutput = output
    if let environment { process.environment = environment }
    try process.run()
  }

  var pid: Int32 { process.processIdentifier }

  /// The next line it prints; nil when it has ended.
  func line() -> String? {
    while true {
      if let end = rest.firstIndex(of: 0x0A) {
        let line = String(decoding: rest[..<end], as: UTF8.self)
        rest.removeFirst(end + 1)
        return line
      }
      let data = output.fileHandleForReading.availableData
      if data.isEmpty { return nil }
      rest += data
    }
  }

  /// Kills it and gives the lines that it still had printed.
  func kill() -> [String] {
    Foundation.kill(process.processIdentifier, SIGKILL)
    var lines: [String] = []
    while let line = line() { lines.append(line) }
    process.waitUntilExit()
    return lines
  }

  /// All lines that are still to come; waits for its end.
  func lines() -> [String] {
    var lines: [String] = []
    while let line = line() { lines.append(line) }
    process.waitUntilExit()
    return lines
  }

  func wait() -> Int32 {
    process.waitUntilExit()
    return process.terminationStatus
  }
}
