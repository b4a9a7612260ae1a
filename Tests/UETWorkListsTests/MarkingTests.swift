import Testing
import UETModel

@testable import UETWorkLists

/// Results noted at the source: one word changes, and only where all is as it was imported.
@Suite struct MarkingTests {
  private func records(
    _ format: WorkListFormat, _ files: [WorkListFile]
  ) -> [(id: WorkstreamID, record: ImportRecord)] {
    let drafts = Drafting.drafts(
      of: WorkListReader.read(format, files), in: RepositoryPaths(), DraftOptions(tool: "t"))
    let outcome = Importing.outcome(of: drafts, into: BundleFolder(path: "", files: []))
    let written = outcome.files.compactMap { file in file.bytes.map { (file.path, $0) } }
    return BundleFolder(path: "", files: written).imported
  }

  /// What becomes of the files when all that was imported from `before` is done.
  private func marked(
    _ format: WorkListFormat, _ before: [WorkListFile], now: [WorkListFile]? = nil
  ) -> (texts: [String: String], outcomes: [String: Marking.Outcome]) {
    let done = records(format, before)
    let files = now ?? before
    let marking = Marking(done, lists: WorkListReader.read(format, files), sources: files)
    return (
      Dictionary(
        uniqueKeysWithValues: marking.files.map {
          ($0.path, String(decoding: $0.bytes, as: UTF8.self))
        }),
      Dictionary(uniqueKeysWithValues: marking.marks.map { ($0.record.name.key, $0.outcome) })
    )
  }

  private func one(_ path: String, _ text: String) -> [WorkListFile] { [WorkListFile(path, text)] }

  @Test func boxes() {
    let text =
      "\u{FEFF}# T\r\n- [ ] 1.1 a [link](x)  \r\n\t* [\t] 1.2 b\r\n- [~] 1.3 c\r\n- [x] 1.4 d"
    let result = marked(.openspec, one("c/tasks.md", text))
    #expect(
      result.texts["c/tasks.md"]
        == "\u{FEFF}# T\r\n- [x] 1.1 a [link](x)  \r\n\t* [x] 1.2 b\r\n- [x] 1.3 c\r\n- [x] 1.4 d")
    let tasks = marked(.speckit, one("f/tasks.md", "- [ ] T001 [P] a\n- [ ] T002 b\n"))
    #expect(tasks.texts["f/tasks.md"] == "- [X] T001 [P] a\n- [X] T002 b\n")
  }

  @Test func onlyLinesThatAreStillTheSame() {
    let before = one("c/tasks.md", "- [ ] 1.1 a\n- [ ] 1.2 b\n- [ ] 1.3 c\n- [ ] 1.4 d\n")
    let now = one(
      "c/tasks.md", "- [ ] 1.0 new\n- [ ] 1.2 b, and more\n- [x] 1.3 c\n- [ ] 1.1 a\n")
    let result = marked(.openspec, before, now: now)
    #expect(
      result.texts["c/tasks.md"]
        == "- [ ] 1.0 new\n- [ ] 1.2 b, and more\n- [x] 1.3 c\n- [x] 1.1 a\n")
    #expect(result.outcomes["1.1"] == .marked && result.outcomes["1.3"] == .already)
    for key in ["1.2", "1.4"] {
      guard case .refused? = result.outcomes[key] else {
        Issue.record("\(key) was not refused")
        continue
      }
    }
  }

  @Test func statusesOfJSON() {
    let text = """
      {"master" : { "tasks":[{"id":1,"title":"a","status" :  "pending","dependencies":[]},
        {"id":"2","title":"b","status":"in-progress", "dependencies":[1],"subtasks":[
          {"id":1.10,"title":"c","dependencies":[]} , {"id":2,"title":"c","status":"done","dependencies":[]}]}]}}

      """
    let result = marked(.taskmaster, one("tasks.json", text))
    #expect(
      result.texts["tasks.json"]
        == text.replacing("\"pending\"", with: "\"done\"")
        .replacing("{\"id\":1.10", with: "{\"status\": \"done\", \"id\":1.10"))
    let other = text.replacing("\"title\":\"a\"", with: "\"title\":\"A\"")
    let changed = marked(.taskmaster, one("tasks.json", text), now: one("tasks.json", other))
    guard case .refused? = changed.outcomes["1"] else { return #expect(Bool(false)) }
  }

  @Test func statusesOfHeads() {
    let text = "---\nid: TASK-1\nstatus: 'To Do'  # mine\ntitle: x\n---\nstatus: To Do\n"
    let files = [
      WorkListFile("backlog/tasks/task-1 - x.md", text),
      WorkListFile("backlog/config.yml", "statuses: [To Do, Shipped]\n"),
    ]
    let result = marked(.backlog, files)
    #expect(
      result.texts["backlog/tasks/task-1 - x.md"]
        == text.replacing("'To Do'", with: "'Shipped'"))
    let epic = one("epics/e/001.md", "---\nname: a\nstatus: open\n---\n")
    #expect(
      marked(.ccpm, epic).texts["epics/e/001.md"] == "---\nname: a\nstatus: closed\n---\n")
  }

  @Test func exportsAreNotWritten() {
    let issues = one("issues.json", #"[{"number": 7, "title": "a", "state": "OPEN"}]"#)
    let result = marked(.github, issues)
    #expect(
      result.texts.isEmpty && result.outcomes["7"] == .command(["gh", "issue", "close", "7"]))
    let beads = one(".beads/issues.jsonl", #"{"id": "b-1", "title": "a", "status": "open"}"#)
    #expect(marked(.beads, beads).outcomes["b-1"] == .command(["bd", "close", "b-1"]))
  }
}
