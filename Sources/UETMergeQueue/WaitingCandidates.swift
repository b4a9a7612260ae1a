import UETModel

/// Candidates without a place yet, in the order in which they would be taken.
struct WaitingCandidates: Sendable {
  /// What orders the queue: a place given before, then critical path, priority, fewest
  /// dependencies, age.
  struct Place: Hashable, Sendable, Comparable {
    let id: WorkstreamID
    let admittedAt: Int
    /// Smaller goes first: the last promoted one is at the head.
    let promotion: Int
    let rank: Int
    let priority: Int
    let dependencies: Int
    let queuedAt: Int
    let decisionsBefore: Int

    init?(_ record: WorkstreamRecord) {
      guard let candidate = record.candidate, let queuedAt = record.queuedAt else { return nil }
      id = record.id
      admittedAt = candidate.admittedAt ?? .max
      promotion = -(candidate.promotedAt ?? 0)
      rank = candidate.rank
      priority = candidate.priority
      dependencies = candidate.dependencies
      self.queuedAt = queuedAt
      decisionsBefore = candidate.decisionsBefore
    }

    static func < (left: Place, right: Place) -> Bool {
      if left.admittedAt != right.admittedAt { return left.admittedAt < right.admittedAt }
      if left.promotion != right.promotion { return left.promotion < right.promotion }
      return (left.rank, left.priority, left.dependencies, left.queuedAt, left.id)
        < (right.rank, right.priority, right.dependencies, right.queuedAt, right.id)
    }
  }

  private var admissible: [Place] = []
  private var places: [WorkstreamID: Place] = [:]

  var isEmpty: Bool { admissible.isEmpty }

  var count: Int { admissible.count }

  func contains(_ id: WorkstreamID) -> Bool { places[id] != nil }

  /// How many would be taken before it.
  func rank(of id: WorkstreamID) -> Int? { places[id].map(lowerBound) }

  mutating func insert(_ place: Place) {
    remove(place.id)
    admissible.insert(place, at: lowerBound(place))
    places[place.id] = place
  }

  mutating func remove(_ id: WorkstreamID) {
    guard let place = places.removeValue(forKey: id) else { return }
    admissible.remove(at: lowerBound(place))
  }

  /// All of them in order.
  var ids: [WorkstreamID] { admissible.map(\.id) }

  /// Whom to take next: the first, unless one was passed over `patience` times; then the oldest
  /// such.
  func next(decisions: Int, patience: Int) -> WorkstreamID? {
    guard let first = admissible.first, first.admittedAt == .max else {
      return admissible.first?.id
    }
    var oldest: Place?
    for place in admissible where decisions - place.decisionsBefore >= patience {
      if place.queuedAt < oldest?.queuedAt ?? .max { oldest = place }
    }
    return (oldest ?? first).id
  }

  private func lowerBound(_ place: Place) -> Int {
    var (low, high) = (0, admissible.count)
    while low < high {
      let middle = (low + high) / 2
      if admissible[middle] < place { low = middle + 1 } else { high = middle }
    }
    return low
  }
}
