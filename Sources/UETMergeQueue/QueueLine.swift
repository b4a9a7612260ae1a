import UETModel

/// The candidates that have their place, each merged onto those before it.
struct QueueLine: Sendable {
  enum Merge: Hashable, Sendable {
    /// Next: underway.
    case none
    /// Next: built, conflict, broken, none (what it is merged onto changed, or a fault).
    case underway(onto: ObjectID, started: Int)
    /// Next: none (what it is merged onto changed).
    case built(onto: ObjectID, commit: ObjectID, tree: ObjectID)
    /// Next: none (what it is merged onto changed).
    case conflict(onto: ObjectID, paths: [String], message: String)
    /// It could not be carried out, again and again. Next: none (what it is merged onto changed).
    case broken(onto: ObjectID)
  }

  struct Entry: Sendable {
    let id: WorkstreamID
    var merge = Merge.none
    /// Neighbours of one group have disjoint scopes, all of them.
    var group = 0
    /// Whether its merge is more than what git makes of both sides.
    var isRepaired = false

    var commit: ObjectID? {
      if case .built(_, let commit, _) = merge { commit } else { nil }
    }

    var tree: ObjectID? {
      if case .built(_, _, let tree) = merge { tree } else { nil }
    }
  }

  private(set) var entries: [Entry] = []

  func contains(_ id: WorkstreamID) -> Bool { position(of: id) != nil }

  func position(of id: WorkstreamID) -> Int? { entries.firstIndex { $0.id == id } }

  /// A new one joins the last group where `isDisjoint` says so of each that is in it.
  mutating func set(
    _ id: WorkstreamID, _ merge: Merge,
    isDisjoint: (WorkstreamID, WorkstreamID) -> Bool = { _, _ in false }
  ) {
    if let position = position(of: id) {
      entries[position].merge = merge
      return
    }
    var group = 0
    if let last = entries.last {
      let fits = entries.allSatisfy { $0.group != last.group || isDisjoint($0.id, id) }
      group = fits ? last.group : last.group + 1
    }
    entries.append(Entry(id: id, merge: merge, group: group))
  }

  /// Says whether the merge that it has now was repaired.
  mutating func mark(_ id: WorkstreamID, isRepaired: Bool) {
    guard let position = position(of: id) else { return }
    entries[position].isRepaired = isRepaired
  }

  mutating func remove(_ id: WorkstreamID) { entries.removeAll { $0.id == id } }

  /// Takes out all that `isSound` refuses; gives their names.
  mutating func removeUnsound(_ isSound: (WorkstreamID, [Entry]) -> Bool) -> [WorkstreamID] {
    var kept: [Entry] = []
    var dropped: [WorkstreamID] = []
    for entry in entries {
      if isSound(entry.id, kept) { kept.append(entry) } else { dropped.append(entry.id) }
    }
    if !dropped.isEmpty { entries = kept }
    return dropped
  }

  /// Forgets each merge whose forerunners are not what it was merged onto.
  ///
  /// `isSkipped` says which built ones the later ones are not merged onto, since they are expected
  /// to go.
  mutating func settle(onto tip: ObjectID?, isSkipped: (WorkstreamID) -> Bool) {
    var expected = tip
    for position in entries.indices {
      let entry = entries[position]
      switch entry.merge {
      case .none: if !isSkipped(entry.id) { expected = nil }
      case .underway(let onto, _):
        if onto != expected { entries[position].merge = .none }
        expected = nil
      case .conflict(let onto, _, _), .broken(let onto):
        if onto != expected { (entries[position].merge, expected) = (.none, nil) }
      case .built(let onto, let commit, _):
        if onto != expected {
          (entries[position].merge, expected) = (.none, nil)
        } else if !isSkipped(entry.id) {
          expected = commit
        }
      }
    }
  }

  /// The commit that the next merge goes onto; nil while one is under way or to be done before.
  func end(
    after tip: ObjectID?, upTo limit: Int, isSkipped: (WorkstreamID) -> Bool
  ) -> ObjectID? {
    var end = tip
    for entry in entries[..<limit] {
      switch entry.merge {
      case .none: if !isSkipped(entry.id) { return nil }
      case .underway: return nil
      case .conflict, .broken: break
      case .built(_, let commit, _): if !isSkipped(entry.id) { end = commit }
      }
    }
    return end
  }
}
