import UETSystem

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// A child process that is spoken to over one socket, its input and output; ends when it is let go.
///
/// A socket and not a pipe: writing to a child that has died gives an error here and no SIGPIPE.
struct ChildChannel: ~Copyable, Sendable {
  private let socket: Descriptor
  private let process: pid_t
  private let watch: ChildWatch
  private let number: Int

  init(_ child: Child, _ watch: ChildWatch) throws(GitError) {
    do throws(SystemFailure) {
      let ends = try SocketPair.open()
      process = try child.spawn.start(
        input: ends.theirs.number, output: ends.theirs.number, error: nil)
      socket = ends.keepingOurs()
    } catch {
      throw child.failure(error)
    }
    self.watch = watch
    number = watch.add(process: process)
    // A child that says, or takes, nothing for so long is given up.
    var patience = timeval(tv_sec: Int(max(1, watch.limit.components.seconds)), tv_usec: 0)
    for option in [SO_RCVTIMEO, SO_SNDTIMEO] {
      setsockopt(
        socket.number, SOL_SOCKET, option, &patience, socklen_t(MemoryLayout<timeval>.size))
    }
  }

  deinit {
    // The end of its input is the end of its work.
    shutdown(socket.number, Int32(SHUT_RDWR))
    watch.remove(number)
    // It, and a driver that it started, may be busy with what nobody waits for any more; it writes
    // nothing but loose objects.
    kill(-process, SIGTERM)
    var waits = 2_000
    while waitpid(process, nil, WNOHANG) == 0, waits > 0 {
      usleep(1_000)
      waits -= 1
    }
    kill(-process, SIGKILL)
    if waits == 0 { _ = ProcessEnd(of: process) }
  }

  /// Sends all of `bytes`; false where nobody reads any more.
  func send(_ bytes: [UInt8]) -> Bool {
    var sent = 0
    while sent < bytes.count {
      let count = bytes.withUnsafeBytes { buffer in
        socket.send(UnsafeRawBufferPointer(rebasing: buffer[sent...]))
      }
      if count <= 0 { return false }
      sent += count
    }
    return true
  }

  /// Appends what is there, waiting for the first byte; false at the end.
  func receive(into bytes: inout [UInt8]) -> Bool {
    var buffer = [UInt8](repeating: 0, count: 65_536)
    while true {
      let count = buffer.withUnsafeMutableBytes { recv(socket.number, $0.baseAddress, $0.count, 0) }
      if count < 0 && errno == EINTR { continue }
      if count <= 0 { return false }
      bytes += buffer[..<count]
      return true
    }
  }
}
