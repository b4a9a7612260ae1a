import UETSystem

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Answers requests by HTTP/1.1, one a connection, as long as the process lives.
///
/// One thread waits for all connections, and none may take long: who sends or reads slowly is cut
/// off, and holds up nobody else meanwhile.
struct PageServer: ~Copyable {
  private let listener: Descriptor
  private let answer: (RequestHead) -> PageAnswer
  private let clock = ContinuousClock()
  private var connections: [Connection] = []

  /// Connections at one time; for a further one the oldest has to go.
  private static let most = 32
  /// Seconds for a request to come, and for its answer to be taken.
  private static let patience = 5.0

  /// `answer` is called for GET and HEAD alone.
  init(_ listener: consuming Descriptor, _ answer: @escaping (RequestHead) -> PageAnswer) {
    self.listener = listener
    self.answer = answer
  }

  consuming func run() -> Never {
    while true { turn() }
  }

  private mutating func turn() {
    var waited = [pollfd(fd: listener.number, events: Int16(POLLIN), revents: 0)]
    waited += connections.map { pollfd(fd: $0.number, events: $0.events, revents: 0) }
    let next = connections.map(\.deadline).min()
    let left = next.map { (($0 - clock.now) / .milliseconds(1)).rounded(.up) }
    poll(&waited, nfds_t(waited.count), left.map { Int32(max(0, $0)) } ?? -1)
    for (connection, state) in zip(connections, waited.dropFirst()) where state.revents != 0 {
      connection.advance(answer)
    }
    let now = clock.now
    for connection in connections where connection.deadline <= now { connection.expire() }
    connections.removeAll(where: \.isOver)
    if waited[0].revents != 0 { accept() }
  }

  private mutating func accept() {
    // As many as there may be; who waits still is taken in the next turn.
    for _ in 0..<Self.most {
      #if canImport(Glibc)
        let number = Glibc.accept(listener.number, nil, nil)
      #else
        let number = Darwin.accept(listener.number, nil, nil)
      #endif
      guard number >= 0 else {
        // No descriptor is left: those that are open end soon.
        if [EMFILE, ENFILE, ENOBUFS, ENOMEM].contains(errno) { usleep(50_000) }
        return
      }
      guard let socket = try? Descriptor(owning: number).prepared() else { continue }
      if connections.count == Self.most { connections.removeFirst() }
      connections.append(
        Connection(socket.unblocked(), deadline: clock.now + .seconds(Self.patience)))
    }
  }
}

extension PageServer {
  /// One client.
  private final class Connection {
    private let socket: Descriptor
    private var input: [UInt8] = []
    /// nil while the request comes.
    private var output: ArraySlice<UInt8>?
    private(set) var deadline: ContinuousClock.Instant
    private(set) var isOver = false

    init(_ socket: consuming Descriptor, deadline: ContinuousClock.Instant) {
      self.socket = socket
      self.deadline = deadline
    }

    var number: Int32 { socket.number }
    var events: Int16 { Int16(output == nil ? POLLIN : POLLOUT) }

    func advance(_ answer: (RequestHead) -> PageAnswer) {
      if output == nil { receive(answer) }
      if output != nil { transmit() }
    }

    /// One that took too long is told so, if it has not been answered yet, and closed.
    func expire() {
      if output == nil {
        output = PageAnswer(.timeout).bytes(withBody: true)[...]
        transmit()
      }
      isOver = true
    }

    private func receive(_ answer: (RequestHead) -> PageAnswer) {
      var bytes = [UInt8](repeating: 0, count: 4096)
      while output == nil {
        let count = recv(socket.number, &bytes, bytes.count, 0)
        if count < 0, errno == EINTR { continue }
        if count < 0, errno == EAGAIN { return }
        if count <= 0 {
          isOver = true
          return
        }
        input += bytes.prefix(count)
        switch RequestHead.read(input) {
        case .incomplete: continue
        case .malformed: output = PageAnswer(.badRequest).bytes(withBody: true)[...]
        case .tooLong: output = PageAnswer(.headTooLarge).bytes(withBody: true)[...]
        case .head(let head):
          let isKnown = ["GET", "HEAD"].contains(head.method)
          let page = isKnown ? answer(head) : PageAnswer(.methodNotAllowed)
          output = page.bytes(withBody: head.method != "HEAD")[...]
        }
        deadline = ContinuousClock.now + .seconds(PageServer.patience)
      }
    }

    private func transmit() {
      while let rest = output, !rest.isEmpty {
        let count = rest.withUnsafeBytes { socket.send($0) }
        if count < 0, errno == EINTR { continue }
        if count < 0, errno == EAGAIN { return }
        if count <= 0 { break }
        output = rest.dropFirst(count)
      }
      isOver = true
    }
  }
}
