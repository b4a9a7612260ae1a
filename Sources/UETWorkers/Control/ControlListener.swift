import UETSystem

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// A listening socket and the file it is bound to; removes the file when it is closed.
struct ControlListener: ~Copyable {
  let address: SocketAddress
  private(set) var number: Int32
  private(set) var file: SocketFile?

  init(_ address: SocketAddress) throws(ProcessError) {
    self.address = address
    number = try Self.listen(address)
    file = address.file
  }

  /// Takes over what another one released.
  init(_ address: SocketAddress, adopting released: Released) {
    self.address = address
    number = released.number
    file = released.file
  }

  deinit {
    guard number >= 0 else { return }
    close(number)
    // Only its own file: another server may have bound the path since.
    if let file, file == address.file { unlink(address.path) }
  }

  /// A listening socket on its way to the thread that adopts it.
  struct Released: Sendable {
    var number: Int32
    var file: SocketFile?
  }

  consuming func release() -> Released {
    let result = Released(number: number, file: file)
    number = -1
    return result
  }

  /// Whether the file is gone or another's, so that nobody finds this socket.
  var isLost: Bool { address.file != file }

  /// Binds the path anew, its folder too, after both were deleted; what is there otherwise stays.
  mutating func restore() {
    guard address.file == nil else { return }
    let parts = address.path.split(separator: "/", omittingEmptySubsequences: false)
    // The folder that all disposable files lie in may be gone as well; what is above it is not
    // ours.
    for count in [2, 1] { mkdir(parts.dropLast(count).joined(separator: "/"), 0o700) }
    do throws(ProcessError) {
      let new = try Self.listen(address)
      close(number)
      (number, file) = (new, address.file)
    } catch {
      // The folder is not there yet, perhaps; the next look tries again.
    }
  }

  private static func listen(_ address: SocketAddress) throws(ProcessError) -> Int32 {
    let socket = try SocketAddress.newSocket()
    var code = address.bind(socket)
    if code == EADDRINUSE {
      try removeStale(address)
      code = address.bind(socket)
    }
    guard code == 0 else { throw .system(SystemFailure("bind", code: code)) }
    chmod(address.path, 0o600)
    let copy = fcntl(socket.number, F_DUPFD_CLOEXEC, 3)
    guard copy >= 0 else { throw .system(SystemFailure("fcntl")) }
    guard begin(copy) == 0 else {
      let code = errno
      close(copy)
      throw .system(SystemFailure("listen", code: code))
    }
    return copy
  }

  private static func begin(_ number: Int32) -> Int32 {
    #if canImport(Darwin)
      Darwin.listen(number, 128)
    #else
      Glibc.listen(number, 128)
    #endif
  }

  /// Removes a socket at which nobody answers; never a file of another kind.
  private static func removeStale(_ address: SocketAddress) throws(ProcessError) {
    guard let file = address.file else { return }
    guard file.isSocket else { throw .system(SystemFailure("bind", code: EADDRINUSE)) }
    let probe = try SocketAddress.newSocket()
    let code = address.connect(probe)
    guard code == ECONNREFUSED || code == ENOENT else { throw .inUse(address.path) }
    if address.file == file { unlink(address.path) }
  }
}
