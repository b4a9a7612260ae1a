/// What one client may take from a control server.
package struct ControlLimits: Hashable, Sendable {
  /// The longest request line in bytes, its end aside.
  package var line = 64 << 10
  /// Connections at one time; further ones wait in the system's queue.
  package var clients = 128
  /// Connections of one process; further ones are turned down.
  package var clientsOfOne = 64
  /// Requests of one process that are taken at once; further ones wait until they are due, at so
  /// many a second.
  package var burst = 200.0
  package var rate = 100.0
  /// Seconds without a byte after which a connection is closed, and within which a whole request
  /// has to come and its answer to be taken.
  package var idle = 30.0
  /// Object members in one request: bounds the time that reading a hostile one can take.
  package var members = 2000

  package init() {}
}
