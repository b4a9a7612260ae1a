import UETModel

/// `adaptive`: every free slot gets the test that is likely to tell most. With few slots these are
/// beginnings of the line; with more of them also probes, alone or in groups; with a slot for each,
/// both for each.
extension QueueMachine {
  enum Test: Hashable, Sendable {
    case place(Int)
    case probe([WorkstreamID])
  }

  /// Fewer slots are better spent on the line itself.
  private static var slotsForProbes: Int { 3 }

  /// The chance that a candidate of which nothing is known is red: one in ten until it is known
  /// better.
  var failing: Double {
    let integration = state.integration
    let share = (Double(integration.ejections) + 0.5) / (Double(integration.decisions) + 5)
    return min(max(share, 0.01), 0.5)
  }

  /// The chance that one that is green by itself meets another badly.
  private var clashing: Double {
    let integrated = Double(state.integration.decisions - state.integration.ejections)
    let clashes = Double(evidence.clashes)
    return min(max((clashes + 0.5) / (integrated + clashes + 25), 0.004), 0.2)
  }

  private func doubt(_ id: WorkstreamID) -> Double {
    if evidence.cleared.contains(id) { return clashing }
    let past = pastFailures(id)
    return past == 0 ? failing : min(0.9, failing * Double(1 + past))
  }

  /// Ejections count more than attempts that failed.
  private func pastFailures(_ id: WorkstreamID) -> Int {
    guard let record = state[id] else { return 0 }
    return (record.candidate?.ejection == nil ? 0 : 3)
      + min(record.attempts.count(where: \.hasFailed), 3)
  }

  /// Groups that are red as a whole: by probes, and the part of the line up to the first red place.
  private func redGroups(_ places: [Int], _ red: Int?) -> [[WorkstreamID]] {
    var groups = evidence.red
    if let red {
      let members = places[...red].map { line.entries[$0].id }
      if members.count > 1, !groups.contains(where: { Set($0).isSubset(of: members) }) {
        groups.append(members)
      }
    }
    return groups
  }

  /// The line as far as it is merged, judged.
  private struct Judgement {
    let choice: TestChoice
    let places: [Int]
    let groups: [[WorkstreamID]]
  }

  private func judged() -> Judgement {
    let places = builtPlaces
    let red = places.firstIndex(where: isRed)
    let groups = redGroups(places, red)
    let ids = places.map { line.entries[$0].id }
    let doubts = doubts(ids, groups)
    var judged: [TestChoice.Place] = []
    for position in places {
      let entry = line.entries[position]
      judged.append(TestChoice.Place(doubt: doubts[entry.id] ?? 0, isRunning: isRunning(entry)))
    }
    let choice = TestChoice(judged, redFrom: firstRed(ids, groups, red))
    return Judgement(choice: choice, places: places, groups: groups)
  }

  private func isRunning(_ entry: QueueLine.Entry) -> Bool {
    guard let commit = entry.commit else { return false }
    if running.contains(where: { $0.commit == commit }) { return true }
    return isTestedElsewhere(entry)
  }

  /// Of a group that is red as a whole each is suspect by its share.
  private func doubts(
    _ ids: [WorkstreamID], _ groups: [[WorkstreamID]]
  ) -> [WorkstreamID: Double] {
    var doubts: [WorkstreamID: Double] = [:]
    for id in ids { doubts[id] = doubt(id) }
    for group in groups {
      var sum = 0.0
      for id in group { sum += doubts[id] ?? doubt(id) }
      for id in group {
        guard let known = doubts[id] else { continue }
        doubts[id] = max(known, min(0.97, known / sum))
      }
    }
    return doubts
  }

  /// The first place up to which all of a red group is in line.
  private func firstRed(_ ids: [WorkstreamID], _ groups: [[WorkstreamID]], _ red: Int?) -> Int? {
    var first = red ?? Int.max
    guard !groups.isEmpty else { return red }
    var positions: [WorkstreamID: Int] = [:]
    for (position, id) in ids.enumerated() { positions[id] = position }
    for group in groups {
      var end = 0
      for id in group { end = max(end, positions[id] ?? Int.max) }
      first = min(first, end)
    }
    return first == Int.max ? nil : first
  }

