import Foundation
import Testing

@testable import UETEngine

@Suite struct PortBlocksTests {
  @Test func noTwoLiveOnesAreTheSame() {
    let blocks = PortBlocks(size: 10)
    // Places a whole round apart would have the same block.
    let ports = [0, 2000, 4000, 1, 2001].map { blocks.take(for: $0) }
    #expect(Set(ports).count == ports.count)
    #expect(ports.allSatisfy { ($0 - 10_000) % 10 == 0 && (10_000..<30_000).contains($0) })
    blocks.release(ports[0])
    #expect(blocks.take(for: 0) == ports[0], "the same in each attempt")
  }

  @Test func aBlockInUseIsPassedOver() throws {
    let blocks = PortBlocks(size: 5)
    let own = blocks.take(for: 77)
    blocks.release(own)
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(descriptor) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = in_port_t(UInt16(own + 3).bigEndian)
    let code = withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    try #require(code == 0 && listen(descriptor, 1) == 0)
    #expect(blocks.take(for: 77) != own)
  }

  @Test func noneAreAskedFor() {
    #expect(PortBlocks(size: 0).take(for: 5) == 10_000)
  }
}
