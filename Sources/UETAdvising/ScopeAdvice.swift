import UETModel
import UETPlanning

/// Which scopes, narrowed to what was really changed, would let the plan end sooner.
struct ScopeAdvice {
  private let model: PlanModel
  private let workers: Int
  private let runs: [MeasuredRun]
  private let now: ConflictGraph
  /// All that any run's result changed.
  private let changed: [WorkstreamID: [String]]

  init(_ model: PlanModel, _ settings: PresentSettings, _ runs: [MeasuredRun]) {
    (self.model, self.runs) = (model, runs)
    workers = max(1, settings.workers)
    now = model.conflicts()
    changed = runs.reduce(into: [WorkstreamID: Set<String>]()) { sum, run in
      for (id, paths) in run.changed { sum[id, default: []].formUnion(paths) }
    }.mapValues { $0.sorted() }
  }

  func find() -> Finding {
    guard !now.locks.isEmpty else { return .silence("no two scopes overlap") }
    guard !changed.isEmpty else {
      return .silence("what the results changed is not known any more")
    }
    let before = model.makespans(workers: [workers])[0]
    var found: [Advice] = []
    var most = 0.0
    for group in groups().prefix(Self.mostGroups) {
      let narrowed = narrowed(group)
      guard !narrowed.isEmpty else { continue }
      let after = model.makespans(workers: [workers], with: narrowed.mapValues(\.workstream))[0]
      let gain = Interval(zip(before, after).map { $0 - $1 })
      most = max(most, gain.mean)
      guard gain.mean >= WorkersAdvice.worthwhile * before.mean, gain.low > 0 else { continue }
      found.append(advice(group, narrowed, gain, before.mean))
    }
    if !found.isEmpty { return .advice(found) }
    return .silence(
      "the scopes that overlap are really changed by both, or cost no more than "
        + Words.span(max(0, most)))
  }

  /// Of many groups those are tried for which most was waited, and of many members so many are
  /// asked.
  private static let mostGroups = 8
  private static let mostAsked = 100

  /// Workstreams whose patterns overlap, directly or by way of others; those that waited longest
  /// first.
  private func groups() -> [[Int]] {
    let all = overlapping()
    let waited = all.map { group in waits(group).reduce(0) { $0 + $1.seconds } }
    return all.indices.sorted { (waited[$0], $1) > (waited[$1], $0) }.map { all[$0] }
  }

  private func overlapping() -> [[Int]] {
    var seen = Set<Int>()
    var groups: [[Int]] = []
    for start in now.locks.indices {
      guard case .pattern = now.locks[start].kind, seen.insert(start).inserted else { continue }
      var (open, members) = ([start], Set<Int>())
      while let lock = open.popLast() {
        members.formUnion(now.locks[lock].members)
        for other in now.locks[lock].clashes {
          if case .pattern = now.locks[other].kind, seen.insert(other).inserted {
            open.append(other)
          }
        }
      }
      if members.count > 1 { groups.append(members.sorted()) }
    }
    return groups
  }

  private typealias Narrowed = (workstream: Workstream, changes: [Suggestions.Narrower])

  /// Those of the group that are in fewer conflicts once all are narrowed.
  private func narrowed(_ group: [Int]) -> [WorkstreamID: Narrowed] {
    var narrowed: [WorkstreamID: Narrowed] = [:]
    for index in group {
      let workstream = model.workstreams[index]
      guard let paths = changed[workstream.id] else { continue }
      // Of very many, folders as deep as they are few keep apart as well.
      let others = group.count > Self.mostAsked ? [] : group.filter { $0 != index }
      let changes = Suggestions.narrower(
        workstream, than: paths,
        apartFrom: others.flatMap { changed[model.workstreams[$0].id] ?? [] })
      guard !changes.isEmpty else { continue }
      var narrower = workstream
      for change in changes {
        narrower.scope.writes.removeAll { $0 == change.from }
        narrower.scope.writes += change.patterns
      }
      narrowed[workstream.id] = (narrower, changes)
    }
    let after = model.conflicts(with: narrowed.mapValues(\.workstream))
    for index in group
    where after.conflicts(with: index).count == now.conflicts(with: index).count {
      narrowed[model.workstreams[index].id] = nil
    }
    return narrowed
  }

  private func advice(
    _ group: [Int], _ narrowed: [WorkstreamID: Narrowed], _ gain: Interval, _ whole: Double
  ) -> Advice {
    let ids = narrowed.keys.sorted()
    let patterns = Set(narrowed.values.flatMap(\.changes).map(\.from.text)).sorted()
    let steps = ids.flatMap { id -> [String] in
      (narrowed[id]?.changes ?? []).map { change in
        "\(id): in files_scope, '\(change.from.text)' becomes "
          + change.to.map { "'\($0)'" }.joined(separator: ", ")
      }
    }
    return Advice(
      kind: .scope, subject: Words.list(patterns),
      now: "shared by \(group.count.counting("workstream"))",
      proposed: "narrower for \(Words.list(ids.map(\.rawValue)))", unit: .seconds, gain: gain,
      whole: whole, evidence: waits(group).prefix(3).map(sentence) + [model.spread], steps: steps)
  }

  private typealias Wait = (seconds: Double, one: Int, other: Int)

  /// The longest first.
  private func waits(_ group: [Int]) -> [Wait] {
    var waits: [Wait] = []
    for one in group.prefix(Self.mostAsked) {
      for other in group.prefix(Self.mostAsked) where other != one && now.areInConflict(one, other)
      {
        let seconds = runs.reduce(0) { $0 + waited($1, one, for: other) }
        if seconds > 0 { waits.append((seconds, one, other)) }
      }
    }
    return waits.sorted { ($0.seconds, $1.one, $1.other) > ($1.seconds, $0.one, $0.other) }
  }

  /// Who waited for whom, and whether what the other one changed is its own.
  private func sentence(_ wait: Wait) -> String {
    let (one, other) = (model.workstreams[wait.one], model.workstreams[wait.other])
    let paths = changed[other.id] ?? []
    let own = Set(changed[one.id] ?? [])
    let shared = paths.count { own.contains($0) }
    let pattern = now.conflict(wait.one, wait.other, model.workstreams).overlaps.first
    let declared = pattern.map { "'\($0.left.text)' meets '\($0.right.text)'" } ?? "scopes meet"
    return "\(one.id) waited \(Words.span(wait.seconds)) for \(other.id) (\(declared)); of "
      + "\(paths.count.counting("file")) that \(other.id) changed, \(one.id) changed "
      + (shared == 0 ? "none" : "\(shared)")
  }

  /// Seconds in which it could have begun but for the other.
  private func waited(_ run: MeasuredRun, _ index: Int, for other: Int) -> Double {
    let ids = model.workstreams
    guard let start = run.attempts[ids[index].id]?.first?.start, let first = run.firstStart else {
      return 0
    }
    let ready = model.dependencies(of: index).compactMap { run.result(of: ids[$0].id)?.end }
      .reduce(first, max)
    return (run.attempts[ids[other].id] ?? []).reduce(0) { sum, attempt in
      sum + max(0, min(start, attempt.end) - max(ready, attempt.start))
    }
  }
}
