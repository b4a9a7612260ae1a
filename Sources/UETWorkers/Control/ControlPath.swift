import UETSystem

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// Where a run's socket is.
package enum ControlPath {
  /// `preferred` where it fits a socket address, else a short path that depends on it alone, in a
  /// folder below `temporary` that only this user can enter. The folder is made when it is missing.
  package static func choose(
    preferred: String, temporary: String = "/tmp"
  ) throws(ProcessError) -> String {
    if preferred.utf8.count <= SocketAddress.maximumLength { return preferred }
    let folder = "\(temporary)/uet-\(getuid())"
    try makePrivate(folder)
    let path = "\(folder)/\(hash(preferred)).sock"
    guard path.utf8.count <= SocketAddress.maximumLength else { throw .pathTooLong(path) }
    return path
  }

  /// Refuses a folder that another user made, or could change.
  private static func makePrivate(_ folder: String) throws(ProcessError) {
    if mkdir(folder, 0o700) != 0, errno != EEXIST { throw .system(SystemFailure("mkdir")) }
    var status = stat()
    guard lstat(folder, &status) == 0 else { throw .system(SystemFailure("lstat")) }
    guard status.st_mode & S_IFMT == S_IFDIR, status.st_uid == getuid(),
      status.st_mode & 0o077 == 0
    else { throw .system(SystemFailure("mkdir", code: EACCES)) }
  }

  /// FNV-1a in 64 bits, twice from different starts: 128 bits in all. The folder is private, so
  /// that only chance has to be kept off.
  ///
  /// Source: Fowler, Noll, Vo; offset basis and prime of the 64-bit variant.
  private static func hash(_ text: String) -> String {
    var (first, second): (UInt64, UInt64) = (0xcbf2_9ce4_8422_2325, 0x6c62_272e_07bb_0142)
    for byte in text.utf8 {
      first = (first ^ UInt64(byte)) &* 0x100_0000_01b3
      second = (second ^ UInt64(byte)) &* 0x100_0000_01b3
    }
    return String(first, radix: 36) + String(second, radix: 36)
  }
}
