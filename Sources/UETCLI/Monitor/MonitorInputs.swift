@preconcurrency import Dispatch
import Synchronization
import UETModel
import UETReporting
import UETSystem
import UETWorkers

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// What a monitor waits for.
enum MonitorInput: Sendable {
  case typed([UInt8])
  /// Nothing more was typed for a moment.
  case quiet
  /// The terminal has another size, or may show anything.
  case resized, redraw
  /// Something happened to the run, or may have.
  case changed
  /// A second is over.
  case tick
  case past([String])
  case timeLeft(TimeLeft)
  case waits([WorkstreamID: String])
  /// The live process may be asked again.
  case rested
  case page(WorkstreamID, MonitorDetail.Page, [String])
  case answer(String)
  /// Nobody is there any more.
  case hangup
}

/// Brings together what a monitor waits for. Keys, signals and changes come by themselves: nothing
/// is asked for from time to time.
final class MonitorInputs: Sendable {
  let stream: AsyncStream<MonitorInput>
  private let continuation: AsyncStream<MonitorInput>.Continuation
  private let queue = DispatchQueue(label: "git-uet.monitor")
  private let keys: any DispatchSourceRead
  private let screen: FullScreen
  private let isHeard = Mutex(true)

  /// Changes that come closer together than this are one.
  private static let pace = Duration.milliseconds(400)
  /// Seconds that a terminal which takes nothing any more holds up the end.
  private static let patience = 2.0

  init(_ screen: FullScreen, _ watch: FolderWatch) {
    self.screen = screen
    let (stream, continuation) = AsyncStream<MonitorInput>.makeStream()
    (self.stream, self.continuation) = (stream, continuation)
    keys = DispatchSource.makeReadSource(fileDescriptor: 0, queue: queue)
    keys.setEventHandler { Self.type(continuation) }
    SignalSources([SIGINT, SIGTERM, SIGHUP, SIGTSTP, SIGCONT, SIGWINCH], on: queue)
      .hear { [self] in take($0) }
    keys.resume()
    Task {
      for await _ in watch.changes {
        continuation.yield(.changed)
        try? await Task.sleep(for: Self.pace)
      }
    }
  }

  func post(_ input: MonitorInput) { continuation.yield(input) }

  /// Posts what `body` gives, when it is there.
  func post(_ body: @escaping @Sendable () async -> MonitorInput) {
    let continuation = continuation
    Task { continuation.yield(await body()) }
  }

  /// The same of a body that blocks: on a thread of its own, since keys wait for one of the few
  /// that tasks share.
  func post(blocking body: @escaping @Sendable () -> MonitorInput) {
    let continuation = continuation
    let work: @Sendable () -> Void = { continuation.yield(body()) }
    do throws(SystemFailure) { try OwnThread.start(work) } catch { work() }
  }

  func post(_ input: MonitorInput, after seconds: Double) {
    queue.asyncAfter(deadline: .now() + seconds) { [continuation] in continuation.yield(input) }
  }

  /// While another program has the terminal its keys are not ours.
  func hear(_ wanted: Bool) {
    isHeard.withLock { heard in
      if heard != wanted { wanted ? keys.resume() : keys.suspend() }
      heard = wanted
    }
  }

  private static func type(_ continuation: AsyncStream<MonitorInput>.Continuation) {
    var bytes = [UInt8](repeating: 0, count: 4096)
    let count = read(0, &bytes, bytes.count)
    if count > 0 {
      continuation.yield(.typed(Array(bytes[..<count])))
    } else if count == 0 || ![EINTR, EAGAIN].contains(errno) {
      continuation.yield(.hangup)
    }
  }

  /// Signals are heeded at once, whatever else is under way.
  private func take(_ number: Int32) {
    switch number {
    case SIGWINCH: post(.resized)
    case SIGCONT where screen.isShown: post(.redraw)
    case SIGCONT: break
    case SIGTSTP: stop()
    // A program that was started has the terminal, and a Ctrl-C in it is its own.
    case SIGINT where !screen.isShown: break
    case SIGINT: end(.interrupted)
    default: end(.terminated)
    }
  }

  private func end(_ status: ExitStatus) -> Never {
    DispatchQueue.global().asyncAfter(deadline: .now() + Self.patience) { _exit(status.rawValue) }
    screen.leave()
    leave(status)
  }

  /// Stops this process, with its screen given back meanwhile. Where no shell could let it go on
  /// again it does not stop, as others do not.
  private func stop() {
    if Self.isOrphaned { return }
    let wasShown = screen.isShown
    screen.leave()
    kill(getpid(), SIGSTOP)
    if wasShown {
      screen.enter()
      post(.redraw)
    }
  }

  /// Whether nobody above our process group is of our session.
  private static var isOrphaned: Bool {
    var parent = getppid()
    while parent > 1, getpgid(parent) == getpgrp() {
      guard let next = ProcessEntry(parent)?.parent else { return true }
      parent = next
    }
    return getsid(parent) != getsid(0)
  }
}
