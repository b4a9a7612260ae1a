import Testing
import UETModel
import UETTestSupport

@testable import UETScheduling

/// Plans of a size at which anything that searches would show; the counts are small unless
/// `UET_LONG=1`, which takes 10,000 workstreams.
@Suite struct DispatchScaleTests {
  enum Shape: String, CaseIterable, Sendable {
    case independent, chain, allConflict, oneOwner, exclusive
  }

  private var count: Int { Seeds(short: 500, long: 10_000).all.count }

  private func plan(_ shape: Shape) throws -> DispatchPlan {
    let all = Array(0..<count)
    let items = all.map { place in
      DispatchPlan.Item(
        id: ws("\(place)"), dependsOn: shape == .chain && place > 0 ? [place - 1] : [],
        isExclusive: shape == .exclusive && place % 2 == 0)
    }
    let groups: [DispatchPlan.ConflictGroup] =
      switch shape {
      case .allConflict: [DispatchPlan.ConflictGroup(name: "all", owners: all)]
      case .oneOwner:
        [DispatchPlan.ConflictGroup(name: "one", owners: [0], guests: Array(all.dropFirst()))]
      default: []
      }
    return try DispatchPlan(items: items, conflicts: groups)
  }

  @Test(arguments: Shape.allCases)
  func everyShapeRunsThrough(shape: Shape) throws {
    var stage = Stage(try plan(shape), workers: 4)
    var effects = try stage.take(.start)
    var started = 0
    var widest = 0
    while !effects.isEmpty {
      var next: [DispatchEffect] = []
      for case .startAttempt(let order) in effects {
        started += 1
        widest = max(widest, order.inputs.count)
        next += try stage.take(
          .attemptEnded(
            order.name,
            .succeeded(tip: commit(order.name.workstream.rawValue, order.place % 250), base: nil)))
      }
      effects = next
    }
    #expect(started == count)
    #expect(stage.machine.state.status == .succeeded)
    #expect(widest <= (shape == .independent || shape == .exclusive ? 0 : 1))
  }
}
