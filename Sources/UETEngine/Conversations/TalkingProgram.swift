import UETModel
import UETSystem

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// A program that is talked with: its input, output and errors are pipes of ours.
final class TalkingProgram {
  /// What it said since it was last listened to; `also` for the descriptor that was watched
  /// besides.
  struct Heard {
    var output: [UInt8] = []
    var errors: [UInt8] = []
    var also = false
    var isQuiet: Bool { output.isEmpty && errors.isEmpty && !also }
  }

  private let pid: pid_t
  private var input: Descriptor?
  private let output: Descriptor
  private let errors: Descriptor
  private var outputIsOpen = true
  private var errorsAreOpen = true
  /// What it has not taken yet.
  private var unsaid: [UInt8] = []
  private var isClosing = false
  /// How it ended; nil while it runs.
  private(set) var end: ProcessEnd?

  /// Starts it in a process group of its own; `argv[0]` is looked up in the environment's `PATH`.
  init(
    _ argv: [String], in folder: String, environment: [String: String]
  ) throws(SystemFailure) {
    let found = argv[0].contains("/") ? argv[0] : Spawn.find(argv[0], environment)
    guard let found else { throw SystemFailure("run", argv[0], code: ENOENT) }
    // What is said to a program that has ended must not end us.
    systemSignal(SIGPIPE, SIG_IGN)
    let toProgram = try PipeEnds.open()
    let fromProgram = try PipeEnds.open()
    let fromErrors = try PipeEnds.open()
    let list = environment.map { "\($0.key)=\($0.value)" }.sorted()
    let spawn = Spawn(
      found, Array(argv.dropFirst()), environment: list, in: folder, group: .ofItsOwn)
    pid = try spawn.start(
      input: toProgram.readEnd.number, output: fromProgram.writeEnd.number,
      error: fromErrors.writeEnd.number)
    input = toProgram.writing().unblocked()
    output = fromProgram.reading().unblocked()
    errors = fromErrors.reading().unblocked()
  }

  /// Whether nothing more is to be heard from it.
  var isSilent: Bool { !outputIsOpen }

  /// Whether it has ended, and all that it said was heard.
  var isDone: Bool { end != nil && !outputIsOpen && !errorsAreOpen }

  func say(_ text: String) {
    unsaid += text.utf8
    flush()
  }

  /// Closes its input, once it has taken what was said.
  func closeInput() {
    isClosing = true
    flush()
  }

  /// Sends a signal to it and what it started in its own group.
  func signal(_ number: Int32) {
    guard end == nil else { return }
    kill(-pid, number)
  }

  /// Waits until it says something, for so many seconds at most.
  func listen(also other: Int32?, seconds: Double) -> Heard {
    var watched = [
      pollfd(fd: outputIsOpen ? output.number : -1, events: Int16(POLLIN), revents: 0),
      pollfd(fd: errorsAreOpen ? errors.number : -1, events: Int16(POLLIN), revents: 0),
      pollfd(fd: other ?? -1, events: Int16(POLLIN), revents: 0),
      pollfd(fd: unsaid.isEmpty ? -1 : input?.number ?? -1, events: Int16(POLLOUT), revents: 0),
    ]
    poll(&watched, nfds_t(watched.count), Int32((seconds * 1000).rounded(.up)))
    var heard = Heard()
    if watched[0].revents != 0 { heard.output = Self.take(output.number, &outputIsOpen) }
    if watched[1].revents != 0 { heard.errors = Self.take(errors.number, &errorsAreOpen) }
    heard.also = watched[2].revents != 0
    if watched[3].revents != 0 { flush() }
    if heard.isQuiet || !outputIsOpen { end = end ?? ProcessEnd(ofEnded: pid) }
    // What it started may hold its output open.
    if end != nil, heard.isQuiet { (outputIsOpen, errorsAreOpen) = (false, false) }
    return heard
  }

  private static func take(_ descriptor: Int32, _ isOpen: inout Bool) -> [UInt8] {
    var buffer = [UInt8](repeating: 0, count: 64 << 10)
    let count = read(descriptor, &buffer, buffer.count)
    if count > 0 { return Array(buffer.prefix(count)) }
    if count == 0 || (errno != EAGAIN && errno != EINTR) { isOpen = false }
    return []
  }

  private func flush() {
    while !unsaid.isEmpty, let number = input?.number {
      let count = write(number, unsaid, unsaid.count)
      if count < 0, errno == EINTR { continue }
      if count < 0, errno == EAGAIN { return }
      guard count > 0 else {
        unsaid = []
        break
      }
      unsaid.removeFirst(count)
    }
    if isClosing { input = nil }
  }
}

private func systemSignal(_ number: Int32, _ action: sig_t) { signal(number, action) }
