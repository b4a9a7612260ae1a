@preconcurrency import Dispatch
import Synchronization

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Tells when something changes in folders: a file made, written, closed or renamed; and once more
/// a moment later, since the kernel tells that a file is closed before it lets go of its locks.
///
/// On Linux the kernel tells (inotify); elsewhere it is taken to be so four times a second.
package final class FolderWatch: Sendable {
  /// An element for each change or several of them; take them before looking at the files.
  package let changes: AsyncStream<Void>
  private let descriptor: Int32
  private let source: any DispatchSourceProtocol

  package init() {
    let (changes, continuation) = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
    self.changes = changes
    let queue = DispatchQueue(label: "git-uet.watch")
    #if canImport(Glibc)
      let descriptor = inotify_init1(Int32(IN_NONBLOCK | IN_CLOEXEC))
      self.descriptor = descriptor
      if descriptor >= 0 {
        let source = DispatchSource.makeReadSource(fileDescriptor: descriptor, queue: queue)
        let isDue = Mutex(false)
        source.setEventHandler {
          var buffer = [UInt8](repeating: 0, count: 16_384)
          while read(descriptor, &buffer, buffer.count) > 0 {}
          continuation.yield()
          let isFirst = isDue.withLock { due in
            defer { due = true }
            return !due
          }
          guard isFirst else { return }
          queue.asyncAfter(deadline: .now() + .milliseconds(100)) {
            isDue.withLock { $0 = false }
            continuation.yield()
          }
        }
        source.setCancelHandler { close(descriptor) }
        source.activate()
        self.source = source
        return
      }
    #else
      descriptor = -1
    #endif
    // No watch is to be had: look from time to time.
    let timer = DispatchSource.makeTimerSource(queue: queue)
    timer.schedule(deadline: .now(), repeating: .milliseconds(250))
    timer.setEventHandler { continuation.yield() }
    timer.activate()
    source = timer
  }

  deinit { source.cancel() }

  /// Watches a folder from now on; one that is not there, or is watched already, is fine.
  package func add(_ folder: String) { watch(folder, 0) }

  /// Watches a folder up to its next change: who looks at it from time to time pays nothing for
  /// what happens there between.
  package func addOnce(_ folder: String) {
    #if canImport(Glibc)
      watch(folder, UInt32(bitPattern: Int32(truncatingIfNeeded: IN_ONESHOT)))
    #endif
  }

  private func watch(_ folder: String, _ flags: UInt32) {
    #if canImport(Glibc)
      let mask = IN_CREATE | IN_MODIFY | IN_CLOSE_WRITE | IN_MOVED_TO | IN_DELETE
      if descriptor >= 0 { inotify_add_watch(descriptor, folder, UInt32(mask) | flags) }
    #endif
  }
}
