import Synchronization
import SystemPackage
import UETSystem

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The standard error of a child as a file without a name, read while the child still writes.
final class ErrorFile: Sendable {
  private let descriptor: Int32
  private let heard = Mutex<[UInt8]>([])

  /// What is kept of it; a host that says more is not worth more memory.
  private static let limit = 1 << 20

  init() throws(GitError) {
    let base = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
    let name = String(UInt64.random(in: 0 ... .max), radix: 36)
    let path = "\(Files.trimmed(base))/git-uet-errors-\(name)"
    let flags = O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC | O_APPEND
    descriptor = open(path, flags, 0o600)
    guard descriptor >= 0 else { throw .system(path) }
    unlink(path)
  }

  deinit { close(descriptor) }

  var writeEnd: FileDescriptor { FileDescriptor(rawValue: descriptor) }

  /// All that was heard so far.
  var content: [UInt8] { heard.withLock { $0 } }

  /// Reads what is new and passes it on.
  func pass(to listener: @Sendable ([UInt8]) -> Void) {
    while true {
      let piece = heard.withLock { heard -> [UInt8] in
        var buffer = [UInt8](repeating: 0, count: min(65_536, Self.limit - heard.count))
        let count = pread(descriptor, &buffer, buffer.count, off_t(heard.count))
        guard count > 0 else { return [] }
        heard += buffer[..<count]
        return Array(buffer[..<count])
      }
      if piece.isEmpty { return }
      listener(piece)
    }
  }
}
