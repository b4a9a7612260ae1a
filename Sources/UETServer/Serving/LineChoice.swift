import UETModel

/// Which candidates of a line a run may take now, and why each of the others waits. Pure but for
/// what `commits` asks of the history.
struct LineChoice {
  private(set) var batch: [PushedCandidate] = []
  /// Why each that waits is not taken, by topic.
  private(set) var held: [String: String] = [:]

  /// `all` are the branch's candidates in their order, `commits` gives those that a tip has and the
  /// branch lacks.
  init(
    _ all: [PushedCandidate], landed: Set<String>, limit: Int, reviews: Int = 0,
    commits: (ObjectID) throws -> Set<ObjectID>
  ) rethrows {
    let waiting = all.filter { $0.state == .waiting }
    var own: [String: Set<ObjectID>] = [:]
    var chosen: Set<String> = []
    var gates: Set<String>?
    // One may wait for one that comes behind it in the order, and goes with it then.
    var hasChanged = true
    while hasChanged, chosen.count < limit {
      hasChanged = false
      for candidate in waiting where !chosen.contains(candidate.topic) {
        guard chosen.count < limit else { break }
        let wished = Set(candidate.wishes.gates)
        if let gates, gates != wished {
          held[candidate.topic] = "asks for other gates than those before it"
          continue
        }
        if candidate.approvals.count < reviews {
          let missing = reviews - candidate.approvals.count
          held[candidate.topic] = "waits for \(missing == 1 ? "a review" : "\(missing) reviews")"
          continue
        }
        let commits = try own[candidate.topic] ?? commits(candidate.tip)
        own[candidate.topic] = commits
        if let reason = Self.obstacle(candidate, commits, all, chosen, landed) {
          held[candidate.topic] = reason
          continue
        }
        gates = wished
        held[candidate.topic] = nil
        chosen.insert(candidate.topic)
        hasChanged = true
      }
    }
    batch = waiting.filter { chosen.contains($0.topic) }
  }

  private static func obstacle(
    _ candidate: PushedCandidate, _ own: Set<ObjectID>, _ all: [PushedCandidate],
    _ chosen: Set<String>, _ landed: Set<String>
  ) -> String? {
    for topic in candidate.wishes.depends {
      // What is in line under that name now is meant, whatever landed under it before.
      guard let other = all.first(where: { $0.topic == topic && $0.state != .withdrawn }) else {
        if landed.contains(topic) { continue }
        return "depends on '\(topic)', which is not in the line"
      }
      return "depends on '\(topic)'" + Self.standing(of: other)
    }
    for other in all where other.topic != candidate.topic {
      if own.contains(other.tip) {
        let isOwn = other.by == candidate.by
        if other.tip == candidate.tip {
          let goesFirst = other.state == .waiting && PushedCandidate.isBefore(other, candidate)
          guard chosen.contains(other.topic) || isOwn && goesFirst else { continue }
          return "is the same commit as '\(other.topic)'"
        }
        if chosen.contains(other.topic) { continue }
        // Nobody holds up another's work by pushing a part of it later, or by taking that back.
        if !isOwn, other.state == .withdrawn || other.pushedAt > candidate.pushedAt { continue }
        return "contains '\(other.topic)'" + Self.standing(of: other)
      }
      if other.state != .withdrawn, other.by == candidate.by,
        other.earlier.contains(where: own.contains)
      {
        return "contains what was pushed as '\(other.topic)' before: rebase it onto that"
      }
    }
    return nil
  }

  private static func standing(of other: PushedCandidate) -> String {
    switch other.state {
    case .waiting: ", which has to land first"
    case .aside: ", which was set aside"
    case .withdrawn: ", which was taken back"
    }
  }
}
