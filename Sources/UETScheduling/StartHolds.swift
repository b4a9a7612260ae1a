/// Which items wait for another to start although nothing forbids them to: what the planner's
/// search found worth waiting for.
///
/// A hold stands only while things go as planned. It is dropped when the one that is waited for has
/// started, when that one or anything it waits for has failed, was cancelled, is blocked or waits
/// for something new, and when there are more or fewer workers than planned. So none idles for a
/// reason that is gone, and no two wait for each other: a new dependency, which alone could make a
/// circle, drops every hold on its way.
struct StartHolds: Sendable {
  private var causes: [Int: [Int]] = [:]
  private(set) var held: [Int: [Int]] = [:]
  private var hasStarted: Set<Int> = []
  /// Those with which something is not as planned, and those that wait for them.
  private var deviating: Set<Int> = []
  private var affected: Set<Int> = []
  private let plannedWorkers: Int?
  private var isStaffedAsPlanned = true

  init(_ plan: DispatchPlan, isKept: Bool = true) {
    plannedWorkers = plan.workers.map { min($0, plan.items.count) }
    if !isKept { return }
    for (place, item) in plan.items.enumerated() {
      for cause in Set(item.startsAfter).sorted() where cause != place {
        causes[place, default: []].append(cause)
        held[cause, default: []].append(place)
      }
    }
  }

  var isEmpty: Bool { held.isEmpty }

  /// One whose start the item waits for.
  func holder(of place: Int) -> Int? {
    guard isStaffedAsPlanned else { return nil }
    return causes[place]?.first { !hasStarted.contains($0) && !affected.contains($0) }
  }

  mutating func started(_ place: Int) { hasStarted.insert(place) }

  /// Whether that changed anything.
  mutating func setWorkers(_ live: Int) -> Bool {
    let isAsPlanned = plannedWorkers == nil || plannedWorkers == live
    defer { isStaffedAsPlanned = isAsPlanned }
    return isAsPlanned != isStaffedAsPlanned
  }

  /// Notes whether something is not as planned with the item; true when that is new.
  mutating func note(_ place: Int, deviates: Bool) -> Bool {
    guard deviating.contains(place) != deviates else { return false }
    if deviates { deviating.insert(place) } else { deviating.remove(place) }
    return true
  }

  /// Finds anew who is affected.
  mutating func spread(over dependents: [[Int]]) {
    affected = deviating
    var stack = Array(deviating)
    while let next = stack.popLast() {
      for dependent in dependents[next] where affected.insert(dependent).inserted {
        stack.append(dependent)
      }
    }
  }

  /// All that may be held.
  var allHeld: [Int] { causes.keys.sorted() }
}
