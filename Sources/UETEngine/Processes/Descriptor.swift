#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// An open file descriptor that closes itself.
struct Descriptor: ~Copyable {
  let number: Int32

  /// Takes over an open descriptor.
  init(owning number: Int32) { self.number = number }

  deinit { close(number) }

  /// The same file, closed on exec and outside the standard three.
  consuming func prepared() throws(ProcessError) -> Descriptor {
    let copy = fcntl(number, F_DUPFD_CLOEXEC, 3)
    guard copy >= 0 else { throw .systemCall("fcntl", errno) }
    #if canImport(Darwin)
      var on: Int32 = 1
      setsockopt(copy, SOL_SOCKET, SO_NOSIGPIPE, &on, socklen_t(MemoryLayout<Int32>.size))
    #endif
    return Descriptor(owning: copy)
  }
}

/// Two connected stream sockets, one of which is handed to a child.
struct SocketPair: ~Copyable {
  let ours: Descriptor
  let theirs: Descriptor

  static func open() throws(ProcessError) -> SocketPair {
    var ends: [Int32] = [-1, -1]
    #if canImport(Darwin)
      let kind = SOCK_STREAM
    #else
      let kind = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
    #endif
    guard socketpair(AF_UNIX, kind, 0, &ends) == 0 else { throw .systemCall("socketpair", errno) }
    let first = Descriptor(owning: ends[0])
    let second = Descriptor(owning: ends[1])
    return SocketPair(ours: try first.prepared(), theirs: try second.prepared())
  }

  /// Closes the child's end.
  consuming func keepingOurs() -> Descriptor { ours }
}
