import UETSystem

/// What can go wrong between this program and the system while processes and sockets are made.
package enum ProcessError: Error, Hashable, Sendable {
  case system(SystemFailure)
  /// A socket's path is longer than the system takes.
  case pathTooLong(String)
  /// Another program answers at that socket.
  case inUse(String)
  /// No answer in time.
  case noAnswer
  /// The answer, or the request, is not what the protocol says.
  case malformed(String)
}
