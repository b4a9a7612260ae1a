import Testing
import UETModel
import UETPlanning
import UETReporting
import UETTestSupport

@Suite struct FileCheckReportTests {
  @Test func namesWhatMatchesNothingAndWhatNobodyOwns() {
    let list = [work("a", writes: ["docs/", "gone.c"])]
    let check = FileCheck(list, files: ["docs/a.md", "src/x.c", "src/\u{1B}.c"])
    let text = check.text(list)
    #expect(text.contains("ws-a: 'gone.c' in files_scope matches no file"), "\(text)")
    #expect(text.contains("Files that no workstream owns (1)\n  src/"), "\(text)")
    #expect(check.json(list)["unmatched"]?.array?.first?["pattern"] == "gone.c")
    #expect(check.json(list)["unowned"] == ["src/"])
  }

  @Test func allIsWell() {
    let list = [work("a", writes: ["**"])]
    let check = FileCheck(list, files: ["a", "b/c"])
    #expect(check.text(list) == "every pattern matches, and every file is owned\n")
  }
}
