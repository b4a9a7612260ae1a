#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// A child process that is spoken to over one socket, its input and output; ends when it is let go.
///
/// A socket and not a pipe: writing to a child that has died gives an error here and no SIGPIPE.
struct ChildChannel: ~Copyable, Sendable {
  private let socket: Int32
  private let process: pid_t
  private let watch: ChildWatch
  private let number: Int

  init(_ child: Child, _ watch: ChildWatch) throws(GitError) {
    let ends = try Self.sockets()
    do throws(GitError) {
      process = try Self.spawn(child, ends.theirs)
      socket = ends.ours
      close(ends.theirs)
      self.watch = watch
      number = watch.add(process: process)
      // A child that says, or takes, nothing for so long is given up.
      var patience = timeval(tv_sec: Int(max(1, watch.limit.components.seconds)), tv_usec: 0)
      for option in [SO_RCVTIMEO, SO_SNDTIMEO] {
        setsockopt(
          socket, SOL_SOCKET, option, &patience, socklen_t(MemoryLayout<timeval>.size))
      }
    } catch {
      close(ends.ours)
      close(ends.theirs)
      throw error
    }
  }

  deinit {
    close(socket)
    watch.remove(number)
    // It, and a driver that it started, may be busy with what nobody waits for any more; it writes
    // nothing but loose objects.
    kill(-process, SIGTERM)
    var status: Int32 = 0
    var waits = 2_000
    while waitpid(process, &status, WNOHANG) == 0, waits > 0 {
      usleep(1_000)
      waits -= 1
    }
    kill(-process, SIGKILL)
    if waits == 0 { while waitpid(process, &status, 0) < 0, errno == EINTR {} }
  }

  /// Sends all of `bytes`; false where nobody reads any more.
  func send(_ bytes: [UInt8]) -> Bool {
    var sent = 0
    while sent < bytes.count {
      #if canImport(Darwin)
        let flags: Int32 = 0
      #else
        let flags = Int32(MSG_NOSIGNAL)
      #endif
      let count = bytes.withUnsafeBytes { buffer in
        systemSend(socket, UnsafeRawBufferPointer(rebasing: buffer[sent...]), flags)
      }
      if count < 0 && errno == EINTR { continue }
      if count <= 0 { return false }
      sent += count
    }
    return true
  }

  /// Appends what is there, waiting for the first byte; false at the end.
  func receive(into bytes: inout [UInt8]) -> Bool {
    var buffer = [UInt8](repeating: 0, count: 65_536)
    while true {
      let count = buffer.withUnsafeMutableBytes { recv(socket, $0.baseAddress, $0.count, 0) }
      if count < 0 && errno == EINTR { continue }
      if count <= 0 { return false }
      bytes += buffer[..<count]
      return true
    }
  }
}

extension ChildChannel {
  private static func sockets() throws(GitError) -> (ours: Int32, theirs: Int32) {
    var ends: [Int32] = [-1, -1]
    #if canImport(Darwin)
      let kind = SOCK_STREAM
    #else
      let kind = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
    #endif
    guard socketpair(AF_UNIX, kind, 0, &ends) == 0 else { throw failure("socketpair", errno) }
    #if canImport(Darwin)
      var on: Int32 = 1
      for end in ends {
        _ = fcntl(end, F_SETFD, FD_CLOEXEC)
        setsockopt(end, SOL_SOCKET, SO_NOSIGPIPE, &on, socklen_t(MemoryLayout<Int32>.size))
      }
    #endif
    return (ends[0], ends[1])
  }

  private static func spawn(_ child: Child, _ end: Int32) throws(GitError) -> pid_t {
    let spawn = Spawn(
      child.executable, ["-C", child.directory] + child.arguments,
      environment: child.environment.map { "\($0.key)=\($0.value)" }, group: .ofItsOwn)
    do throws(Spawn.Failure) {
      return try spawn.start(channel: end)
    } catch {
      throw failure(child.name, error.code)
    }
  }

  private static func failure(_ name: String, _ code: Int32) -> GitError {
    .gitFailed(command: name, status: -1, detail: String(cString: strerror(code)))
  }
}

/// `send(2)`, under a name that does not collide with the method above.
private func systemSend(
  _ socket: Int32, _ buffer: UnsafeRawBufferPointer, _ flags: Int32
) -> Int {
  send(socket, buffer.baseAddress, buffer.count, flags)
}
