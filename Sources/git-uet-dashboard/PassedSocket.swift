import UETModel
import UETSystem

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// A socket that listens and was handed to this process by the one that started it, as systemd
/// does: the third descriptor, named by LISTEN_FDS for the process in LISTEN_PID.
enum PassedSocket {
  private static let number: Int32 = 3

  /// Its number; nil where none was.
  static func take(_ environment: [String: String]) throws -> Int32? {
    guard let count = environment["LISTEN_FDS"].flatMap({ Int($0) }), count > 0 else { return nil }
    // A variable that was meant for the process above.
    guard environment["LISTEN_PID"].flatMap({ Int32($0) }) == getpid() else { return nil }
    guard count == 1 else {
      throw Refusal(
        .usage, "\(count) sockets were handed over, and one is served",
        hint: "give the unit one 'ListenStream='")
    }
    var listens: Int32 = 0
    var length = socklen_t(MemoryLayout<Int32>.size)
    guard getsockopt(number, SOL_SOCKET, SO_ACCEPTCONN, &listens, &length) == 0, listens != 0 else {
      throw Refusal(.usage, "what was handed over as a socket does not listen")
    }
    return number
  }

  static func owned(_ number: Int32) throws -> Descriptor {
    try Descriptor(owning: number).prepared().unblocked()
  }
}
