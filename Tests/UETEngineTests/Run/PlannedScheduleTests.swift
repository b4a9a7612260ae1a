import Foundation
import Testing
import UETModel
import UETPlanning
import UETScheduling
import UETTestSupport

@testable import UETEngine

/// What was planned is what happens: a run in which all takes as long as planned starts each
/// workstream at the planner's moment.
@Suite struct PlannedScheduleTests {
  @Test(
    .enabled(if: !realBundles.isEmpty, "the real bundles are not here"), arguments: [2, 3, 4, 8])
  func realBundlesRunAsPlanned(workers: Int) throws {
    let loaded = BundleLoader.load(realBundles)
    #expect(loaded.workstreams.count == 36)
    let plan = Planner.plan(loaded, selecting: [], workers: workers)
    #expect(try starts(plan) == plan.schedule.slots.map(\.start))
  }

  @Test func randomPlansRunAsPlanned() {
    var holds = 0
    let failure = Seeds(short: 60, long: 3000).firstFailure(filter: "randomPlansRunAsPlanned") {
      seed in
      var random = SeededRandom(seed: seed)
      let plan = try Self.plan(&random)
      holds += plan.holds.count
      let (found, planned) = (try starts(plan), plan.schedule.slots.map(\.start))
      try Violation.unless(
        found == planned, "\(plan.workers) workers: starts \(found), planned \(planned)")
    }
    #expect(failure == nil, "\(failure ?? "")")
    #expect(holds > 0 || ProcessInfo.processInfo.environment["UET_SEED"] != nil)
  }

  /// Runs the plan in the dispatcher with the planned durations and gives each start in ticks.
  private func starts(_ plan: Plan) throws -> [Int] {
    let dispatch = try DispatchPlan(plan, Configuration())
    let run = RunID(startedAt: Timestamp(seconds: 0), salt: 1)
    var machine = DispatchMachine(
      plan: dispatch, policy: DispatchPolicy(workers: plan.workers), state: RunState(run: run))
    var sequence = 0
    func record(_ drafts: [EventDraft]) -> [Event] {
      drafts.map { draft in
        sequence += 1
        return Event(draft, seq: sequence, writer: "main", at: Timestamp(seconds: 0)) { _ in .zero }
      }
    }
    let started = EventDraft(
      .runStarted, data: JSONObject([.workstreams: dispatch.entries.json]))
    for event in record([started]) { _ = try machine.apply(event) }
    var starts = [Int](repeating: -1, count: plan.workstreams.count)
    var ends: [Int: [AttemptName]] = [:]
    var tick = 0
    var effects: [DispatchEffect] = []
    for case .prepareWorker(let name) in try machine.take(
      .start, at: Timestamp(seconds: 0), record: record)
    {
      effects += try machine.accept(
        .workerReady(name), at: Timestamp(seconds: 0), record: record)
    }
    effects += try machine.settle(at: Timestamp(seconds: 0), record: record)
    while true {
      for case .startAttempt(let order) in effects {
        let index = try #require(plan.index(of: order.name.workstream))
        starts[index] = tick
        ends[tick + plan.durations.ticks[index], default: []].append(order.name)
      }
      guard let next = ends.keys.min(), let done = ends.removeValue(forKey: next) else { break }
      tick = next
      effects = []
      for name in done {
        effects += try machine.accept(
          .attemptEnded(name, .succeeded(tip: .zero, base: nil)), at: Timestamp(seconds: 0),
          record: record)
      }
      effects += try machine.settle(at: Timestamp(seconds: 0), record: record)
    }
    #expect(machine.state.status == .succeeded)
    return starts
  }

  private static func plan(_ random: inout SeededRandom) throws -> Plan {
    let count = Int.random(in: 2...24, using: &random)
    let folders = Int.random(in: 2...12, using: &random)
    let workstreams = try (0..<count).map { number in
      let id = try #require(WorkstreamID("ws-\(number < 10 ? "0" : "")\(number)"))
      let scope = try (0..<Int.random(in: 1...2, using: &random)).map { _ in
        let folder = Int.random(in: 0..<folders, using: &random)
        let deep = Int.random(in: 0..<3, using: &random) == 0
        return try ScopePattern(deep ? "d\(folder)" : "d\(folder)/f\(number % 3)")
      }
      var workstream = Workstream(
        id: id, tasks: ["do"], tool: "shell", scope: Workstream.Scope(writes: scope))
      workstream.parallelOK = Int.random(in: 0..<10, using: &random) > 0
      workstream.priority = Int.random(in: 0..<6, using: &random) == 0 ? .background : .foreground
      workstream.estimate.duration = Double(Int.random(in: 1...9, using: &random))
      return workstream
    }
    let dependencies = (0..<count).map { index in
      (0..<index).filter { _ in Int.random(in: 0..<12, using: &random) == 0 }
    }
    var options = PlanOptions(workers: Int.random(in: 1...5, using: &random))
    options.searchSteps = 100_000
    return Planner.plan(workstreams: workstreams, dependencies: dependencies, options: options)
  }
}

/// The real bundles, where the machine has them.
private let realBundles: [BundleFile] = {
  let beside = URL(filePath: #filePath).appending(path: "../../../../../shared").standardizedFileURL
  let base = ProcessInfo.processInfo.environment["UET_SHARED"] ?? beside.path
  let folder = base + "/data/workstreams-36"
  let entries = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
  return BundleFile.names(among: entries).compactMap { name in
    FileManager.default.contents(atPath: folder + "/" + name).map {
      BundleFile(path: "workstreams/" + name, bytes: Array($0))
    }
  }
}()
