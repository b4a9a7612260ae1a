import Testing
import UETGit
import UETLedger
import UETModel
import UETTestSupport

@testable import UETServer

/// What comes from a pusher is read, or refused as a whole.
@Suite struct PushReadingTests {
  private static let one = String(repeating: "1", count: 40)
  private static let zero = String(repeating: "0", count: 40)

  @Test func linesOfAPush() {
    let input = "\(Self.zero) \(Self.one) refs/heads/a\n\(Self.one) \(Self.zero) refs/heads/b c\n"
    let updates = ReferenceUpdate.parse(Array(input.utf8))
    #expect(updates?.map(\.name) == ["refs/heads/a", "refs/heads/b c"])
    #expect(updates?.map { $0.old == nil } == [true, false])
    #expect(updates?.map { $0.new == nil } == [false, true])
    #expect(ReferenceUpdate.parse([]) == [])
  }

  @Test(arguments: [
    "x", "\n", "\(zero) \(one) refs/heads/a", "\(zero) \(one)\n", "\(zero) \(one) \n",
    "\(zero)  \(one) refs/heads/a\n", "\(zero) \(one.dropLast()) refs/heads/a\n",
    "\(zero) \(one) refs/heads/a\n\n", "\(zero)\t\(one)\trefs/heads/a\n",
  ])
  func whatIsNoLineRefusesAll(text: String) {
    #expect(ReferenceUpdate.parse(Array(text.utf8)) == nil)
    let good = "\(Self.zero) \(Self.one) refs/heads/good\n"
    if !text.hasSuffix("a") { #expect(ReferenceUpdate.parse(Array((good + text).utf8)) == nil) }
  }

  /// Bytes that were changed, cut or doubled: never an update that was not asked for.
  @Test func brokenBytesNeverBecomeOtherNames() {
    let names = ["refs/heads/a", "refs/tags/b"]
    let input = Array(
      names.map { "\(Self.zero) \(Self.one) \($0)\n" }.joined().utf8)
    var random = SeededGenerator(seed: 7)
    for _ in 0..<20_000 {
      var bytes = input
      let place = Int.random(in: 0..<bytes.count, using: &random)
      switch Int.random(in: 0..<3, using: &random) {
      case 0: bytes.remove(at: place)
      case 1: bytes.insert(0xFF, at: place)
      default: bytes = Array(bytes[..<place])
      }
      for update in ReferenceUpdate.parse(bytes) ?? [] {
        #expect(update.name.utf8.count >= 1 && !update.name.contains("\n"))
        #expect(!update.name.contains("\u{FFFD}"))
      }
    }
  }

  @Test func namesByWhatTheyAreFor() {
    let run = "20260101-000000-abcd"
    func kind(_ name: String) -> PushedKind { PushedKind(name, .standard) }
    #expect(kind("refs/heads/main") == .branch)
    #expect(kind("refs/heads/uet/\(run)/integration").isBranch)
    for name in ["uet", "uet/", "uet/x/ws-a", "uet/\(run)", "uet/\(run)/ws-a/b", "uet/\(run)/x"] {
      #expect(kind("refs/heads/\(name)") == (name == "uet" ? .branch : .misplaced), "\(name)")
    }
    #expect(kind("refs/uet-remote/origin/x") == .ofOneClone)
    #expect(kind("refs/replace/x") == .replacement)
    for name in ["runs", "runs/x/main", "runs/\(run)", "notes/x", "archive/x", "salvage/x"] {
      #expect(kind("refs/uet/\(name)") == .misplaced, "\(name)")
    }
    guard case .record(.chain, _) = kind("refs/uet/runs/\(run)/main") else {
      Issue.record("a chain is one")
      return
    }
  }

  @Test func protectedAreTheBranchAtHeadAndWhatIsNamed() {
    var settings = PushPolicy(.init(), head: "refs/heads/main").settings
    settings.protected = ["release/**", "stable"]
    let policy = PushPolicy(settings, head: "refs/heads/main")
    for name in ["main", "release/1", "release/1/2", "stable", "stable/x"] {
      #expect(policy.isProtected("refs/heads/" + name), "\(name)")
    }
    for name in ["refs/heads/main2", "refs/heads/releases", "refs/tags/stable", "refs/heads/x"] {
      #expect(!policy.isProtected(name), "\(name)")
    }
  }
}
