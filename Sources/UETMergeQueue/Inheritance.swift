import UETModel

/// Whether the results that a candidate contains are integrated at those very commits.
enum Inheritance: Hashable, Sendable {
  case sound
  /// They are not yet, but may come.
  case waits(WorkstreamID)
  /// One of them will not come as it stands; the reason is for people.
  case lost(String)
}

extension QueueMachine {
  /// `ahead` are those in line before the candidate: what they hold is expected to be integrated,
  /// and if one of them is not, the candidate leaves the line with it. So an ejected one never
  /// lands through another.
  func inheritance(of record: WorkstreamRecord, ahead: [QueueLine.Entry]) -> Inheritance {
    var result = Inheritance.sound
    for input in record.candidate?.inputs ?? [] {
      switch standing(of: input, ahead: ahead) {
      case .sound: break
      case .waits(let id): result = .waits(id)
      case .lost(let reason): return .lost(reason)
      }
    }
    return result
  }

  private func standing(
    of input: AttemptRecord.Input, ahead: [QueueLine.Entry]
  ) -> Inheritance {
    let name = "contains '\(input.workstream)' at \(input.commit.short)"
    guard let record = state[input.workstream] else { return .lost("\(name), which is unknown") }
    // What others brought in, and what brought nothing, was no candidate.
    if record.state == .landed, record.isFound || record.hasNothing, record.tip == input.commit {
      return .sound
    }
    switch record.state {
    case .integrated, .landed, .queued:
      // A repaired candidate brings its former tip along.
      guard let candidate = record.candidate,
        candidate.tip == input.commit || candidate.repairs == input.commit
      else {
        return .lost("\(name), but that is at \(record.candidate?.tip.short ?? "none") now")
      }
      if record.state != .queued || ahead.contains(where: { $0.id == input.workstream }) {
        return .sound
      }
      if let root = lost[input.workstream] {
        return .lost("contains '\(input.workstream)' and so \(root)")
      }
      return .waits(input.workstream)
    case .succeeded:
      guard record.tip == input.commit else {
        return .lost("\(name), but that is at \(record.tip?.short ?? "none") now")
      }
      return .lost("\(name), which is not in the queue")
    case .ejected, .quarantined, .cancelled, .rolledBack:
      let reason = record.reason.map { ": \($0)" } ?? ""
      return .lost("\(name), which is \(record.state.rawValue)\(reason)")
    case .pending, .ready, .running, .failed:
      return .lost("\(name), which is done again")
    }
  }
}

/// Where inheritance places those that wait.
extension QueueMachine {
  /// Looks again at a candidate, and at all that contain it.
  mutating func reviewAll(_ id: WorkstreamID) {
    review(id)
    for heir in heirs[id] ?? [] { review(heir) }
  }

  /// Takes a queued candidate in.
  mutating func enlist(_ record: WorkstreamRecord) {
    for input in record.candidate?.inputs ?? []
    where heirs[input.workstream]?.contains(record.id) != true {
      heirs[input.workstream, default: []].append(record.id)
    }
    if !line.contains(record.id) { review(record.id) }
  }

  /// Puts a candidate without a place where its inheritance says.
  private mutating func review(_ id: WorkstreamID) {
    guard let record = state[id], record.state == .queued, !line.contains(id) else {
      lost[id] = nil
      return
    }
    let before = lost.removeValue(forKey: id)
    unheld[id] = nil
    waiting.remove(id)
    switch inheritance(of: record, ahead: line.entries) {
    case .sound: if let place = WaitingCandidates.Place(record) { waiting.insert(place) }
    case .waits: break
    case .lost(let reason):
      lost[id] = reason.split(separator: " and so ").last.map(String.init) ?? reason
      if record.reason != reason { unheld[id] = reason }
    }
    guard lost[id] != before else { return }
    for heir in heirs[id] ?? [] { review(heir) }
  }

  /// Takes those out of line whose inheritance is lost.
  mutating func dropUnsound() -> Bool {
    var sound = line
    let dropped = sound.removeUnsound { id, ahead in
      guard let record = state[id], record.state == .queued else { return false }
      return inheritance(of: record, ahead: ahead) == .sound
    }
    guard !dropped.isEmpty else { return false }
    line = sound
    for id in dropped { review(id) }
    return true
  }
}
