#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// What a program printed that was run to its end, and how that came.
package struct ProgramOutput: Sendable {
  package let end: ProcessEnd
  package let output: [UInt8]
  package let errors: [UInt8]

  /// Runs a program in a group of its own.
  ///
  /// - Parameters:
  ///   - bytes: What it reads on its standard input.
  ///   - seconds: After them it is killed.
  ///   - limit: How many bytes of each stream are kept.
  package init(
    of program: String, _ arguments: [String], reading bytes: [UInt8] = [],
    environment: [String: String], in folder: String?, seconds: Double, limit: Int
  ) async throws(SystemFailure) {
    let out = try Descriptor(unnamedIn: Files.temporaryFolder)
    let said = try Descriptor(unnamedIn: Files.temporaryFolder)
    let input = try Descriptor(unnamedIn: Files.temporaryFolder)
    try Files.write(bytes, to: input.number, path: Files.temporaryFolder)
    lseek(input.number, 0, SEEK_SET)
    let process = try Spawn(
      program, arguments, environment: environment.map { "\($0.key)=\($0.value)" }, in: folder,
      group: .ofItsOwn
    ).start(input: input.number, output: out.number, error: said.number)
    let watch = Task {
      try await Task.sleep(for: .seconds(seconds))
      kill(-process, SIGKILL)
    }
    end = await withCheckedContinuation {
      (continuation: CheckedContinuation<ProcessEnd, Never>) in
      do throws(SystemFailure) {
        try OwnThread.start { continuation.resume(returning: ProcessEnd(of: process)) }
      } catch {
        continuation.resume(returning: ProcessEnd(of: process))
      }
    }
    watch.cancel()
    output = Self.content(of: out, limit)
    errors = Self.content(of: said, limit)
  }

  /// The last line that it said on its standard error.
  package var lastWords: String? {
    String(decoding: errors, as: UTF8.self).split(whereSeparator: \.isNewline).last
      .map(String.init)
  }

  private static func content(of file: borrowing Descriptor, _ limit: Int) -> [UInt8] {
    lseek(file.number, 0, SEEK_SET)
    var bytes = [UInt8](repeating: 0, count: 64 << 10)
    var content: [UInt8] = []
    while content.count < limit {
      let count = read(file.number, &bytes, bytes.count)
      guard count > 0 else { break }
      content += bytes.prefix(count)
    }
    return content
  }
}
