import Foundation
import Testing

/// A program that stays until the test ends, started so that it holds nothing open of this
/// process: whoever waits for another child here would wait for it as well.
final class LoopbackServer {
  private let pid: Int32
  private let log: String

  init(_ arguments: [String], _ scratch: Scratch, _ environment: [String: String]) throws {
    log = scratch.root.path + "/server-\(UUID().uuidString).log"
    let started = try Scratch.start(
      "/usr/bin/python3", ["-c", Self.launcher, log] + arguments, scratch.root.path, environment
    ).finish()
    pid = try #require(Int32(started.text.trimmingCharacters(in: .newlines)), "\(started)")
  }

  // It may hold up other signals, as the thread does from which it was started.
  deinit { kill(pid, SIGKILL) }

  var said: String { (try? String(contentsOfFile: log, encoding: .utf8)) ?? "" }

  /// A port of this machine on which nobody listens just now.
  static func freePort() throws -> Int {
    var (address, size) = (loopback(0), socklen_t(MemoryLayout<sockaddr_in>.size))
    let socket = try open()
    defer { close(socket) }
    let isBound = withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(socket, $0, size) == 0 && getsockname(socket, $0, &size) == 0
      }
    }
    try #require(isBound, "no port is free: \(errno)")
    return Int(UInt16(bigEndian: address.sin_port))
  }

  /// Whether somebody listens on a port of this machine.
  static func isHeard(on port: Int) throws -> Bool {
    var address = loopback(UInt16(port))
    let socket = try open()
    defer { close(socket) }
    return withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(socket, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
      }
    }
  }

  private static func open() throws -> Int32 {
    #if canImport(Glibc)
      let number = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    #else
      let number = socket(AF_INET, SOCK_STREAM, 0)
    #endif
    try #require(number >= 0, "no socket: \(errno)")
    return number
  }

  private static func loopback(_ port: UInt16) -> sockaddr_in {
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    return address
  }

  private static let launcher = """
    import os, sys
    child = os.fork()
    if child:
        print(child)
        sys.exit()
    os.setsid()
    file = os.open(sys.argv[1], os.O_WRONLY | os.O_CREAT, 0o600)
    for number in (1, 2): os.dup2(file, number)
    os.closerange(3, 4096)
    os.execv(sys.argv[2], sys.argv[2:])
    """
}
