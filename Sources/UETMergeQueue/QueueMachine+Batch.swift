import UETModel

extension QueueMachine {
  /// Places in line whose merge is made, on top of all before them.
  var builtPlaces: [Int] {
    let vain = inVain
    var places: [Int] = []
    for (position, entry) in line.entries.enumerated() {
      if entry.isUnderWay || entry.merge == .none && !vain.contains(entry.id) { break }
      // Nobody is integrated past one whose repair may yet succeed: it would change what they are
      // merged onto.
      if awaitsRepair(entry) { break }
      if entry.commit != nil, !vain.contains(entry.id) { places.append(position) }
    }
    return places
  }

  /// Which places of a batch to test: the last; once a place is known to be red, those that halve
  /// what is left before the first red one (or part it in more, where more gates may run at once).
  ///
  /// Only ever whole beginnings of the line are tested: a half that left out a forerunner would
  /// say nothing of what will be integrated.
  func batchPlaces() -> [Int] {
    let places = builtPlaces
    guard places.count > 0, !line.entries.contains(where: { $0.isUnderWay }) else { return [] }
    guard let red = places.firstIndex(where: isRed) else { return [places[places.count - 1]] }
    if red == 0 { return [] }
    return cuts(places[...red].map { suspicion(of: $0) }).map { places[$0] }
  }

  /// Where to cut a line of which the last is red, so that each part is as suspect as the others.
  private func cuts(_ weights: [Int]) -> [Int] {
    let red = weights.count - 1
    let parts = min(max(policy.slots, 1), red) + 1
    let total = weights.reduce(0, +)
    var cuts: [Int] = []
    var (place, sum) = (0, weights[0])
    for part in 1..<parts {
      while sum * parts < total * part, place < red - 1 {
        place += 1
        sum += weights[place]
      }
      if cuts.last != place { cuts.append(place) }
    }
    return cuts
  }

  /// How suspect a candidate is of being the one that makes a batch red: by its past, by what it
  /// builds on in the batch, and by whom it meets there.
  private func suspicion(of position: Int) -> Int {
    let entry = line.entries[position]
    guard let record = state[entry.id] else { return 4 }
    let others = line.entries[..<position].map(\.id)
    let builtOn = record.candidate?.inputs.count { others.contains($0.workstream) } ?? 0
    let met = policy.overlaps[entry.id].map { known in others.count { known.contains($0) } } ?? 0
    let failed = record.attempts.count(where: \.hasFailed)
    return 4 + (record.candidate?.ejection == nil ? 0 : 8) + 2 * min(failed, 3) + min(builtOn, 3)
      + 2 * min(met, 3)
  }

  /// Integrates the longest beginning of the line that is green as a whole.
  func batchSettlement() -> [EventDraft]? {
    guard let last = builtPlaces.last(where: isGreen), let onto = tip else { return nil }
    guard let draft = wholeSuccess(upTo: last, onto: onto) else { return nil }
    return [draft] + conflictEjections(before: last)
  }

  /// One event for all up to the place, whose own tree is the tested one.
  func wholeSuccess(upTo last: Int, onto: ObjectID, isAssumed: Bool = false) -> EventDraft? {
    let entry = line.entries[last]
    guard let commit = entry.commit, let tree = entry.tree else { return nil }
    return success(
      entry.id, onto: onto, commit, tree, of: results(upTo: last), isAssumed: isAssumed)
  }

  private func results(upTo last: Int) -> [AttemptRecord.Input] {
    var members: [AttemptRecord.Input] = []
    let vain = inVain
    for entry in line.entries[...last] {
      guard let commit = entry.commit, !vain.contains(entry.id) else { continue }
      members.append(AttemptRecord.Input(workstream: entry.id, commit: commit))
    }
    return members
  }

  func conflictEjections(before last: Int) -> [EventDraft] {
    var ejections: [EventDraft] = []
    for entry in line.entries[..<last] where entry.isTorn { ejections += conflictEnd(entry) }
    return ejections
  }
}

extension QueueLine.Entry {
  var isUnderWay: Bool { if case .underway = merge { true } else { false } }

  var isTorn: Bool { if case .conflict = merge { true } else { false } }

  var isBroken: Bool { if case .broken = merge { true } else { false } }
}
