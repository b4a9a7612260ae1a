import UETModel
import UETSystem

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// The thread of a control server: waits for all its connections at once.
struct ControlLoop: ~Copyable {
  private var listener: ControlListener
  private let limits: ControlLimits
  private let mailbox: ControlMailbox
  private let screen: ControlScreen
  private let handler: @Sendable (JSONValue) async -> JSONValue
  private let clock = ContinuousClock()
  private var connections: [Int: ControlConnection] = [:]
  private var lastID = 0
  private var pace: RequestPace
  private let start: ContinuousClock.Instant
  /// The process has no descriptor left: accepting waits for the next round.
  private var isStarved = false

  /// Seconds between two looks at the socket's file.
  private static let lookInterval = 2.0

  init(
    listener: consuming ControlListener, limits: ControlLimits, mailbox: ControlMailbox,
    screen: @escaping ControlScreen,
    handler: @escaping @Sendable (JSONValue) async -> JSONValue
  ) {
    self.listener = listener
    self.limits = limits
    pace = RequestPace(limits)
    start = clock.now
    self.mailbox = mailbox
    self.screen = screen
    self.handler = handler
  }

  consuming func run() {
    let mailbox = mailbox
    serve()
    // The socket is closed and its file removed before anybody is told.
    end()
    mailbox.closed()
  }

  private consuming func end() {}

  private mutating func serve() {
    var nextLook = clock.now + .seconds(Self.lookInterval)
    while true {
      let order = connections.values.sorted { $0.id < $1.id }
      var waited = [
        pollfd(fd: mailbox.bellNumber, events: Int16(POLLIN), revents: 0),
        pollfd(fd: acceptsMore ? listener.number : -1, events: Int16(POLLIN), revents: 0),
      ]
      waited += order.map { pollfd(fd: $0.number, events: $0.events, revents: 0) }
      let ready = poll(&waited, nfds_t(waited.count), patience(until: nextLook))
      isStarved = false
      guard let answers = mailbox.take() else { return }
      for answer in answers {
        connections[answer.client]?.answer(answer.line, deadline: deadline)
      }
      if ready > 0 {
        for (connection, state) in zip(order, waited.dropFirst(2)) {
          turn(connection, state.revents)
        }
        if waited[1].revents != 0 { accept() }
      }
      for connection in connections.values { advance(connection) }
      if clock.now >= nextLook {
        if listener.isLost { listener.restore() }
        pace.forget(at: seconds)
        nextLook = clock.now + .seconds(Self.lookInterval)
      }
    }
  }

  private var acceptsMore: Bool { connections.count < limits.clients && !isStarved }

  /// Seconds since it began.
  private var seconds: Double { start.duration(to: clock.now) / .seconds(1) }

  private var deadline: ContinuousClock.Instant { clock.now + .seconds(limits.idle) }

  /// Milliseconds until the next deadline.
  private func patience(until look: ContinuousClock.Instant) -> Int32 {
    let next = connections.values.filter(\.isTimed).map(\.deadline).min() ?? look
    let left = (min(next, look) - clock.now) / .milliseconds(1)
    let due = connections.values.compactMap(\.resumesAt).min().map { ($0 - seconds) * 1000 }
    let most = min(isStarved ? 100.0 : 60_000, due ?? .infinity)
    return Int32(max(0, min(left.rounded(.up), most)))
  }

  private func turn(_ connection: ControlConnection, _ events: Int16) {
    if events == 0 || connection.state == .closed { return }
    switch connection.state {
    case .reading: connection.receive(limit: limits.line)
    case .writing, .closing: connection.transmit(deadline: deadline)
    // The client hung up and will not take the answer.
    case .answering: if events & Int16(POLLHUP | POLLERR) != 0 { connection.close() }
    case .closed: break
    }
  }

  private mutating func accept() {
    while acceptsMore {
      #if canImport(Darwin)
        let number = Darwin.accept(listener.number, nil, nil)
      #else
        let number = Glibc.accept(listener.number, nil, nil)
      #endif
      if number < 0 {
        isStarved = [EMFILE, ENFILE, ENOBUFS, ENOMEM].contains(errno)
        if errno == EINTR || errno == ECONNABORTED { continue }
        return
      }
      guard let socket = try? Descriptor(owning: number).prepared() else { continue }
      guard socket.peerUser == getuid() else { continue }
      lastID += 1
      let connection = ControlConnection(
        id: lastID, socket: socket.unblocked(), deadline: deadline)
      connections[lastID] = connection
      if let process = connection.process,
        connections.values.count(where: { $0.process == process }) > limits.clientsOfOne
      {
        let text = "this process has \(limits.clientsOfOne) connections already"
        connection.answer(Self.refusal(text), last: true, deadline: deadline)
      }
    }
  }

  /// Starts what a connection has to do next, and forgets it when it is over.
  private mutating func advance(_ connection: ControlConnection) {
    if connection.isTimed, clock.now >= connection.deadline { connection.close() }
    if connection.hasRequest {
      let now = seconds
      if let due = connection.resumesAt, due > now { return }
      let client = connection.process.map(Int64.init) ?? -Int64(connection.id)
      connection.resumesAt = pace.take(client, at: now)
      if connection.resumesAt != nil { return }
    }
    switch connection.nextRequest(limit: limits.line) {
    case .none: break
    case .tooLong:
      let text = "a request is longer than \(limits.line) bytes"
      connection.answer(Self.refusal(text), last: true, deadline: deadline)
    case .line(let line): begin(line, of: connection)
    }
    if connection.state == .closed { connections[connection.id] = nil }
  }

  private func begin(_ line: [UInt8], of connection: ControlConnection) {
    let (client, mailbox, handler, members) = (connection.id, mailbox, handler, limits.members)
    let (screen, process) = (screen, connection.process)
    Task {
      let answer = await Self.answer(to: line, members: members) { request in
        if let refusal = screen(request, process) { return refusal }
        return await handler(request)
      }
      mailbox.put(answer, for: client)
    }
  }

  private static func answer(
    to line: [UInt8], members: Int, _ handler: @Sendable (JSONValue) async -> JSONValue
  ) async -> [UInt8] {
    guard line.count(where: { $0 == UInt8(ascii: ":") }) <= members else {
      return refusal("a request has too many members")
    }
    let value: JSONValue
    do { value = try JSONValue(parsing: line) } catch {
      return refusal("a request is not JSON: \(error.description) at byte \(error.offset)")
    }
    var bytes: [UInt8] = []
    await handler(value).encode(into: &bytes, .compact)
    return bytes
  }

  private static func refusal(_ message: String) -> [UInt8] {
    Array(JSONValue.refusal(message).encoded().utf8)
  }
}

extension JSONValue {
  /// The answer to a request that was not carried out.
  package static func refusal(_ message: String) -> JSONValue {
    ["ok": false, "error": .string(message)]
  }
}
