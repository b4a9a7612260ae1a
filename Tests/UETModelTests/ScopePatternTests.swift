import Testing

@testable import UETModel

@Suite struct ScopePatternTests {
  @Test(arguments: [
    ("docs", "docs"), ("docs", "docs/a/b.md"), ("docs/", "docs/a"), ("./docs//x.md", "docs/x.md"),
    (#"src\core\lib.py"#, "src/core/lib.py"), ("src/*", "src/a"), ("src/*", "src/a/b"),
    ("src/*.py", "src/.py"), ("?.md", "é.md"), ("[a-c]x", "bx"), ("[!a-c]x", "dx"),
    ("[]a]", "]"), ("[*]", "*"), ("{a,b/{c,d}}/e", "b/d/e"), ("a{,b}c", "ac"), ("**", "a"),
    ("**/x", "x"), ("**/x", "a/b/x"), ("a/**/b", "a/b"), ("a/**/b", "a/x/y/b"), ("a/**", "a/b/c"),
    ("a**z", "a/b/z"), ("a**z", "abz"), (".", "anything/at/all"), ("./", "x"), ("a,b", "a,b"),
    (".gitignore", ".gitignore"), (".github/", ".github/x.yml"), ("[.]git*", ".gitmodules"),
    ("a b/ü", "a b/ü"), ("a]", "a]"), ("{a}", "a"), ("src/**/", "src/a"),
  ])
  func covers(pattern: String, path: String) throws {
    #expect(try ScopePattern(pattern).matches(path))
  }

  @Test(arguments: [
    ("docs", "docs2"), ("docs/x", "docs"), ("src/*", "src"), ("src/*.py", "src/a/b.py"),
    ("?", "ab"), ("?", "a\u{301}"), ("[a-c]x", "dx"), ("[*]", "a"), ("a/*/b", "a/b"),
    ("a/**", "a"), ("a/**/b", "a/x/bb"), ("Docs", "docs"), ("\u{e9}", "e\u{301}"), ("**/x", "ax"),
    ("{a,b}c", "abc"), ("[!/]x", "/x"),
  ])
  func doesNotCover(pattern: String, path: String) throws {
    if pattern == "[!/]x" {
      #expect(throws: ScopePattern.Problem.unbalanced) { try ScopePattern(pattern) }
    } else {
      #expect(try !ScopePattern(pattern).matches(path))
    }
  }

  @Test(
    arguments: [
      ("", .empty), ("{,a}", .empty), ("/etc", .absolute), (#"C:\x"#, .absolute),
      ("c:/x", .absolute),
      (#"\\server\x"#, .absolute), ("{a,/b}", .absolute), ("a/../b", .parentDirectory),
      ("..", .parentDirectory), (#"a\..\b"#, .parentDirectory), ("{a,..}/x", .parentDirectory),
      ("[.][.]/x", .parentDirectory), ("a\0b", .nul), ("*\0", .nul), (".git", .gitDirectory),
      (".GIT/hooks/x", .gitDirectory), ("a/.git/config", .gitDirectory), (".g[iI]t", .gitDirectory),
      ("{src,.git}/x", .gitDirectory), ("[a", .unbalanced), ("{a,b", .unbalanced),
      ("a}", .unbalanced),
      ("[]", .unbalanced), ("[!]", .unbalanced),
      (String(repeating: "{a,b}", count: 40), .tooComplex),
      (String(repeating: "{", count: 3000), .tooComplex),
      (String(repeating: "a", count: 5000), .tooComplex),
      (String(repeating: "a**", count: 30), .tooComplex),
    ] as [(String, ScopePattern.Problem)])
  func refuses(pattern: String, problem: ScopePattern.Problem) {
    #expect(throws: problem) { try ScopePattern(pattern) }
  }

  @Test(arguments: [
    ("docs/", "docs"), ("./a//b/./c/", "a/b/c"), (#"a\b"#, "a/b"), (".", "."),
    ("src/[*].md", "src/[*].md"),
    ("a/**/", "a/**"),
  ])
  func normalizes(pattern: String, normalized: String) throws {
    #expect(try ScopePattern(pattern).normalized == normalized)
  }

  @Test func equalityIsThatOfBytes() throws {
    #expect(try ScopePattern("\u{e9}") != ScopePattern("e\u{301}"))
    #expect(try ScopePattern("\u{e9}").form != ScopePattern("e\u{301}").form)
    #expect(try ScopePattern("docs/").form == ScopePattern("./docs").form)
  }
}
