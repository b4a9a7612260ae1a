import Testing
import UETModel
import UETTestSupport

@Suite struct ScopeContainmentTests {
  private func covers(_ outer: [String], _ inner: String) throws -> Bool {
    let patterns = try outer.map { (text: String) throws(ScopePattern.Problem) in
      try ScopePattern(text)
    }
    return ScopePattern.covers(patterns, all: [try ScopePattern(inner)])
  }

  @Test(arguments: [
    (["src"], "src/a.c"), (["src/"], "src/**"), (["src/**"], "src/lib/"), (["."], "**"),
    (["src/*.c"], "src/a.c"), (["src/*.c"], "src/[ab].c"), (["src/*.c"], "src/a*.c"),
    (["**/*.c"], "src/**/*.c"), (["a", "b"], "{a,b}"), (["[a-m]*", "[!a-m]*"], "*"),
    (["src/*/x"], "src/?/x"), (["a/**/b"], "a/b"), (["a/**/b"], "a/x/*/b"), (["*"], "."),
    (["a?", "a??*", "a"], "a*"), (["?*"], "x*"), (["src"], "src"),
  ])
  func within(_ outer: [String], _ inner: String) throws {
    #expect(try covers(outer, inner), "\(outer) covers \(inner)")
  }

  @Test(arguments: [
    (["src/a.c"], "src"), (["src"], "lib"), (["src"], "src2"), (["src/**"], "src"),
    (["src/*.c"], "src/*"), (["src/*.c"], "src/*.[ch]"), (["a", "b"], "{a,b,c}"),
    (["[a-m]*"], "*"), (["a/*/b"], "a/**/b"), ([], "a"), (["a?", "a??*"], "a*"), (["Src"], "src"),
    (["src/*/x"], "src/*"), (["src"], "."), (["src", "docs"], "**/x"),
  ])
  func outside(_ outer: [String], _ inner: String) throws {
    #expect(try !covers(outer, inner), "\(outer) does not cover \(inner)")
  }

  /// Against all short paths of a small alphabet: what is said to be covered has no path outside,
  /// and what is not has one.
  @Test func agreesWithTrying() throws {
    var random = SeededGenerator(seed: 20_261)
    let names = ["a", "b", "ab", "ba", "aa", "bb"]
    var paths = names
    for one in names { for two in names { paths.append("\(one)/\(two)") } }
    for one in names.prefix(3) {
      for two in names.prefix(3) {
        for three in names.prefix(3) { paths.append("\(one)/\(two)/\(three)") }
      }
    }
    let segments = ["a", "b", "*", "?", "a*", "*b", "[ab]", "[!a]", "**", "ab", "?*"]
    func pattern() -> String {
      (0..<Int.random(in: 1...3, using: &random)).map { _ in
        segments[Int.random(in: segments.indices, using: &random)]
      }.joined(separator: "/")
    }
    var covered = 0
    for _ in 0..<1500 {
      let outer = try (0..<Int.random(in: 1...3, using: &random)).map { _ in
        try ScopePattern(pattern())
      }
      let inner = try ScopePattern(pattern())
      let escape = paths.first { path in
        inner.matches(path) && !outer.contains { $0.matches(path) }
      }
      let says = ScopePattern.covers(outer, all: [inner])
      if says { covered += 1 }
      #expect(!says || escape == nil, "\(outer.map(\.text)) \(inner.text) \(escape ?? "")")
    }
    #expect(covered > 100)
  }
}
