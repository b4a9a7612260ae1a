import UETSystem

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// One client of a control server; used by the server's thread alone.
final class ControlConnection {
  /// READING: waits for a request. ANSWERING: a task has it. WRITING: the answer is on its way,
  /// then READING again. CLOSING: the last answer is on its way. Any state may end in CLOSED.
  enum State { case reading, answering, writing, closing, closed }

  let id: Int
  /// Who connected; nil where the system does not say.
  let process: Int32?
  private let socket: Descriptor
  private(set) var state = State.reading
  private var input: [UInt8] = []
  private var output: ArraySlice<UInt8> = []
  /// When the state has lasted too long; an answer may take as long as it needs.
  private(set) var deadline: ContinuousClock.Instant
  /// When its next request may be taken, in seconds of the server's; nil for at once.
  var resumesAt: Double?

  init(id: Int, socket: consuming Descriptor, deadline: ContinuousClock.Instant) {
    self.id = id
    process = socket.peerProcess
    self.socket = socket
    self.deadline = deadline
  }

  var number: Int32 { socket.number }

  var isTimed: Bool { state != .answering }

  var events: Int16 {
    switch state {
    case .reading: resumesAt == nil ? Int16(POLLIN) : 0
    case .writing, .closing: Int16(POLLOUT)
    case .answering, .closed: 0
    }
  }

  func close() { state = .closed }

  /// Reads what is there, up to the size of one request line.
  func receive(limit: Int) {
    var bytes = [UInt8](repeating: 0, count: 16 << 10)
    while state == .reading, input.count <= limit, !input.contains(0x0A) {
      let count = recv(socket.number, &bytes, bytes.count, 0)
      if count < 0, errno == EINTR { continue }
      if count < 0, errno == EAGAIN { return }
      if count <= 0 {
        state = .closed
        return
      }
      input += bytes.prefix(count)
    }
  }

  /// Whether a request waits to be taken.
  var hasRequest: Bool { state == .reading && input.contains(0x0A) }

  enum Request: Equatable {
    case none
    case line([UInt8])
    case tooLong
  }

  /// The next whole line, once there is one; the connection is then ANSWERING.
  func nextRequest(limit: Int) -> Request {
    guard state == .reading else { return .none }
    guard let end = input.firstIndex(of: 0x0A) else {
      return input.count > limit ? .tooLong : .none
    }
    if end > limit { return .tooLong }
    let line = Array(input[..<end])
    input.removeSubrange(...end)
    state = .answering
    return .line(line)
  }

  /// Begins to send an answer; `last` closes the connection after it.
  func answer(_ line: [UInt8], last: Bool = false, deadline: ContinuousClock.Instant) {
    guard state != .closed else { return }
    output = ArraySlice(line + [0x0A])
    state = last ? .closing : .writing
    self.deadline = deadline
    transmit(deadline: deadline)
  }

  func transmit(deadline: ContinuousClock.Instant) {
    while !output.isEmpty {
      let count = output.withUnsafeBytes {
        socket.send($0)
      }
      if count < 0, errno == EINTR { continue }
      if count < 0, errno == EAGAIN { return }
      if count <= 0 {
        state = .closed
        return
      }
      output = output.dropFirst(count)
    }
    state = state == .closing ? .closed : .reading
    self.deadline = deadline
  }
}