  /// Whether one more is taken in line: as long as a test up to it may be green.
  func reachesFurther(_ next: WorkstreamID) -> Bool {
    guard !line.entries.isEmpty else { return true }
    guard line.entries.count < max(policy.window, policy.slots) else { return false }
    var chance = 1 - doubt(next)
    for entry in line.entries { chance *= 1 - doubt(entry.id) }
    return chance >= TestChoice.least
  }

  /// What the next free slot is for; nil where no test is worth it.
  func nextTest() -> Test? {
    let waitingProbes = probes.count { !isRunning($0) }
    let free = max(policy.slots, 1) - running.count - waitingProbes
    guard free > 0 else { return nil }
    let judged = judged()
    let (choice, places) = (judged.choice, judged.places)
    if let place = begun(places) { return .place(place) }
    if !choice.isTested, let first = choice.first(free: free) { return .place(places[first]) }
    let further = choice.next().map { Test.place(places[$0]) }
    guard policy.slots >= Self.slotsForProbes else { return further }
    let total = line.entries.count + waiting.count
    if total <= min(policy.slots, 16), let further { return further }
    if let group = group(judged.groups, tested: testedIDs(choice, places), free: free) {
      return .probe(group)
    }
    return further ?? alone().map { .probe([$0]) }
  }

  /// A place of which one gate is green and another is still to be run.
  private func begun(_ places: [Int]) -> Int? {
    guard policy.gates.count > 1 || !policy.ownGates.isEmpty else { return nil }
    return places.first { position in
      let entry = line.entries[position]
      guard let tree = entry.tree, !running.contains(where: { $0.tree == tree }) else {
        return false
      }
      return !isRed(position) && openGate(at: position) != nil
        && gates(at: position).contains { gate in
          record(on: tree, of: gate).map { $0.passed && (!gate.readsPart || $0.tree == tree) }
            ?? false
        }
    }
  }

  private func testedIDs(_ choice: TestChoice, _ places: [Int]) -> Set<WorkstreamID> {
    var ids = Set(probes.flatMap(\.name.members))
    if let last = choice.places.lastIndex(where: \.isRunning) {
      ids.formUnion(places[...last].map { line.entries[$0].id })
    }
    return ids
  }

  /// Half of a red group, or as many of which nothing is known as are best tested as one.
  private func group(
    _ groups: [[WorkstreamID]], tested: Set<WorkstreamID>, free: Int
  ) -> [WorkstreamID]? {
    let probed = probes.map(\.name.members) + evidence.refuted.keys.map { [$0] }
    // One that was red alone explains what is red with it.
    for group in groups where !probed.contains(where: { Set(group).isSuperset(of: $0) }) {
      let suspects = group.filter { !evidence.cleared.contains($0) && canBeProbed($0) }
      if !suspects.isEmpty { return Array(suspects.prefix(max(1, suspects.count / 2))) }
    }
    let inGroups = Set(groups.joined())
    let most = TestChoice.groupSize(doubt: failing)
    var unknown: [WorkstreamID] = []
    for id in undecided() where !tested.contains(id) && !inGroups.contains(id) {
      guard !evidence.cleared.contains(id), canBeProbed(id) else { continue }
      unknown.append(id)
      if unknown.count >= most * free { break }
    }
    guard !unknown.isEmpty else { return nil }
    return Array(unknown.prefix(max(1, min((unknown.count + free - 1) / free, most))))
  }

  /// One that is tested on top of others only: by itself it says more.
  private func alone() -> WorkstreamID? {
    let probed = Set(probes.flatMap(\.name.members))
    return undecided().dropFirst().first {
      !evidence.cleared.contains($0) && !probed.contains($0) && canBeProbed($0)
    }
  }

  private func undecided() -> [WorkstreamID] { line.entries.map(\.id) + waiting.ids }

  /// Whether a test of it by itself can be made and tells something: all that it contains is
  /// integrated, it was not repaired on top of those before it, and was not red alone already.
  func canBeProbed(_ id: WorkstreamID) -> Bool {
    guard !evidence.torn.contains(id), evidence.refuted[id] == nil, lost[id] == nil,
      let record = state[id],
      record.state == .queued,
      let candidate = record.candidate,
      candidate.repairs == nil, candidate.replay == nil, outdated(record).isEmpty
    else { return false }
    return inheritance(of: record, ahead: []) == .sound
  }
}
