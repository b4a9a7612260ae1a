@preconcurrency import Dispatch
import Foundation
import Synchronization
import UETModel

/// The two standard outputs of this process, and what becomes of what they cannot take.
package final class Outlet: Sendable {
  package static let standard = Outlet()

  /// What the process is there for.
  package enum Manner: Sendable {
    /// To print: where nobody reads, it ends as git does.
    case printing
    /// To change something: what nobody reads is dropped, and the work goes on.
    case working
    /// To change something, where a reader that has stopped reading holds nothing up either.
    case live
  }

  private struct State {
    var manner = Manner.printing
    /// Streams that nobody reads any more.
    var unread: Set<Terminal.Stream> = []
    /// Why the output lacks something.
    var fault: Int32?
    /// Whether what is printed is the result, which must not lack anything.
    var isResult = false
    /// Bytes that wait for a slow reader.
    var waiting = 0
    var leftOut = 0
  }

  /// How much may wait for a reader before something is left out.
  private static let room = 1 << 20

  private let state = Mutex(State())
  private let queue = DispatchQueue(label: "git-uet.output")

  /// Makes sure that no file can be opened under the number of an output that was closed, and that
  /// a limit on the size of files is an error and no end.
  package static func prepare() {
    for number in 0...2 where fcntl(Int32(number), F_GETFD) < 0 {
      _ = open("/dev/null", O_RDWR)
    }
    signal(SIGXFSZ, SIG_IGN)
  }

  /// Says what the process is there for; what waits is written first.
  package func begin(_ manner: Manner) {
    queue.sync {}
    if manner != .printing { signal(SIGPIPE, SIG_IGN) }
    state.withLock { $0.manner = manner }
  }

  /// Writes what must not lack anything: where that fails, so does the process.
  package func writeResult(_ text: String, to stream: Terminal.Stream) {
    state.withLock { $0.isResult = true }
    write(text, to: stream)
  }

  package func write(_ text: String, to stream: Terminal.Stream) {
    let bytes = Array(text.utf8)
    guard !bytes.isEmpty else { return }
    let isLive = state.withLock { $0.manner == .live }
    if isLive { enqueue(bytes, stream) } else { put(bytes, stream) }
  }

  /// The status to leave with, once everything is written.
  package func close(with status: Int32) -> Int32 {
    queue.sync {}
    let fault = state.withLock { $0.isResult ? $0.fault : nil }
    guard let fault, status == 0 else { return status }
    say("error", fault)
    return ExitStatus.internalError.rawValue
  }
}

extension Outlet {
  private func enqueue(_ bytes: [UInt8], _ stream: Terminal.Stream) {
    let note: [UInt8]? = state.withLock { state in
      if state.waiting + bytes.count > Self.room {
        state.leftOut += 1
        return nil
      }
      state.waiting += bytes.count
      defer { state.leftOut = 0 }
      return state.leftOut == 0 ? [] : Array("(\(state.leftOut) lines left out)\n".utf8)
    }
    guard let note else { return }
    queue.async { [self] in
      put(note + bytes, stream)
      state.withLock { $0.waiting -= bytes.count }
    }
  }

  private func put(_ bytes: [UInt8], _ stream: Terminal.Stream) {
    if state.withLock({ $0.unread.contains(stream) }) { return }
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { systemWrite(stream.rawValue, $0) }
      if count >= 0 {
        rest = rest.dropFirst(count)
      } else if errno == EAGAIN || errno == EWOULDBLOCK {
        // Another program made the terminal or pipe that it shares with us so.
        var wanted = pollfd(fd: stream.rawValue, events: Int16(POLLOUT), revents: 0)
        poll(&wanted, 1, -1)
      } else if errno != EINTR {
        return failed(stream, errno)
      }
    }
  }

  private func failed(_ stream: Terminal.Stream, _ code: Int32) {
    let manner = state.withLock { state in
      if code == EPIPE || stream == .error { state.unread.insert(stream) }
      return state.manner
    }
    if manner == .printing {
      if code == EPIPE { exit(Self.brokenPipe) }
      if stream == .error { return }
      say("error", code)
      exit(ExitStatus.internalError.rawValue)
    }
    guard code != EPIPE, stream == .output else { return }
    let isNew = state.withLock { state in
      defer { state.fault = code }
      // Of a result that lacks something the end will tell.
      return state.fault == nil && !state.isResult
    }
    if isNew { say("warning", code) }
  }

  /// What a shell shows of a program that was ended because nobody read on.
  private static let brokenPipe: Int32 = 141

  private func say(_ kind: String, _ code: Int32) {
    let text = "\(kind): cannot write to standard output: \(String(cString: strerror(code)))\n"
    put(Array(text.utf8), .error)
  }

  /// Ends the process as soon as nobody reads its output any more, also while there is nothing to
  /// print.
  package func endWithReader() {
    Thread.detachNewThread {
      var reader = pollfd(fd: Terminal.Stream.output.rawValue, events: 0, revents: 0)
      while poll(&reader, 1, -1) < 0, errno == EINTR {}
      if reader.revents & Int16(POLLERR | POLLHUP) != 0 { exit(Self.brokenPipe) }
    }
  }
}

/// `write(2)`, under a name that does not collide with the method above.
private func systemWrite(_ descriptor: Int32, _ bytes: UnsafeRawBufferPointer) -> Int {
  write(descriptor, bytes.baseAddress, bytes.count)
}
