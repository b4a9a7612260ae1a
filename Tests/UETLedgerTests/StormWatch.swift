import Foundation
import Synchronization

/// A storm whose lines are read to its end beside the test.
final class StormWatch: Sendable {
  private let status = Mutex<Int32?>(nil)
  private let end = DispatchSemaphore(value: 0)

  init(_ arguments: [String]) {
    Thread.detachNewThread { [self] in
      let storm = try? StormProcess(arguments)
      _ = storm?.lines()
      let result = storm?.wait() ?? -1
      status.withLock { $0 = result }
      end.signal()
    }
  }

  var isOver: Bool { status.withLock { $0 != nil } }

  /// The exit status, once it has ended.
  func wait() -> Int32 {
    end.wait()
    end.signal()
    return status.withLock { $0 } ?? -1
  }
}
