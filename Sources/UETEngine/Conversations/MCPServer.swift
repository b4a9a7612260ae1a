import UETModel
import UETSystem
import UETTools

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// Serves the Model Context Protocol on two descriptors. Each call of a tool is a run of this
/// program, one after the other, so that a tool says what the command says.
package struct MCPServer {
  /// A command at work, and what it has printed.
  private struct Work {
    let key: Int
    let program: TalkingProgram
    var output: [UInt8] = []
    var errors: [UInt8] = []
    /// A file that goes with it.
    var file: String?
  }

  private let environment: [String: String]
  private let folder: String
  private let (input, output): (Int32, Int32)
  private var session: MCPSession
  private var work: Work?
  private var waiting: [(key: Int, call: MCPCall)] = []
  private var isOpen = true

  /// More than this is not kept of what a command prints.
  private static let mostOutput = 32 << 20

  package init(
    environment: [String: String], folder: String, input: Int32 = 0, output: Int32 = 1
  ) {
    self.environment = environment
    self.folder = folder
    (self.input, self.output) = (input, output)
    let isWorker = environment["UET_SOCKET"] != nil && environment["UET_RUN"] != nil
    session = MCPSession(
      isWorker: isWorker, run: isWorker ? environment["UET_RUN"] : nil,
      version: ProgramVersion.text)
  }

  /// Serves until the client says no more and has its answers. Throws where it cannot be answered.
  package mutating func run() throws(SystemFailure) {
    while isOpen || work != nil || !waiting.isEmpty {
      if work == nil { try startNext() }
      if let current = work {
        let heard = current.program.listen(
          also: isOpen ? input : nil, seconds: current.program.isSilent ? 0.005 : 1)
        work?.output += heard.output.prefix(Self.mostOutput - current.output.count)
        work?.errors += heard.errors.prefix(Self.mostOutput - current.errors.count)
        if heard.also { try read() }
        try finishWork()
      } else if isOpen {
        var watched = pollfd(fd: input, events: Int16(POLLIN), revents: 0)
        poll(&watched, 1, -1)
        if watched.revents != 0 { try read() }
      }
    }
  }

  private mutating func read() throws(SystemFailure) {
    var buffer = [UInt8](repeating: 0, count: 64 << 10)
    let count = systemRead(input, &buffer, buffer.count)
    if count > 0 { return try carryOut(session.take(buffer[..<count])) }
    if count < 0, errno == EINTR || errno == EAGAIN { return }
    isOpen = false
  }

  private mutating func carryOut(_ effects: [MCPSession.Effect]) throws(SystemFailure) {
    for effect in effects {
      switch effect {
      case .reply(let message):
        try Files.write(
          Array((message.encoded() + "\n").utf8), to: output, path: "standard output")
      case .call(let key, let call): waiting.append((key, call))
      case .stop(let key):
        waiting.removeAll { $0.key == key }
        if work?.key == key { endWork() }
      }
    }
  }

  private mutating func startNext() throws(SystemFailure) {
    guard work == nil, !waiting.isEmpty else { return }
    let (key, call) = waiting.removeFirst()
    var (arguments, file): ([String], String?) = (call.arguments, nil)
    do throws(SystemFailure) {
      if let text = call.file {
        let name = String(UInt64.random(in: 0 ... .max), radix: 36)
        let path = "\(Files.temporaryFolder)/git-uet-\(name).yaml"
        try Files.create(text.utf8, at: path, mode: 0o600)
        file = path
        arguments += ["--", path]
      }
      let program = try TalkingProgram(
        [OwnProgram.path] + arguments, in: folder, environment: environment)
      program.closeInput()
      work = Work(key: key, program: program, file: file)
    } catch {
      if let file { try? Files.remove(file) }
      try carryOut(session.finished(key, status: nil, output: "", errors: "\(error)"))
    }
  }

  private mutating func finishWork() throws(SystemFailure) {
    guard let done = work, done.program.isDone, let end = done.program.end else { return }
    if let file = done.file { try? Files.remove(file) }
    work = nil
    let status: Int32? = if case .exited(let status) = end { status } else { nil }
    try carryOut(
      session.finished(
        done.key, status: status, output: String(decoding: done.output, as: UTF8.self),
        errors: String(decoding: done.errors, as: UTF8.self)))
  }

  /// Ends the command at work without an answer.
  private mutating func endWork() {
    guard let current = work else { return }
    work = nil
    if let file = current.file { try? Files.remove(file) }
    current.program.signal(SIGKILL)
    while current.program.end == nil { _ = current.program.listen(also: nil, seconds: 0.05) }
  }
}

private func systemRead(_ descriptor: Int32, _ buffer: inout [UInt8], _ count: Int) -> Int {
  read(descriptor, &buffer, count)
}
