import Testing
import UETModel
import UETTestSupport

@testable import UETServer

/// The protocol of `proc-receive`, from both sides. What cannot be read is refused as a whole, and
/// never waited for or taken for something else.
@Suite struct PacketLineTests {
  /// A stream of bytes that ends.
  final class Source {
    private var rest: ArraySlice<UInt8>
    init(_ bytes: [UInt8]) { rest = bytes[...] }

    func read(_ count: Int) -> [UInt8] {
      defer { rest = rest.dropFirst(count) }
      return Array(rest.prefix(count))
    }
  }

  private static let one = String(repeating: "1", count: 40)
  private static let zero = String(repeating: "0", count: 40)

  private static func talk(_ features: String = "push-options atomic") -> [UInt8] {
    PacketLines.packet("version=1\0\(features)\n") + PacketLines.flush
      + PacketLines.packet("\(zero) \(one) refs/for/main\n")
      + PacketLines.packet("\(one) \(zero) refs/for/main/x") + PacketLines.flush
      + (features.contains("push-options")
        ? PacketLines.packet("uet.scope=a") + PacketLines.flush : [])
  }

  private static func request(_ bytes: [UInt8]) throws -> (QueueRequest, answer: [UInt8]) {
    var answer: [UInt8] = []
    let source = Source(bytes)
    let request = try QueueRequest(PacketLines(source.read)) { answer += $0 }
    return (request, answer)
  }

  @Test func whatGitAsks() throws {
    let (request, answer) = try Self.request(Self.talk())
    #expect(request.updates.map(\.name) == ["refs/for/main", "refs/for/main/x"])
    #expect(request.updates.map { $0.new == nil } == [false, true])
    #expect(request.options == ["uet.scope=a"])
    #expect(answer == Array("001aversion=1\0push-options0000".utf8))
    let (plain, short) = try Self.request(Self.talk("atomic"))
    #expect(plain.options.isEmpty)
    #expect(short == Array("000dversion=10000".utf8))
  }

  @Test func whatIsAnswered() {
    let taken = QueueAnswer.taken("refs/for/main", as: "refs/x", old: nil, new: Self.one)
    let text = String(decoding: taken.packets, as: UTF8.self)
    #expect(text.hasPrefix("0014ok refs/for/main0019option refname refs/x"))
    #expect(text.hasSuffix("option new-oid \(Self.one)"))
    let refused = QueueAnswer.refused(
      "refs/for/main", reason: String(repeating: "x", count: 99_999))
    #expect(refused.packets.count == PacketLines.longest)
  }

  @Test(arguments: [
    "", "0", "000", "0000", "0001", "0003", "zzzz", "fff1", "ffff", "0006a", "0007a",
    "000eversion=2\n0000", "0009other0000", "000dversion=1", "000dversion=1000dversion=10000",
  ])
  func whatIsNoTalk(text: String) {
    #expect(throws: PacketLines.Malformed.self) { try Self.request(Array(text.utf8)) }
  }

  /// Bytes that were changed, cut or doubled: an error, or what was asked for; never another name
  /// that was not in it, and never an end that does not come.
  @Test func brokenBytes() {
    let (count, end) = (20_000, ContinuousClock.now + .seconds(600))
    let seed = UInt64.random(in: 0...UInt64.max)
    var random = SeededGenerator(seed: seed)
    let good = Self.talk()
    var understood = 0
    var tries = 0
    while isLong ? ContinuousClock.now < end : tries < count {
      tries += 1
      var bytes = good
      for _ in 0..<Int.random(in: 1...3, using: &random) {
        let place = Int.random(in: 0..<bytes.count, using: &random)
        switch Int.random(in: 0..<4, using: &random) {
        case 0: bytes[place] = UInt8.random(in: 0...255, using: &random)
        case 1: bytes.removeSubrange(place...)
        case 2: bytes.insert(contentsOf: bytes[place...].prefix(9), at: place)
        default: bytes.remove(at: place)
        }
        if bytes.isEmpty { break }
      }
      do {
        let (request, _) = try Self.request(bytes)
        understood += 1
        #expect(request.updates.count <= bytes.count / 85, "seed \(seed)")
      } catch {
        #expect(error is PacketLines.Malformed, "seed \(seed): \(error)")
      }
    }
    // Changes within names and options are understood: the test does reach the end.
    #expect(understood > 0, "seed \(seed)")
  }
}
