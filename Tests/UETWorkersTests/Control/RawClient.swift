import Testing
import UETSystem

@testable import UETWorkers

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// A client that may send anything.
struct RawClient: ~Copyable {
  let socket: Descriptor

  init(_ path: String) throws { self.init(socket: try Self.connected(path)) }

  private init(socket: consuming Descriptor) { self.socket = socket }

  private static func connected(_ path: String) throws -> Descriptor {
    let socket = try SocketAddress.newSocket()
    let address = try SocketAddress(path)
    var code = address.connect(socket)
    // The server's queue is full; it empties as clients go.
    for _ in 0..<5000 where code == EAGAIN {
      poll(nil, 0, 2)
      code = address.connect(socket)
    }
    try #require(code == 0)
    return socket
  }

  /// Sends as long as the server takes it; gives how many bytes it took.
  @discardableResult
  func push(_ bytes: [UInt8]) -> Int {
    var sent = 0
    while sent < bytes.count {
      var waited = pollfd(fd: socket.number, events: Int16(POLLOUT), revents: 0)
      if poll(&waited, 1, 5000) <= 0 { break }
      let count = bytes[sent...].withUnsafeBytes {
        socket.send($0)
      }
      if count <= 0, errno != EAGAIN { break }
      sent += max(0, count)
    }
    return sent
  }

  /// The next line; nil at the end of the connection.
  func line(_ limit: Double = 20) -> String? {
    var line: [UInt8] = []
    let clock = ContinuousClock()
    let end = clock.now + .seconds(limit)
    while clock.now < end {
      var byte: UInt8 = 0
      let count = recv(socket.number, &byte, 1, 0)
      if count == 0 { return nil }
      if count < 0, errno != EAGAIN { return nil }
      if count < 0 {
        var waited = pollfd(fd: socket.number, events: Int16(POLLIN), revents: 0)
        poll(&waited, 1, 1000)
      } else if byte == 0x0A {
        return String(decoding: line, as: UTF8.self)
      } else {
        line.append(byte)
      }
    }
    return "no answer in time"
  }
}
