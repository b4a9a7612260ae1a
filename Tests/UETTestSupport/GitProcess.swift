import Foundation

/// A child process run to its end, with nothing of the tester's own environment.
package struct GitProcess: Sendable {
  package let status: Int32
  package let output: [UInt8]
  package let errors: String

  package var text: String { String(decoding: output, as: UTF8.self) }

  /// Runs `arguments[0]`, found through PATH, in `directory`; 127 where it cannot start.
  ///
  /// Output goes through files, so that a full pipe can never block.
  package init(
    _ arguments: [String], in directory: String, environment: [String: String],
    input: [UInt8] = []
  ) {
    let scratch = TemporaryDirectory()
    let files = ["in", "out", "err"].map { scratch.path + "/" + $0 }
    for file in files { TemporaryDirectory.write(file == files[0] ? input : [], to: file) }
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = arguments
    process.environment = environment
    process.currentDirectoryURL = URL(fileURLWithPath: directory)
    process.standardInput = FileHandle(forReadingAtPath: files[0])
    process.standardOutput = FileHandle(forWritingAtPath: files[1])
    process.standardError = FileHandle(forWritingAtPath: files[2])
    do {
      try process.run()
      process.waitUntilExit()
      status =
        process.terminationReason == .exit
        ? process.terminationStatus : 128 + process.terminationStatus
    } catch {
      status = 127
    }
    output = TemporaryDirectory.read(files[1]) ?? []
    errors = String(decoding: TemporaryDirectory.read(files[2]) ?? [], as: UTF8.self)
  }
}
