import Testing
import UETModel

@testable import UETWorkLists

/// What becomes of tasks: ids, dependencies and scopes of workstreams.
@Suite struct DraftTests {
  static func drafts(
    _ format: WorkListFormat, _ path: String, _ text: String,
    paths: RepositoryPaths = RepositoryPaths(), ordersPhases: Bool = false
  ) -> DraftList {
    let lists = WorkListReader.read(format, [WorkListFile(path, text)])
    return Drafting.drafts(
      of: lists, in: paths, DraftOptions(tool: "t", ordersPhases: ordersPhases))[0]
  }

  private func waits(_ list: DraftList, _ id: String) -> [String] {
    list.drafts.first { $0.id.rawValue == id }?.dependsOn.map(\.rawValue) ?? ["no such draft"]
  }

  private static let parts = """
    {"tasks": [
      {"id": 1, "title": "Group", "status": "pending", "dependencies": [], "details": "In lib/g.c.",
       "subtasks": [
        {"id": 1, "title": "a", "status": "done", "dependencies": []},
        {"id": 2, "title": "b", "status": "pending", "dependencies": [1]},
        {"id": 3.10, "title": "c", "status": "pending", "dependencies": ["1.2"]},
        {"id": 3.1, "title": "d", "status": "pending", "dependencies": []}]},
      {"id": 2, "title": "After it", "status": "pending", "dependencies": [1], "subtasks": [
        {"id": 1, "title": "e", "status": "pending", "dependencies": []}]},
      {"id": "1-2", "title": "Looks like a part", "status": "pending", "dependencies": ["2.1"]}
    ]}
    """

  @Test func whatDependsOnAGroupDependsOnAllThatIsOpenInIt() {
    let list = Self.drafts(.taskmaster, "tasks.json", Self.parts)
    #expect(
      list.drafts.map(\.item.key) == ["1.2", "1.3.10", "1.3.1", "2.1", "1-2"],
      "groups and what is done are left out")
    let ids = list.drafts.map(\.id.rawValue)
    #expect(Set(ids).count == 5 && ids[0] == "ws-master-1-2")
    #expect(ids[4].hasPrefix("ws-master-1-2-"), "two ids that look alike stay two")
    #expect(waits(list, "ws-master-1-2") == [], "1.1 is done")
    #expect(waits(list, ids[1]) == ["ws-master-1-2"])
    #expect(Set(waits(list, "ws-master-2-1")) == Set(ids[0...2]), "by way of what it is a part of")
    #expect(waits(list, ids[4]) == ["ws-master-2-1"])
  }

  @Test func aPartThatNamesNothingHasTheScopeOfItsGroup() {
    let list = Self.drafts(.taskmaster, "tasks.json", Self.parts)
    #expect(list.drafts[0].scope.ground == .inherited && list.drafts[0].scope.writes == ["lib/g.c"])
    #expect(list.drafts[3].scope.ground == .unknown && list.drafts[3].scope.writes == ["."])
    #expect(list.drafts.allSatisfy { $0.isProposed })
    #expect(list.findings.contains { $0.code == "no_scope" && $0.item == "2.1" })
  }

  @Test func aCircleByWayOfGroupsIsBroken() {
    let list = Self.drafts(
      .taskmaster, "tasks.json",
      """
      {"tasks": [
        {"id": 1, "title": "A", "status": "pending", "dependencies": [], "subtasks": [
          {"id": 1, "title": "a", "status": "pending", "dependencies": ["2.1"]}]},
        {"id": 2, "title": "B", "status": "pending", "dependencies": [1], "subtasks": [
          {"id": 1, "title": "b", "status": "pending", "dependencies": []}]}
      ]}
      """)
    let count = list.drafts.reduce(0) { $0 + $1.dependsOn.count }
    #expect(list.drafts.count == 2 && count == 1)
    #expect(list.findings.contains { $0.code == "cycle" })
  }

  @Test func conflictsCountBothWays() {
    func task(_ id: String, _ more: String) -> WorkListFile {
      WorkListFile("epics/e/\(id).md", "---\nname: t\nstatus: open\n\(more)\n---\n")
    }
    let lists = WorkListReader.read(
      .ccpm,
      [
        task("001", "conflicts_with: [3]\nparallel: true\nfiles: [src/x.c]"),
        task("002", "parallel: true\nfiles: [src/x.c]"), task("003", ""),
        task("004", "conflicts_with: [99]"),
      ])
    let paths = RepositoryPaths(files: ["src/x.c"])
    let list = Drafting.drafts(of: lists, in: paths, DraftOptions(tool: "t"))[0]
    let groups = list.drafts.map(\.conflictGroup)
    #expect(groups[0] != nil && groups[0] == groups[2] && groups[1] == nil && groups[3] == nil)
    let codes = Set(list.findings.map(\.code))
    #expect(codes.isSuperset(of: ["one_sided", "missing", "parallel_mark"]))
    #expect(list.drafts.map(\.isProposed) == [false, false, true, true], "declared needs no word")
  }

  private static let phases = """
    ## Phase 1: Setup
    - [x] T001 Make x/a.c
    ## Phase 2: Foundational
    - [ ] T002 Make x/b.c
    ## Phase 3: User Story 1
    - [ ] T003 Make x/c.c
    ## Phase 4: User Story 2
    - [ ] T004 Make x/d.c
    ## Phase 5: Polish
    - [ ] T005 Make x/e.c
    """

  @Test func theOrderOfPhasesCountsWhenItIsAskedFor() {
    let plain = Self.drafts(.speckit, "specs/f/tasks.md", Self.phases)
    #expect(plain.drafts.allSatisfy { $0.dependsOn.isEmpty })
    #expect(plain.findings.contains { $0.code == "phases_not_ordered" })
    let list = Self.drafts(.speckit, "specs/f/tasks.md", Self.phases, ordersPhases: true)
    #expect(waits(list, "ws-f-t002") == [])
    #expect(waits(list, "ws-f-t003") == ["ws-f-t002"] && waits(list, "ws-f-t004") == ["ws-f-t002"])
    #expect(waits(list, "ws-f-t005") == ["ws-f-t002", "ws-f-t003", "ws-f-t004"])
  }

  @Test func anEmptySectionHandsOnItsOrder() {
    let text = "## 1. A\n- [ ] 1.1 x\n## 2. B\n- [x] 2.1 y\n## 3. C\n- [ ] 3.1 z\n"
    let list = Self.drafts(.openspec, "c/tasks.md", text, ordersPhases: true)
    #expect(waits(list, "ws-c-3-1") == ["ws-c-1-1"])
  }

  @Test func idsDoNotDependOnPlaces() {
    let text = "- [ ] 1.1 one\n- [ ] free words\n- [ ] 1.2 two\n- [ ] 다른 것\n"
    let more = "- [ ] new one\n- [ ] 0.9 new\n" + text
    let before = Self.drafts(.openspec, "c/tasks.md", text).drafts
    let after = Self.drafts(.openspec, "c/tasks.md", more).drafts
    #expect(Set(before.map(\.id)).isSubset(of: Set(after.map(\.id))))
    #expect(Set(after.map(\.id)).count == 6)
  }
}
