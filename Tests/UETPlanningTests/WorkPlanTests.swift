import Testing
import UETPlanning
import UETTestSupport

/// What other packages see of a plan.
@Suite struct WorkPlanTests {
  private func bundles(_ texts: String...) -> BundleSet {
    BundleSet(
      texts.enumerated().map { BundleFile(path: "\($0).json", bytes: Array($1.utf8)) })
  }

  private func bundle(_ id: String, _ scope: String, after: [String] = []) -> String {
    let list = after.map { "\"\($0)\"" }.joined(separator: ",")
    return
      #"{"id":"\#(id)","files_scope":["\#(scope)"],"tasks":["t"],"tool":"shell","depends_on":[\#(list)]}"#
  }

  @Test func saysWhyEachStartsWhenItDoes() throws {
    let set = bundles(
      bundle("ws-a", "src"), bundle("ws-b", "src/b"), bundle("ws-c", "c", after: ["ws-b"]),
      bundle("ws-d", "d"))
    let plan = try set.plan(workers: 2)
    let items = Dictionary(uniqueKeysWithValues: plan.items.map { ($0.id, $0) })
    #expect(set.ids == ["ws-a", "ws-b", "ws-c", "ws-d"] && plan.unit == .units)
    #expect(plan.makespan == 2 && plan.isOptimal && plan.sequential == 4)
    #expect(plan.criticalPath == ["ws-b", "ws-c"])
    #expect(items["ws-b"]?.reason == "it starts at the beginning" && items["ws-b"]?.wave == 1)
    #expect(items["ws-c"]?.cause == .dependency && items["ws-c"]?.after == "ws-b")
    #expect(
      items["ws-a"]?.reason
        == "'ws-b' ends, with which it is in conflict: 'src' and 'src/b'")
    #expect(plan.conflicts.map(\.words) == ["'src' and 'src/b'"] && plan.conflictCount == 1)
    #expect(plan.conflicts.map(\.shared) == ["src/b"])
  }

  @Test func tellsWhereBundlesAreWrong() throws {
    let set = bundles(bundle("ws-a", "src", after: ["ws-nobody"]))
    #expect(!set.isValid)
    let problem = try #require(set.problems.first)
    #expect(problem.isError && problem.file == "0.json" && problem.line == 1)
    #expect(problem.description.hasPrefix("0.json:1:"))
    #expect(throws: BundleSet.Invalid.self) { try set.plan() }
  }

  /// In any plan a workstream starts with the end of what it is said to wait for, which is what the
  /// cause says it is.
  @Test func causesAreWhatTheyAreSaidToBe() throws {
    let failure = Seeds(short: 60, long: 2_000).firstFailure(
      filter: "causesAreWhatTheyAreSaidToBe"
    ) { seed in
      var random = SeededRandom(seed: seed)
      let count = Int.random(in: 1...12, using: &random)
      let texts = (0..<count).map { number in
        let after = (0..<number).filter { _ in Int.random(in: 0..<5, using: &random) == 0 }
        return bundle(
          "ws-\(number)", "f\(Int.random(in: 0..<5, using: &random))",
          after: after.map { "ws-\($0)" })
      }
      let files = texts.enumerated().map { BundleFile(path: "\($0).json", bytes: Array($1.utf8)) }
      let workers = Int.random(in: 1...4, using: &random)
      let plan = try BundleSet(files).plan(workers: workers)
      try check(plan, workers: workers)
    }
    if let failure { Issue.record("\(failure)") }
  }

  private func check(_ plan: WorkPlan, workers: Int) throws {
    let items = Dictionary(uniqueKeysWithValues: plan.items.map { ($0.id, $0) })
    let pairs = Set(plan.conflicts.flatMap { [[$0.first, $0.second], [$0.second, $0.first]] })
    try Violation.unless(plan.items.map(\.start) == plan.items.map(\.start).sorted(), "order")
    for item in plan.items {
      try Violation.unless((1...workers).contains(item.worker), "worker of \(item)")
      guard let before = item.after.flatMap({ items[$0] }) else {
        try Violation.unless(item.cause == .start, "\(item) waits for nobody")
        continue
      }
      try Violation.unless(before.finish == item.start, "\(item) after \(before)")
      switch item.cause {
      case .start: throw Violation("\(item) waits, and does not")
      case .dependency: try Violation.unless(item.dependsOn.contains(before.id), "\(item)")
      case .conflict: try Violation.unless(pairs.contains([item.id, before.id]), "\(item)")
      case .worker:
        let busy = plan.items.count { $0.start < item.start && $0.finish >= item.start }
        try Violation.unless(busy == workers, "\(item) waits for a worker, and \(busy) are busy")
      }
    }
  }
}
