import Testing
import UETModel

@testable import UETWorkLists

/// What the lists of the shared cases mean, as their table says.
@Suite(.enabled(if: ListCases.areHere)) struct SharedCaseTests {
  private func lists(
    _ format: WorkListFormat, _ path: String, _ options: ReadingOptions = ReadingOptions()
  ) -> [WorkList] {
    WorkListReader.read(format, ListCases.files(path), options: options, origin: path)
  }

  @Test func openSpec() throws {
    let list = try #require(lists(.openspec, "openspec-tasks.md").first)
    #expect(
      list.items.map(\.key) == [
        "1.1", "1.2", "1.2.1", "1.2.2", "1.3", "2.1", "2.1-help-text-for-the-flag", "3.2",
        "manual-look-at-the-coloured-and-or-plain",
      ])
    #expect(list.items.filter { $0.state == .done }.map(\.key) == ["1.1", "1.2.2"])
    #expect(list.item("1.2.1")?.parent == "1.2")
    #expect(list.waits("1.2") == ["1.1"])
    #expect(list.items.filter { !$0.edges.isEmpty }.count == 1)
    #expect(list.paths("1.1") == ["src/cache/store.rs"])
    #expect(list.paths("1.2") == ["src/cache/entry.rs"])
    #expect(list.paths("1.2.1") == ["tests/cache_expiry.rs"])
    #expect(list.paths("2.1") == ["cli.rs"])
    #expect(list.paths("3.2") == ["src/main.rs"])
    let looks = list.paths("manual-look-at-the-coloured-and-or-plain")
    #expect(looks == ["and/or"] && list.items.last?.paths.first?.needsProof == true)
    #expect(list.says("unknown_mark", 9) && list.says("bold_id", 13))
    #expect(list.says("duplicate_id", 14) && list.says("wrong_group", 15))
    #expect(list.says("no_id", 16) && list.says("no_box", 17, "2.9"))
    #expect(list.says("fenced_box", 20))
  }

  @Test func openSpecHeadings() throws {
    let path = "openspec-headings-tasks.md"
    let plain = try #require(lists(.openspec, path).first)
    #expect(plain.items.isEmpty)
    #expect(
      plain.says(
        "no_box", nil, "0 checkbox tasks, 2 numbered headings, 2 numbered-list boxes"))
    let list = try #require(lists(.openspec, path, ReadingOptions(readsHeadings: true)).first)
    #expect(list.items.map(\.key) == ["1.1", "1.2"])
    #expect(list.paths("1.1") == ["lib/index/reader.ts"])
    #expect(list.paths("1.2") == ["lib/index/writer.ts"])
  }

  @Test func specKit() throws {
    let list = try #require(lists(.speckit, "speckit-tasks.md").first)
    #expect(
      list.items.map(\.id) == [
        "T001", "T002", "T003", "T004", "T005", "T006", "T006a", "T007.1", "T008", "T008",
        "T009-MIN", "T010",
      ])
    #expect(list.items.filter { $0.state == .done }.map(\.id) == ["T001", "T002"])
    #expect(list.waits("T006") == ["T003", "T004"])
    #expect(list.waits("T006a") == ["T006"])
    #expect(list.waits("T009-MIN") == ["T001", "T002", "T003", "T006"])
    #expect(list.waits("T004") == ["T003"] && list.waits("T005") == ["T003"])
    #expect(list.says("missing", nil, "T042") && list.says("duplicate_id", nil, "T008"))
    #expect(list.says("fenced_box", nil, "T099"))
    #expect(list.says("box_without_id", nil, "2 boxes under 'Validation Checklist'"))
    #expect(list.findings.filter { $0.code == "not_a_box" }.count == 2)
    #expect(list.paths("T002") == [".eslintrc.json"])
    #expect(list.paths("T004") == ["tests/contract/labels.test.ts"])
    let second = list.items[9].key
    #expect(list.paths(second) == ["src/pages/queue.tsx", "src/pages/history.tsx"])
    #expect(list.paths("T010") == ["docs/"] && list.paths("T006a") == ["print.ts"])
    #expect(list.paths("T001").isEmpty && list.paths("T007.1").isEmpty)
    // Phase 2 after 1, stories 3 and 4 after 2, 5 after 3 and 4.
    let sections = list.sections
    #expect(sections.count == 5)
    #expect(list.sectionOrder[sections[0]] ?? [] == [])
    #expect(list.sectionOrder[sections[1]] == [sections[0]])
    #expect(list.sectionOrder[sections[2]] == [sections[1]])
    #expect(list.sectionOrder[sections[3]] == [sections[1]])
    #expect(list.sectionOrder[sections[4]] == [sections[2], sections[3]])
  }

  @Test func taskMaster() throws {
    let all = lists(.taskmaster, "taskmaster-tags.json")
    #expect(all.map(\.name) == ["master", "ui-branch"])
    let list = try #require(all.first)
    #expect(
      list.items.map(\.key)
        == ["1", "2", "2.1", "2.2", "2.3", "3", "3.1", "3.2", "4", "5", "6"])
    #expect(list.waits("2") == ["1"] && list.waits("2.2") == ["2.1"])
    #expect(list.waits("2.3") == ["2.1", "2.2"] && list.waits("3") == ["1", "2.2"])
    #expect(list.waits("3.2") == ["3.1"] && list.waits("6") == ["5"])
    #expect(list.item("3.2")?.paths.map(\.kind) == [.declared])
    #expect(list.paths("3.2") == ["src/migrate/backup.py"])
    #expect(list.paths("5") == ["src/watch.py"] && list.paths("1") == ["src/settings/read.py"])
    #expect(list.says("missing", nil, "9") && list.says("no_status", nil, "3.2"))
    #expect(list.says("depends_on_dropped", nil, "6") && list.says("done_with_open_parts"))
    #expect(list.says("parent_ignored", nil, "undefined"))
    let other = all[1]
    #expect(other.says("cycle", nil, "1 -> 2 -> 1"))
    #expect(other.waits("1") == ["2"] && other.waits("2").isEmpty)
    let flat = lists(.taskmaster, "taskmaster-flat.json")
    #expect(flat.map(\.name) == ["master"] && flat[0].items.map(\.key) == ["1", "2"])
    #expect(flat[0].says("no_dependencies", nil, "2"))
    #expect(flat[0].paths("1") == ["lib/one.js", "two.js"])
  }

  @Test func beads() throws {
    let list = try #require(lists(.beads, "beads-issues.jsonl").first)
    #expect(list.items.map(\.key) == ["wx-k2f", "wx-k2f.1", "wx-9qa", "wx-7", "wx-w8"])
    #expect(list.item("wx-k2f")?.isGroup == true)
    #expect(list.item("wx-9qa")?.parent == "wx-k2f")
    #expect(list.waits("wx-9qa") == ["wx-k2f.1"] && list.waits("wx-w8") == ["wx-k2f"])
    #expect(list.item("wx-w8")?.wants.map(\.need) == [.parts])
    #expect(list.paths("wx-k2f.1") == ["src/forecast/fetch.go", "fetch_test.go"])
    #expect(list.says("missing", nil, "wx-gone") && list.says("outside", nil, "external:maps"))
    #expect(list.says("conditional") && list.says("left_out", nil, "tombstone"))
    #expect(list.says("left_out", nil, "pinned") && list.says("left_out", nil, "memory"))
    #expect(list.says("no_order", nil, "related") && list.says("no_order", nil, "discovered-from"))
    let ready = try #require(lists(.beads, "beads-ready.json").first)
    #expect(ready.items.map(\.key) == ["wx-9qa", "wx-7"])
    #expect(ready.items.allSatisfy { $0.edges.isEmpty } && !ready.codes.contains("missing"))
    #expect(ready.says("partial"))
  }

  @Test func backlog() throws {
    let list = try #require(lists(.backlog, "backlog").first)
    #expect(Set(list.items.map(\.key)) == ["TIDE-4", "TIDE-4.1", "TIDE-2"])
    #expect(list.item("TIDE-4.1")?.parent == "TIDE-4")
    #expect(list.item("TIDE-2")?.state == .done && list.item("TIDE-4")?.state == .open)
    #expect(list.waits("TIDE-4") == ["TIDE-2", "TIDE-4.1"])
    #expect(
      list.item("TIDE-4")?.paths.filter { $0.kind == .declared }.map(\.text)
        == ["src/gauge/read.py", "tests/test_gauge.py"])
    #expect(!list.paths("TIDE-4").contains("docs/gauge.md"))
    #expect(list.says("not_yaml", nil, "@") && list.says("missing", nil, "TIDE-77"))
    #expect(list.says("odd_dependency", nil, "tide-3") && list.says("missing", nil, "tide-3"))
    #expect(list.item("TIDE-4")?.title == "Read gauge data: first cut")
  }

  @Test func ccpm() throws {
    let all = lists(.ccpm, "ccpm/epics")
    let list = try #require(all.first)
    #expect(all.count == 1 && list.name == "map-tiles")
    #expect(list.items.map(\.key) == ["008", "010", "011"])
    #expect(list.item("008")?.state == .done)
    #expect(list.waits("010") == ["008"] && list.waits("011") == ["008", "010"])
    let declared = { (key: String) in
      list.item(key)?.paths.filter { $0.kind == .declared }.map(\.text) ?? []
    }
    #expect(declared("008") == ["src/tiles/reader.ts"])
    #expect(declared("010") == ["src/tiles/cache.ts", "src/tiles/disk/*", "src/tiles/evict.ts"])
    #expect(list.says("missing", nil, "110") && list.says("not_yaml", nil, "': '"))
    #expect(list.item("011")?.title == "Tile view: first form")
    #expect(list.item("010")?.conflicts == ["011"] && list.item("011")?.conflicts == [])
    #expect(list.item("008")?.isMarkedParallel == true)
  }

  @Test func gitHub() throws {
    let list = try #require(lists(.github, "gh-issues.json").first)
    #expect(list.items.map(\.key) == ["31", "32", "34"])
    #expect(list.item("31")?.isGroup == true && list.item("32")?.parent == "31")
    #expect(list.item("34")?.state == .dropped)
    #expect(list.item("32")?.edges.isEmpty == true, "33 is closed")
    #expect(list.knownDone.contains("33"))
    #expect(list.says("outside", nil, "example/lib#5") && list.says("only_in_prose", nil, "#40"))
    #expect(list.says("relations_unknown") && list.says("dropped", nil, "34"))
    #expect(list.paths("32") == ["src/export/csv.py"])
  }
}
