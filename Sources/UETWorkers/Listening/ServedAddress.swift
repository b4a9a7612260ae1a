import UETModel
import UETSystem

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// `HOST:PORT`, as typed.
package struct ServedAddress: Hashable, Sendable {
  package let host: String
  package let port: UInt16

  package init?(_ text: String) {
    guard let colon = text.lastIndex(of: ":"), let port = UInt16(text[text.index(after: colon)...])
    else { return nil }
    var host = text[..<colon]
    if host.hasPrefix("["), host.hasSuffix("]") {
      host = host.dropFirst().dropLast()
    } else if host.contains(":") {
      return nil
    }
    guard !host.isEmpty else { return nil }
    (self.host, self.port) = (host.lowercased(), port)
  }

  /// Whether only this machine reaches it.
  package var isLoopback: Bool { Self.isLoopback(host) }

  /// Whether a name means this machine alone. One that only begins like an address may be
  /// anybody's.
  package static func isLoopback(_ name: String) -> Bool {
    if name == "localhost" || name == "::1" { return true }
    let parts = name.split(separator: ".", omittingEmptySubsequences: false)
    // "+1" is a number in Swift, and for a browser a name that somebody's server may resolve.
    return parts.count == 4 && parts[0] == "127" && !name.contains("+")
      && parts.allSatisfy { UInt8($0) != nil }
  }

  /// Whether a request for a host may be answered here. A page of another host could otherwise have
  /// a browser ask at a name that it lets mean this machine.
  package func answers(to name: String?) -> Bool {
    guard isLoopback, let name else { return true }
    return Self.isLoopback(name) || name == host
  }

  /// A socket that listens there.
  package func listen() throws -> Descriptor {
    var hints = addrinfo()
    hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV
    #if canImport(Glibc)
      hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
    #else
      hints.ai_socktype = SOCK_STREAM
    #endif
    var found: UnsafeMutablePointer<addrinfo>?
    let code = getaddrinfo(host, "\(port)", &hints, &found)
    guard code == 0, let found else {
      throw refusal(String(cString: gai_strerror(code)))
    }
    defer { freeaddrinfo(found) }
    let info = found.pointee
    let number = socket(info.ai_family, info.ai_socktype, info.ai_protocol)
    guard number >= 0 else { throw refusal(SystemFailure("socket").description) }
    let listener = try Descriptor(owning: number).prepared().unblocked()
    var on: Int32 = 1
    setsockopt(listener.number, SOL_SOCKET, SO_REUSEADDR, &on, socklen_t(MemoryLayout<Int32>.size))
    guard bind(listener.number, info.ai_addr, info.ai_addrlen) == 0,
      Self.begin(listener.number) == 0
    else { throw refusal(String(cString: strerror(errno))) }
    return listener
  }

  private func refusal(_ reason: String) -> Refusal {
    Refusal(
      .usage, "cannot listen at '\(host.terminalSafe):\(port)': \(reason)",
      hint: "another port may be free; 0 takes any, as in 127.0.0.1:0")
  }

  private static func begin(_ number: Int32) -> Int32 {
    #if canImport(Glibc)
      Glibc.listen(number, 64)
    #else
      Darwin.listen(number, 64)
    #endif
  }

  /// Where a socket is bound; nil for one that is bound to no address of a network.
  package init?(boundTo number: Int32) {
    var address = sockaddr_storage()
    var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
    var host = [CChar](repeating: 0, count: 256)
    let code = withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
        guard getsockname(number, address, &length) == 0 else { return Int32(EAI_FAIL) }
        return getnameinfo(
          address, length, &host, socklen_t(host.count), nil, 0, NI_NUMERICHOST)
      }
    }
    guard code == 0, let port = Self.port(of: number) else { return nil }
    self.host = String(
      decoding: host.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self
    ).lowercased()
    self.port = port
  }

  /// The port that a socket has.
  package static func port(of number: Int32) -> UInt16? {
    var address = sockaddr_storage()
    var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
    return withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
        guard getsockname(number, address, &length) == 0 else { return nil }
        // The port stands at the same place in both families.
        return address.withMemoryRebound(to: sockaddr_in.self, capacity: 1) {
          UInt16(bigEndian: $0.pointee.sin_port)
        }
      }
    }
  }
}
