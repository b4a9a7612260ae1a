import UETModel
import UETSystem

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// Asks a control server one thing; blocks.
package enum ControlClient {
  /// The longest answer in bytes.
  private static let longestAnswer = 16 << 20

  /// Sends one request and gives its answer, all within `timeout` seconds.
  ///
  /// Throws `.system` for "connect", with ENOENT or ECONNREFUSED, when no server is there, and
  /// `.noAnswer` when it does not answer in time.
  package static func send(
    _ request: JSONValue, to path: String, timeout: Double = 10
  ) throws(ProcessError) -> JSONValue {
    let exchange = Exchange(timeout: timeout)
    let socket = try exchange.connect(try SocketAddress(path))
    var line: [UInt8] = []
    request.encode(into: &line, .compact)
    line.append(0x0A)
    try exchange.transmit(line, socket)
    let answer = try exchange.receive(socket)
    do { return try JSONValue(parsing: answer) } catch {
      throw .malformed("the answer is not JSON: \(error.description)")
    }
  }

  /// One request and its answer, with one time limit for all of it.
  private struct Exchange {
    private let clock = ContinuousClock()
    private let end: ContinuousClock.Instant

    init(timeout: Double) { end = clock.now + .seconds(timeout) }

    func connect(_ address: SocketAddress) throws(ProcessError) -> Descriptor {
      while true {
        let socket = try SocketAddress.newSocket()
        let code = address.connect(socket)
        if code == 0 {
          guard socket.peerUser == getuid() else {
            throw .system(SystemFailure("connect", code: EACCES))
          }
          return socket
        }
        // The server's queue is full for the moment.
        guard code == EAGAIN || code == EINTR else {
          throw .system(SystemFailure("connect", code: code))
        }
        poll(nil, 0, 5)
        if clock.now >= end { throw .noAnswer }
      }
    }

    func transmit(_ line: [UInt8], _ socket: borrowing Descriptor) throws(ProcessError) {
      var rest = line[...]
      while !rest.isEmpty {
        let count = rest.withUnsafeBytes { socket.send($0) }
        if count > 0 {
          rest = rest.dropFirst(count)
        } else if errno == EAGAIN {
          try wait(socket, POLLOUT)
        } else if errno == EPIPE {
          // It was refused before it was read to its end: the answer says why.
          return
        } else if errno != EINTR {
          throw .system(SystemFailure("send"))
        }
      }
    }

    func receive(_ socket: borrowing Descriptor) throws(ProcessError) -> ArraySlice<UInt8> {
      var answer: [UInt8] = []
      var bytes = [UInt8](repeating: 0, count: 16 << 10)
      while true {
        let count = recv(socket.number, &bytes, bytes.count, 0)
        if count > 0 {
          answer += bytes.prefix(count)
          if let end = answer.firstIndex(of: 0x0A) { return answer[..<end] }
          if answer.count > longestAnswer { throw .malformed("the answer is too long") }
        } else if count == 0 {
          throw .noAnswer
        } else if errno == EAGAIN {
          try wait(socket, POLLIN)
        } else if errno != EINTR {
          throw .system(SystemFailure("recv"))
        }
      }
    }

    private func wait(_ socket: borrowing Descriptor, _ events: Int32) throws(ProcessError) {
      let left = (end - clock.now) / .milliseconds(1)
      guard left > 0 else { throw .noAnswer }
      var waited = pollfd(fd: socket.number, events: Int16(events), revents: 0)
      poll(&waited, 1, Int32(min(left.rounded(.up), 60_000)))
    }
  }
}
