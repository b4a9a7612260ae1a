import Testing
import UETModel
import UETTestSupport

@testable import UETGit

/// A tree cut down to what patterns cover is the tree that git would write of that alone.
@Suite struct TreeCutTests {
  private let test = TestRepository()

  private func cut(_ patterns: [String], _ tree: ObjectID? = nil) throws -> ObjectID {
    let repository = try Repository.open(discoveringFrom: test.path, environment: test.environment)
    return try TreeCut(patterns.map { try ScopePattern($0) })
      .id(of: tree ?? test.id("HEAD^{tree}"), in: repository)
  }

  private let files = [
    "src/a.c": "a\n", "src/deep/b.c": "b\n", "src/deep/b.txt": "t\n", "docs/x.md": "x\n",
    "Makefile": "all:\n",
  ]

  @Test func aChangeOutsideLeavesItAndOneInsideDoesNot() throws {
    _ = test.commit("base", files)
    let before = try cut(["src/**", "Makefile"])
    _ = test.commit("outside", ["docs/x.md": "y\n", "README": "new\n"])
    #expect(try cut(["src/**", "Makefile"]) == before)
    _ = test.commit("inside", ["src/deep/b.c": "changed\n"])
    let after = try cut(["src/**", "Makefile"])
    #expect(after != before)
    _ = test.commit("back", ["src/deep/b.c": "b\n"])
    #expect(try cut(["src/**", "Makefile"]) == before)
  }

  @Test func theOrderOfPatternsAndSayingItTwiceDoNotMatter() throws {
    _ = test.commit("base", files)
    let one = try cut(["src/**/*.c", "Makefile", "docs"])
    #expect(try cut(["docs", "Makefile", "src/**/*.c"]) == one)
    #expect(try cut(["docs/**", "docs", "Makefile", "src/**/*.c", "./src/a.c"]) == one)
    #expect(try cut(["."]) == test.id("HEAD^{tree}"))
    #expect(try cut(["src"]) != one)
  }

  @Test func renamesDeletionsModesAndLinksCount() throws {
    _ = test.commit("base", files)
    let patterns = ["src/**/*.c", "tool"]
    let base = try cut(patterns)
    test.git("mv", "docs/x.md", "src/x.c")
    _ = test.commit("renamed in")
    let into = try cut(patterns)
    #expect(into != base)
    test.git("mv", "src/x.c", "docs/x.md")
    _ = test.commit("renamed out")
    #expect(try cut(patterns) == base)
    test.git("mv", "src/deep/b.c", "src/deep/c.c")
    _ = test.commit("renamed within")
    #expect(try cut(patterns) != base)
    test.git("mv", "src/deep/c.c", "src/deep/b.c")
    test.write("src/a.c", "a\n", mode: 0o755)
    _ = test.commit("executable")
    let executable = try cut(patterns)
    #expect(executable != base)
    test.git("update-index", "--chmod=-x", "src/a.c")
    test.git("update-index", "--add", "--cacheinfo", "120000,\(test.id("HEAD:Makefile")),tool")
    test.git("commit", "-qm", "link")
    let link = try cut(patterns)
    #expect(link != base)
    test.git("update-index", "--cacheinfo", "120000,\(test.id("HEAD:docs/x.md")),tool")
    test.git("commit", "-qm", "link elsewhere")
    #expect(try cut(patterns) != link)
    test.git("update-index", "--cacheinfo", "160000,\(test.id("HEAD")),tool")
    test.git("commit", "-qm", "submodule")
    let submodule = try cut(patterns)
    test.git("update-index", "--cacheinfo", "160000,\(test.id("HEAD")),tool")
    test.git("commit", "-qm", "submodule elsewhere")
    #expect(try cut(patterns) != submodule)
    test.git("rm", "-q", "--cached", "tool")
    test.git("commit", "-qm", "gone")
    #expect(try cut(patterns) == base)
    test.git("rm", "-q", "--cached", "src/a.c")
    test.git("commit", "-qm", "deleted")
    #expect(try cut(patterns) != base)
  }

  /// What decides how a file is written out is as good as a part of it; what stands beside nothing
  /// that is read is not.
  @Test func attributesAboveWhatIsReadCount() throws {
    _ = test.commit("base", files)
    let patterns = ["src/deep/*.c"]
    let base = try cut(patterns)
    _ = test.commit("elsewhere", ["docs/.gitattributes": "* text\n"])
    #expect(try cut(patterns) == base)
    for path in [".gitattributes", "src/.gitattributes", "src/deep/.gitattributes"] {
      let before = try cut(patterns)
      _ = test.commit(path, [path: "*.c text eol=crlf\n"])
      #expect(try cut(patterns) != before, "\(path)")
    }
  }

  @Test func nothingCoveredIsTheEmptyTree() throws {
    _ = test.commit("base", files.merging([".gitattributes": "* text\n"]) { $1 })
    let empty = "4b825dc642cb6eb9a060e54bf8d69288fbee4904"
    #expect(try cut(["none/**"]).hex == empty)
    // A name that has to be a folder is none where it is a file.
    #expect(try cut(["Makefile/x"]).hex == empty)
  }

  /// A random tree cut down has the covered paths of the tree, and no others.
  @Test func aCutHoldsWhatThePatternsCover() throws {
    var random = SeededRandom(seed: 4)
    let parts = ["a", "b", "ab", "c.c", "d.txt", "é"]
    let patterns = [
      "a", "a/**", "**/c.c", "*/b", "ab/*/c.c", "**/a/**/d.txt", "{a,b}/?", "é", "[ab]/**/c.c",
    ]
    for round in 0..<12 {
      var files: [String: String] = [:]
      for _ in 0..<25 {
        let depth = Int.random(in: 1...4, using: &random)
        let path = (0..<depth).map { _ in parts.randomElement(using: &random) ?? "a" }
          .joined(separator: "/")
        let isFree = !files.keys.contains { $0.hasPrefix(path + "/") || path.hasPrefix($0 + "/") }
        if isFree { files[path] = "\(random.next())\n" }
      }
      let place = TestRepository()
      _ = place.commit("tree", files)
      let repository = try Repository.open(
        discoveringFrom: place.path, environment: place.environment)
      let some = try patterns.filter { _ in Bool.random(using: &random) }.map {
        try ScopePattern($0)
      }
      let whole = place.id("HEAD^{tree}")
      let cut = try TreeCut(some).id(of: whole, in: repository)
      for path in files.keys where !some.contains(where: { $0.matches(path) }) {
        place.git("rm", "-q", "--cached", "--", path)
      }
      let expected = place.git("write-tree")
      #expect(cut.hex == expected, "round \(round): \(some)")
    }
  }
}
