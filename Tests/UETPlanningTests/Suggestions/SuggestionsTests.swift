import Testing
import UETModel
import UETTestSupport

@testable import UETPlanning

@Suite struct SuggestionsTests {
  @Test func proposesToMergeWhatHasTheSameScope() throws {
    let plan = Planner.plan(
      workstreams: [
        work("a", writes: ["docs/"]), work("b", writes: ["./docs"]), work("c", writes: ["docs"]),
        work("d", writes: ["d"]),
      ],
      dependencies: [[], [], [0], []])
    let found = Suggestions.of(plan)
    #expect(found.count == 1)
    #expect(try #require(found.first).text.hasPrefix("ws-a, ws-b have the same scope ('docs/')"))
  }

  @Test func proposesWhatPastCommitsTouched() throws {
    let plan = Planner.plan(
      workstreams: [
        work("a", writes: ["src/"]), work("b", writes: ["src/x/one.c"]),
        work("c", writes: ["src/y/two.c"]), work("d", writes: ["src/[z]/"]),
      ],
      dependencies: [[], [], [], []])
    let id = try #require(WorkstreamID("ws-a"))
    let found = Suggestions.of(plan, touched: [id: ["src/y/a.c", "src/y/b.c", "other"]])
    guard case .narrow(id, _, let paths, let frees) = found.first else {
      Issue.record("no narrower scope: \(found)")
      return
    }
    #expect(paths == ["src/y/a.c", "src/y/b.c"])
    #expect(frees == 3)
  }

  @Test func manyFilesAreTheirDirectory() throws {
    let plan = Planner.plan(workstreams: [work("a", writes: ["src/"])], dependencies: [[]])
    let id = try #require(WorkstreamID("ws-a"))
    let touched = (0..<20).map { "src/deep/file\($0).c" }
    let found = Suggestions.of(plan, touched: [id: touched])
    guard case .narrow(_, _, let paths, _) = found.first else {
      Issue.record("no narrower scope")
      return
    }
    #expect(paths == ["src/deep/"])
    #expect(Suggestions.of(plan, touched: [id: (0..<20).map { "src/\($0)" }]).isEmpty)
  }

  @Test func proposesDependenciesOfReaders() {
    let plan = Planner.plan(
      workstreams: [work("a", writes: ["api/"]), work("b", writes: ["b"], reads: ["api/x.h"])],
      dependencies: [[], []])
    let found = Suggestions.of(plan)
    #expect(
      found.map(\.text) == [
        "ws-b: add 'ws-a' to depends_on: it reads 'api/x.h', which ws-a writes"
      ])
    #expect(found.first?.json["kind"] == "depend")
  }
}
