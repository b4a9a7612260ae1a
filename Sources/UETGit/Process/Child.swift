import UETSystem

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// One child process to be run to its end.
struct Child: Sendable {
  let executable: String
  /// As errors name it.
  let name: String
  let arguments: [String]
  let environment: [String: String]
  let directory: String
  let input: [UInt8]
  let limit: Int
  /// Set for a child that may ask a person, in the terminal, for a password.
  var sharesTerminal = false
  /// Given what the child says on its standard error as it comes; nil to collect it only.
  var listener: (@Sendable ([UInt8]) -> Void)?

  /// What is kept of its standard error; who says more is not worth more memory.
  static let longestError = 1 << 20
  /// How often what it says there is passed on, in milliseconds.
  private static let interval: Int32 = 80

  /// Runs it to its end; `started` is told its process, as soon as there is one.
  func result(
    started: @escaping @Sendable (pid_t) -> Void = { _ in }
  ) async -> Result<ChildOutput, GitError> {
    await withCheckedContinuation { continuation in
      do throws(SystemFailure) {
        try OwnThread.start {
          do throws(SystemFailure) {
            continuation.resume(returning: try toItsEnd(started))
          } catch {
            continuation.resume(returning: .failure(failure(error)))
          }
        }
      } catch {
        continuation.resume(returning: .failure(failure(error)))
      }
    }
  }

  /// Runs it to its end on this thread, which it holds up.
  private func toItsEnd(
    _ started: (pid_t) -> Void
  ) throws(SystemFailure) -> Result<ChildOutput, GitError> {
    let said = try ErrorFile(listener)
    let stdout = try PipeEnds.open()
    let stderr = try PipeEnds.open()
    let stdin = try stdin()
    let process = try spawn.start(
      input: stdin.number, output: stdout.writeEnd.number,
      error: said?.number ?? stderr.writeEnd.number)
    started(process)
    var output = ChildStream(stdout.reading(), limit: limit)
    var errors = ChildStream(stderr.reading(), limit: Self.longestError)
    while output.isOpen || errors.isOpen {
      var wanted = [output.wanted, errors.wanted]
      let ready = poll(&wanted, 2, said == nil ? -1 : Self.interval)
      said?.pass()
      guard ready > 0 else { continue }
      if wanted[0].revents != 0 { output.take() }
      if wanted[1].revents != 0 { errors.take() }
      if output.isOver {
        kill(sharesTerminal ? process : -process, SIGKILL)
        _ = ProcessEnd(of: process)
        return .failure(.outputTooLarge(command: name, limit: limit))
      }
    }
    let end = ProcessEnd(of: process)
    said?.pass()
    switch end {
    case .exited(let code):
      let text = String(decoding: said?.content ?? errors.content, as: UTF8.self)
      return .success(ChildOutput(status: code, stdout: output.content, stderr: text))
    case .signalled(let signal): return .failure(.gitKilled(command: name, signal: signal))
    }
  }

  /// A process group of its own: a Ctrl-C in the terminal is for us, not for git. But a group in
  /// the background is stopped when it reads from the terminal.
  var spawn: Spawn {
    Spawn(
      executable, arguments, environment: environment.map { "\($0.key)=\($0.value)" },
      in: directory, group: sharesTerminal ? .ours : .ofItsOwn)
  }

  /// Its standard input, as a file without a name.
  ///
  /// Not a pipe: a child that ends before it has read everything would end this process by SIGPIPE.
  private func stdin() throws(SystemFailure) -> Descriptor {
    if input.isEmpty { return try Descriptor(opening: "/dev/null", O_RDONLY) }
    let file = try Descriptor(unnamedIn: Files.temporaryFolder)
    try Files.write(input, to: file.number, path: Files.temporaryFolder)
    lseek(file.number, 0, SEEK_SET)
    return file
  }

  /// What kept it from being started.
  func failure(_ failure: SystemFailure) -> GitError {
    if failure.path != executable, !failure.path.isEmpty { return GitError(failure) }
    return failure.code == ENOENT && !Files.exists(executable)
      ? .gitMissing : .gitFailed(command: name, status: -1, detail: failure.reason)
  }
}

/// What a child left.
package struct ChildOutput: Sendable {
  package let status: Int32
  package let stdout: [UInt8]
  package let stderr: String

  package var text: String { String(decoding: stdout, as: UTF8.self) }
}

/// What a child says into a pipe, up to a limit.
private struct ChildStream: ~Copyable {
  private let end: Descriptor
  private let limit: Int
  private(set) var content: [UInt8] = []
  private(set) var isOpen = true
  /// It said more than the limit.
  private(set) var isOver = false

  init(_ end: consuming Descriptor, limit: Int) {
    self.end = end
    self.limit = limit
  }

  var wanted: pollfd { pollfd(fd: isOpen ? end.number : -1, events: Int16(POLLIN), revents: 0) }

  /// Reads what is there.
  mutating func take() {
    var buffer = [UInt8](repeating: 0, count: 65_536)
    let count = read(end.number, &buffer, buffer.count)
    if count < 0, errno == EINTR { return }
    guard count > 0 else {
      isOpen = false
      return
    }
    isOver = isOver || count > limit - content.count
    content += buffer[..<min(count, limit - content.count)]
  }
}
