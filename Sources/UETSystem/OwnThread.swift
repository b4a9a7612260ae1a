#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// A thread for work that blocks, so that it holds up none of the few that run tasks.
package enum OwnThread {
  /// Enough for the deepest JSON document; only what is touched takes memory.
  private static let stackSize = 2 << 20

  private final class Work: Sendable {
    let body: @Sendable () -> Void
    init(_ body: @escaping @Sendable () -> Void) { self.body = body }
  }

  /// Runs `body` on a new thread that ends with it and takes none of the process's signals.
  package static func start(_ body: @escaping @Sendable () -> Void) throws(SystemFailure) {
    let work = Unmanaged.passRetained(Work(body))
    let code = create(work.toOpaque())
    if code != 0 {
      work.release()
      throw SystemFailure("pthread_create", code: code)
    }
  }

  private static func create(_ context: UnsafeMutableRawPointer) -> Int32 {
    var attributes = pthread_attr_t()
    pthread_attr_init(&attributes)
    pthread_attr_setstacksize(&attributes, stackSize)
    pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
    #if canImport(Darwin)
      var thread: pthread_t?
    #else
      var thread = pthread_t()
    #endif
    let code = pthread_create(&thread, &attributes, { OwnThread.enter($0) }, context)
    pthread_attr_destroy(&attributes)
    return code
  }

  private static func enter(_ context: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
    var all = sigset_t()
    sigfillset(&all)
    pthread_sigmask(SIG_BLOCK, &all, nil)
    guard let context else { return nil }
    Unmanaged<Work>.fromOpaque(context).takeRetainedValue().body()
    return nil
  }
}
