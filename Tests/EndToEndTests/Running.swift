import Foundation
import Testing

/// A program that was started; its output is collected in files, so that no pipe can fill up.
final class Running {
  let process: Process
  private let out: URL
  private let err: URL

  init(process: Process, out: URL, err: URL) {
    self.process = process
    self.out = out
    self.err = err
  }

  var pid: Int32 { process.processIdentifier }

  func signal(_ number: Int32) { kill(pid, number) }

  /// Whether it has a file of that name open by now; true where that cannot be known.
  func hasOpen(_ name: String) -> Bool {
    let folder = "/proc/\(pid)/fd"
    guard let files = try? FileManager.default.contentsOfDirectory(atPath: folder) else {
      return !FileManager.default.fileExists(atPath: "/proc/self/fd")
    }
    return files.contains { file in
      let path = try? FileManager.default.destinationOfSymbolicLink(atPath: "\(folder)/\(file)")
      return path?.hasSuffix("/\(name)") ?? false
    }
  }

  /// Waits for the end and returns what was printed.
  func finish() -> Scratch.Output {
    process.waitUntilExit()
    defer {
      try? FileManager.default.removeItem(at: out)
      try? FileManager.default.removeItem(at: err)
    }
    let status =
      process.terminationReason == .uncaughtSignal
      ? 128 + process.terminationStatus : process.terminationStatus
    let output = Scratch.Output(status: status, text: text(out), errors: text(err))
    if let words = process.arguments {
      OutputSchema.check(Array(words.first == "uet" ? words.dropFirst() : words[...]), output.text)
    }
    return output
  }

  var printed: String { text(out) }
  var complained: String { text(err) }

  private func text(_ url: URL) -> String {
    (try? Data(contentsOf: url)).map { String(decoding: $0, as: UTF8.self) } ?? ""
  }
}

extension Scratch {
  static func start(
    _ program: String, _ arguments: [String], _ folder: String, _ environment: [String: String]
  ) throws -> Running {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: program)
    process.arguments = arguments
    process.currentDirectoryURL = URL(fileURLWithPath: folder)
    process.environment = environment
    let base = FileManager.default.temporaryDirectory
    let out = base.appendingPathComponent("uet-out-\(UUID().uuidString)")
    let err = base.appendingPathComponent("uet-err-\(UUID().uuidString)")
    for url in [out, err] { try Data().write(to: url) }
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = try FileHandle(forWritingTo: out)
    process.standardError = try FileHandle(forWritingTo: err)
    try process.run()
    return Running(process: process, out: out, err: err)
  }

  /// Waits until `condition` holds; fails after `limit` seconds.
  func wait(
    _ what: String, limit: Double = 30, until condition: () throws -> Bool
  ) throws {
    let end = Date(timeIntervalSinceNow: limit)
    while try !condition() {
      try #require(Date() < end, "waited \(limit) s in vain for \(what)")
      usleep(5000)
    }
  }
}
