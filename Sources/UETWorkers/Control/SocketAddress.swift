import UETSystem

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// The address of a Unix-domain socket.
struct SocketAddress: Hashable, Sendable {
  let path: String

  /// The longest path in bytes; one more is for the NUL.
  static let maximumLength = MemoryLayout.size(ofValue: sockaddr_un().sun_path) - 1

  init(_ path: String) throws(ProcessError) {
    guard !path.isEmpty, path.utf8.count <= Self.maximumLength, !path.utf8.contains(0) else {
      throw .pathTooLong(path)
    }
    self.path = path
  }

  static func newSocket() throws(ProcessError) -> Descriptor {
    do throws(SystemFailure) { return try Descriptor.socket() } catch { throw .system(error) }
  }

  /// Gives the system's error number, 0 for none.
  func bind(_ socket: borrowing Descriptor) -> Int32 {
    let number = socket.number
    #if canImport(Darwin)
      return withAddress { Darwin.bind(number, $0, $1) }
    #else
      return withAddress { Glibc.bind(number, $0, $1) }
    #endif
  }

  /// Gives the system's error number, 0 for none.
  func connect(_ socket: borrowing Descriptor) -> Int32 {
    let number = socket.number
    #if canImport(Darwin)
      return withAddress { Darwin.connect(number, $0, $1) }
    #else
      return withAddress { Glibc.connect(number, $0, $1) }
    #endif
  }

  private func withAddress(_ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32) -> Int32 {
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
    let size = socklen_t(MemoryLayout<sockaddr_un>.size)
    let result = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, size) }
    }
    return result == 0 ? 0 : errno
  }

  /// Device and inode of the file at the path; nil when there is none.
  var file: SocketFile? {
    var status = stat()
    guard lstat(path, &status) == 0 else { return nil }
    return SocketFile(
      device: UInt64(status.st_dev), inode: UInt64(status.st_ino),
      isSocket: status.st_mode & S_IFMT == S_IFSOCK)
  }
}

/// Tells the file of one socket from another that was bound to the same path later.
struct SocketFile: Hashable, Sendable {
  var device: UInt64
  var inode: UInt64
  var isSocket: Bool
}

/// On Linux the kernel says both in one (SO_PEERCRED); elsewhere each by a call of its own.
extension Descriptor {
  /// The process that made the connection at the other end; nil when the system does not say.
  var peerProcess: pid_t? {
    #if canImport(Darwin)
      var process: pid_t = 0
      var size = socklen_t(MemoryLayout<pid_t>.size)
      // SOL_LOCAL and LOCAL_PEERPID.
      guard getsockopt(number, 0, 2, &process, &size) == 0, process > 0 else { return nil }
      return process
    #else
      guard let first = credentials?[0], first > 0 else { return nil }
      return pid_t(bitPattern: first)
    #endif
  }

  /// The user at the other end of a Unix-domain connection; nil when the system does not say.
  var peerUser: uid_t? {
    #if canImport(Darwin)
      var (user, group): (uid_t, gid_t) = (0, 0)
      return getpeereid(number, &user, &group) == 0 ? user : nil
    #else
      return credentials?[1]
    #endif
  }

  #if !canImport(Darwin)
    /// struct ucred: pid, uid, gid.
    private var credentials: [UInt32]? {
      var credentials: [UInt32] = [0, 0, 0]
      var size = socklen_t(12)
      let code = getsockopt(number, SOL_SOCKET, SO_PEERCRED, &credentials, &size)
      return code == 0 && size == 12 ? credentials : nil
    }
  #endif
}
