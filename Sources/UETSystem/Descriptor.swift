import CHiddenSystem

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// An open file descriptor that closes itself.
///
/// On Linux pipes and sockets are closed on exec from the start; elsewhere a moment later.
package struct Descriptor: ~Copyable, Sendable {
  package let number: Int32

  /// Takes over an open descriptor.
  package init(owning number: Int32) { self.number = number }

  /// Opens a file, closed on exec; `operation` is for errors.
  package init(
    opening path: String, _ flags: Int32, mode: mode_t = 0o644, _ operation: String = "open"
  ) throws(SystemFailure) {
    let number = open(path, flags | O_CLOEXEC, mode)
    guard number >= 0 else { throw SystemFailure(operation, path) }
    self.number = number
  }

  /// Opens a file without a name, to be read and written, which is gone with its last user.
  package init(unnamedIn folder: String, _ flags: Int32 = 0) throws(SystemFailure) {
    let name = String(UInt64.random(in: 0 ... .max), radix: 36)
    let path = "\(Files.trimmed(folder))/git-uet-\(name)"
    try self.init(opening: path, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | flags, mode: 0o600)
    unlink(path)
  }

  deinit { close(number) }

  /// A stream socket, closed on exec, that does not block and raises no signal.
  package static func socket() throws(SystemFailure) -> Descriptor {
    let number = systemSocket(AF_UNIX, streamKind, 0)
    guard number >= 0 else { throw SystemFailure("socket") }
    return try Descriptor(owning: number).prepared().unblocked()
  }

  /// A copy of it, closed on exec, outside the standard three, and raising no signal.
  package consuming func prepared() throws(SystemFailure) -> Descriptor {
    let copy = fcntl(number, F_DUPFD_CLOEXEC, 3)
    guard copy >= 0 else { throw SystemFailure("fcntl") }
    #if canImport(Darwin)
      var on: Int32 = 1
      setsockopt(copy, SOL_SOCKET, SO_NOSIGPIPE, &on, socklen_t(MemoryLayout<Int32>.size))
    #endif
    return Descriptor(owning: copy)
  }

  /// Its number, for whoever closes it from here on.
  package consuming func released() -> Int32 {
    let number = number
    discard self
    return number
  }

  package consuming func unblocked() -> Descriptor {
    _ = fcntl(number, F_SETFL, fcntl(number, F_GETFL) | O_NONBLOCK)
    return self
  }

  /// Sends what the socket takes, without a signal where nobody reads; below 0 for a failure.
  package func send(_ bytes: UnsafeRawBufferPointer, _ flags: Int32 = 0) -> Int {
    Self.send(bytes.baseAddress, bytes.count, to: number, flags)
  }

  /// Sends to a socket that somebody else looks after.
  package static func send(
    _ bytes: UnsafeRawPointer?, _ count: Int, to socket: Int32, _ flags: Int32 = 0
  ) -> Int {
    systemSend(socket, bytes, count, flags | noSignal)
  }
}

/// A pipe: what is written to one end comes out of the other.
package struct PipeEnds: ~Copyable, Sendable {
  package let readEnd: Descriptor
  package let writeEnd: Descriptor

  package static func open() throws(SystemFailure) -> PipeEnds {
    var ends: [Int32] = [-1, -1]
    #if canImport(Darwin)
      guard pipe(&ends) == 0 else { throw SystemFailure("pipe") }
    #else
      guard pipe2(&ends, O_CLOEXEC) == 0 else { throw SystemFailure("pipe") }
    #endif
    let first = Descriptor(owning: ends[0])
    let second = Descriptor(owning: ends[1])
    return PipeEnds(readEnd: try first.prepared(), writeEnd: try second.prepared())
  }

  /// Closes the other end.
  package consuming func reading() -> Descriptor { readEnd }

  /// Closes the other end.
  package consuming func writing() -> Descriptor { writeEnd }

  /// Their numbers, for whoever closes them from here on.
  package consuming func released() -> (readEnd: Int32, writeEnd: Int32) {
    (readEnd.released(), writeEnd.released())
  }
}

/// Two connected stream sockets, one of which is handed to a child.
package struct SocketPair: ~Copyable, Sendable {
  package let ours: Descriptor
  package let theirs: Descriptor

  package static func open() throws(SystemFailure) -> SocketPair {
    var ends: [Int32] = [-1, -1]
    #if canImport(Darwin)
      let kind = streamKind
    #else
      let kind = streamKind | Int32(SOCK_CLOEXEC.rawValue)
    #endif
    guard socketpair(AF_UNIX, kind, 0, &ends) == 0 else { throw SystemFailure("socketpair") }
    let first = Descriptor(owning: ends[0])
    let second = Descriptor(owning: ends[1])
    return SocketPair(ours: try first.prepared(), theirs: try second.prepared())
  }

  /// Closes the child's end.
  package consuming func keepingOurs() -> Descriptor { ours }
}

#if canImport(Darwin)
  private let (streamKind, noSignal): (Int32, Int32) = (SOCK_STREAM, 0)
#else
  private let streamKind = Int32(SOCK_STREAM.rawValue)
  private let noSignal = Int32(MSG_NOSIGNAL)
#endif

/// System calls under names that no function of ours has as well; what a signal interrupts is begun
/// again.
func systemRead(_ descriptor: Int32, _ buffer: UnsafeMutableRawBufferPointer) -> Int {
  retrying { read(descriptor, buffer.baseAddress, buffer.count) }
}

func systemWrite(_ descriptor: Int32, _ buffer: UnsafeRawBufferPointer) -> Int {
  retrying { write(descriptor, buffer.baseAddress, buffer.count) }
}

private func systemSend(
  _ descriptor: Int32, _ bytes: UnsafeRawPointer?, _ count: Int, _ flags: Int32
) -> Int {
  retrying { send(descriptor, bytes, count, flags) }
}

private func systemSocket(_ domain: Int32, _ kind: Int32, _ protocol: Int32) -> Int32 {
  socket(domain, kind, `protocol`)
}

private func retrying(_ call: () -> Int) -> Int {
  while true {
    let result = call()
    if result >= 0 || errno != EINTR { return result }
  }
}
