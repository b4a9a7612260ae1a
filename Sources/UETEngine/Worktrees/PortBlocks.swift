import Synchronization

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The blocks of ports that live attempts have for themselves; no two have the same.
final class PortBlocks: Sendable {
  /// Ports in a block; 0 for none.
  let size: Int
  private let taken = Mutex<Set<Int>>([])

  init(size: Int) { self.size = size }

  /// Below the range that systems give out by themselves.
  private static let range = 10_000..<30_000

  private var count: Int { Self.range.count / max(1, size) }

  /// The first port of a free block: the one of `place` where it can be had, so that a workstream
  /// has the same ports in each attempt; a block of which a port is in use is passed over.
  func take(for place: Int) -> Int {
    guard size > 0 else { return Self.range.lowerBound }
    var fallback: Int?
    for step in 0..<count {
      let block = (place + step) % count
      guard taken.withLock({ $0.insert(block).inserted }) else { continue }
      if Self.areFree(first(of: block), size) {
        if let fallback { release(first(of: fallback)) }
        return first(of: block)
      }
      // Where every block has a port in use, the own one is as good as any.
      if fallback == nil { fallback = block } else { release(first(of: block)) }
    }
    return first(of: fallback ?? place % count)
  }

  func release(_ port: Int) {
    guard size > 0 else { return }
    taken.withLock { _ = $0.remove((port - Self.range.lowerBound) / size) }
  }

  private func first(of block: Int) -> Int { Self.range.lowerBound + block * size }

  /// Whether nobody listens on any of the ports on this machine.
  private static func areFree(_ first: Int, _ count: Int) -> Bool {
    (first..<first + count).allSatisfy(isFree)
  }

  private static func isFree(_ port: Int) -> Bool {
    #if canImport(Glibc)
      let kind = Int32(SOCK_STREAM.rawValue)
    #else
      let kind = SOCK_STREAM
    #endif
    let descriptor = socket(AF_INET, kind, 0)
    guard descriptor >= 0 else { return true }
    defer { close(descriptor) }
    // What a server that has just ended leaves in TIME_WAIT is in nobody's way.
    var on: Int32 = 1
    setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &on, socklen_t(MemoryLayout<Int32>.size))
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = in_port_t(UInt16(port).bigEndian)
    let size = socklen_t(MemoryLayout<sockaddr_in>.size)
    let code = withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(descriptor, $0, size) }
    }
    return code == 0 || errno != EADDRINUSE
  }
}
