import Testing

@testable import UETEngine

@Suite struct FolderMapTests {
  @Test func foldersAreCountedAndBounded() {
    let paths = ["README", "a/x.c", "a/b/y.c", "a/b/z.h", "c/d/e/f.md"]
    #expect(
      FolderMap(paths).lines(most: 10) == [
        "./: 5 files (2 .c, 1 .h, 1 .md)", "a/: 3 files (2 .c, 1 .h)", "  b/: 2 files (1 .c, 1 .h)",
        "c/: 1 file (1 .md)", "  d/: 1 file (1 .md)", "    e/: 1 file (1 .md)",
      ])
    #expect(FolderMap(paths).lines(most: 3).count == 4)
    #expect(FolderMap(paths).lines(most: 0).count == 1)
    #expect(FolderMap([]).lines(most: 5) == ["(no files)"])
    let many = (0..<5000).map { "d\($0 % 70)/e\($0 % 7)/f\($0).txt" }
    let lines = FolderMap(many).lines(most: 80)
    #expect(lines.count <= 81 && lines.count > 70)
  }
}
