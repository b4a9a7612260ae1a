import Synchronization
import UETModel
import UETSystem

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// Looks at a request and the process that sent it, as far as it is known; gives the answer where
/// it is not to be carried out.
package typealias ControlScreen = @Sendable (JSONValue, Int32?) -> JSONValue?

/// A Unix-domain socket at which this run is reported to and steered.
///
/// A request is one line of JSON, and so is its answer; a connection may carry several, one after
/// the other. Only processes of the same user are answered. One thread waits for all connections;
/// requests are answered by tasks. A socket file that is deleted while the server runs is made
/// again.
package final class ControlServer: Sendable {
  package let path: String
  private let mailbox: ControlMailbox

  /// Binds the socket and begins to listen; a socket file left behind by a dead program is
  /// replaced.
  ///
  /// `screen` may turn a request down before the handler sees it. Throws `.inUse` when another
  /// program answers there.
  package init(
    path: String, limits: ControlLimits = ControlLimits(),
    screen: @escaping ControlScreen = { _, _ in nil },
    handler: @escaping @Sendable (JSONValue) async -> JSONValue
  ) throws(ProcessError) {
    self.path = path
    let address = try SocketAddress(path)
    do throws(SystemFailure) { mailbox = try ControlMailbox.open() } catch { throw .system(error) }
    let released = try ControlListener(address).release()
    do throws(SystemFailure) {
      let mailbox = mailbox
      try OwnThread.start {
        ControlLoop(
          listener: ControlListener(address, adopting: released), limits: limits, mailbox: mailbox,
          screen: screen, handler: handler
        ).run()
      }
    } catch {
      _ = ControlListener(address, adopting: released)
      throw .system(error)
    }
  }

  deinit { mailbox.close() }

  /// Closes the socket and all connections, and waits until that is done.
  package func stop() async {
    await withCheckedContinuation { mailbox.close(then: $0) }
  }
}

/// What tasks and the server's thread tell each other.
final class ControlMailbox: Sendable {
  private struct State {
    var answers: [(client: Int, line: [UInt8])] = []
    var isClosing = false
    var isClosed = false
    var waiting: [CheckedContinuation<Void, Never>] = []
  }

  private let state = Mutex(State())
  private let bell: SocketPair

  private init(bell: consuming SocketPair) { self.bell = bell }

  static func open() throws(SystemFailure) -> ControlMailbox {
    let bell = try SocketPair.open()
    for number in [bell.ours.number, bell.theirs.number] {
      _ = fcntl(number, F_SETFL, O_NONBLOCK)
    }
    return ControlMailbox(bell: bell)
  }

  /// Readable when there is something to take.
  var bellNumber: Int32 { bell.ours.number }

  private func ring() {
    var byte: UInt8 = 1
    _ = send(bell.theirs.number, &byte, 1, 0)
  }

  func put(_ line: [UInt8], for client: Int) {
    state.withLock { $0.answers.append((client, line)) }
    ring()
  }

  func close(then continuation: CheckedContinuation<Void, Never>? = nil) {
    let isClosed = state.withLock { state in
      state.isClosing = true
      if let continuation, !state.isClosed { state.waiting.append(continuation) }
      return state.isClosed
    }
    if isClosed { continuation?.resume() }
    ring()
  }

  /// The answers since the last call; nil when the server is to end.
  func take() -> [(client: Int, line: [UInt8])]? {
    var bytes = [UInt8](repeating: 0, count: 256)
    while recv(bell.ours.number, &bytes, bytes.count, 0) > 0 {}
    return state.withLock { state in
      defer { state.answers = [] }
      return state.isClosing ? nil : state.answers
    }
  }

  func closed() {
    let waiting = state.withLock { state in
      state.isClosed = true
      defer { state.waiting = [] }
      return state.waiting
    }
    for continuation in waiting { continuation.resume() }
  }
}
