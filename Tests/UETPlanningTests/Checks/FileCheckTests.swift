import Testing
import UETModel
import UETTestSupport

@testable import UETPlanning

@Suite struct FileCheckTests {
  static let files = [
    "README.md", "docs/a.md", "docs/b/c.md", "src/x.c", "src/y.c", "tools/one", "tools/two/three",
    "docs.txt",
  ]

  @Test func findsWhatMatchesNothingAndWhatNobodyOwns() {
    let list = [
      work("a", writes: ["docs/", "gone.c"], creates: ["docs/new.md", "new/dir"]),
      work("b", writes: ["src/*.h", "src/x.c", "new/"], creates: ["new/file"], reads: ["nope/**"]),
    ]
    let check = FileCheck(list, files: Self.files)
    #expect(check.unmatched.map(\.pattern.text) == ["gone.c", "src/*.h", "nope/**"])
    #expect(check.unmatched.map(\.workstream) == [0, 1, 1])
    #expect(check.unmatched.last?.field == .reads)
    #expect(check.unowned == ["README.md", "docs.txt", "src/y.c", "tools/"])
    #expect(check.twins.isEmpty)
  }

  @Test func findsTwins() {
    let check = FileCheck(
      [work("a", writes: ["Docs/a.md", "SRC"])], files: Self.files + ["readme.md"])
    #expect(check.twins == [["Docs", "docs"], ["README.md", "readme.md"], ["SRC", "src"]])
  }

  @Test func allIsWell() {
    let list = [work("a", writes: ["**"])]
    let check = FileCheck(list, files: Self.files)
    #expect(check.unmatched.isEmpty && check.unowned.isEmpty && check.twins.isEmpty)
  }
}
