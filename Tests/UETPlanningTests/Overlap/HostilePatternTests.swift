import Testing
import UETModel
import UETTestSupport

@testable import UETPlanning

/// Patterns from others may be made to hurt: none may crash, hang or take much memory.
@Suite struct HostilePatternTests {
  /// Ten minutes of ever new seeds; what fails is replayed by the short test with `UET_SEED`.
  @Test(.enabled(if: isLong, "takes ten minutes: UET_LONG=1")) func noiseForTenMinutes() {
    let end = ContinuousClock.now + .seconds(600)
    var seed: UInt64 = 1_000_000
    while ContinuousClock.now < end {
      noiseIsParsedOrRefused(seed: seed)
      seed += 1
    }
    print("pattern noise: seeds 1000000 to \(seed - 1)")
  }

  @Test(arguments: seeds(2, long: 2_000))
  func noiseIsParsedOrRefused(seed: UInt64) {
    var random = SplitMix(seed: seed)
    let pieces = [
      "{", "}", "{a,", ",", "[", "]", "[!", "[^", "-", "*", "**", "?", "/", "\\", "./", "..",
      ".git",
      ".", "a", "é", "\u{301}", "\u{10FFFF}", "\u{7F}", "\0", " ", "C:", "{a,b}", "[a-z]", "\r\n",
    ]
    var patterns: [ScopePattern] = []
    for _ in 0..<(isLong ? 300 : 60) {
      let text = (0...random.below(30)).map { _ in random.pick(pieces) }.joined()
      if let pattern = try? ScopePattern(text) { patterns.append(pattern) }
    }
    for (one, other) in zip(patterns, patterns.shuffled(using: &random)) {
      if case .common(let path) = PatternOverlap.between(one, other) {
        #expect(one.matches(path) && other.matches(path), "replay with UET_SEED=\(seed)")
        #expect(!path.utf8.contains(0) && !path.hasPrefix("/") && path != ".git")
      }
      _ = one.normalized
    }
  }

  @Test(arguments: [
    (String(repeating: "*a", count: 200), String(repeating: "*b", count: 200)),
    (String(repeating: "**/a*/", count: 300), String(repeating: "**/*b/", count: 300)),
    ("{a,b,c}{d,e,f}{g,h,i}{j,k,l}{m,n,o}/x", "*/{x,y}*{a,b}*{c,d}*{e,f}*"),
    (String(repeating: "?", count: 500), String(repeating: "*?", count: 250)),
    (String(repeating: "[!a]*", count: 100), String(repeating: "[a-y]*", count: 100) + "z"),
  ])
  func intricatePairsEnd(left: String, right: String) throws {
    let (left, right) = (try ScopePattern(left), try ScopePattern(right))
    let limit = isLong ? 300_000 : 10_000
    var steps = limit
    _ = PatternOverlap.between(left, right, steps: &steps)
    #expect(steps > -limit)
    let path = String(repeating: "a", count: 250)
    _ = left.matches(path) || right.matches(path + "/" + path)
  }

  @Test func whatCannotBeToldApartIsKeptApart() {
    let list = (0..<60).map { work("\(100 + $0)", writes: ["src/**/*\($0)*/x*y"]) }
    let graph = ConflictGraph(list, steps: 500)
    #expect(graph.isCoarse)
    #expect(graph.countPairs() == 60 * 59 / 2)
  }
}
