import UETModel

extension QueueMachine {
  /// The strategy at work, and why it is that one.
  package var strategy: (inUse: QueuePolicy.Strategy, reason: String) {
    guard policy.strategy == .auto else { return (policy.strategy, "it is configured") }
    let window = state.integration.window
    if policy.slots > 1, window < Self.wideWindow {
      return (.speculative, "\(policy.slots) gates may run at once")
    }
    let reason = policy.slots > 1 ? "few candidates fail" : "one gate runs at a time"
    return (.batch, reason)
  }

  /// A window as wide as this one says that a dozen or more succeeded since one failed.
  private static var wideWindow: Int { 16 }

  /// Places in line whose merge is made, on top of all before them.
  private var builtPlaces: [Int] {
    let vain = inVain
    var places: [Int] = []
    for (position, entry) in line.entries.enumerated() {
      if entry.isUnderWay || entry.merge == .none && !vain.contains(entry.id) { break }
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
    let parts = min(max(policy.slots, 1), red) + 1
    return (1..<parts).map { places[$0 * red / parts] }
  }

  /// Integrates the longest beginning of the line that is green as a whole.
  func batchSettlement() -> [EventDraft]? {
    guard let last = builtPlaces.last(where: isGreen), let onto = tip else { return nil }
    let entry = line.entries[last]
    guard let commit = entry.commit, let tree = entry.tree else { return nil }
    var draft = success(entry.id, onto: onto, commit, tree)
    let members = results(upTo: last)
    if members.count > 1 { draft.data[.batch] = members.json }
    draft.anchors = members.map(\.commit)
    return [draft] + conflictEjections(before: last)
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

  private func conflictEjections(before last: Int) -> [EventDraft] {
    var ejections: [EventDraft] = []
    for entry in line.entries[..<last] {
      guard case .conflict(let onto, let paths, let message) = entry.merge else { continue }
      ejections.append(conflictEjection(entry.id, onto, paths, message))
    }
    return ejections
  }
}

extension QueueLine.Entry {
  var isUnderWay: Bool { if case .underway = merge { true } else { false } }

  var isTorn: Bool { if case .conflict = merge { true } else { false } }
}
