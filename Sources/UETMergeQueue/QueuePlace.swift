import UETModel

/// Where a candidate stands in the queue, and what it waits for.
package struct QueuePlace: Hashable, Sendable {
  package let id: WorkstreamID
  /// From 1; nil for one that waits for something that does not come by itself.
  package let position: Int?
  package let wait: QueueWait
  /// The candidate just before it in the combination that is tested, where it is in line behind
  /// one.
  package let onTopOf: WorkstreamID?
  /// The commit that it is merged onto, and the merge, where they are made.
  package let onto: ObjectID?
  package let commit: ObjectID?
  /// The gate that runs on the merge, and for how many seconds it has run.
  package let gate: String?
  package let elapsed: Double?
  /// Seconds until it is expected to be decided; nil where no gate has been timed yet.
  package let expected: Double?
  package let isPromoted: Bool
}

extension QueueMachine {
  /// Every queued candidate: those in line, those that are taken next, those that wait for another,
  /// those that are held.
  ///
  /// `seconds` says what a gate takes, `elapsed` how long one has run. What is expected assumes
  /// that all that is not known to be red is green.
  package func places(
    seconds: (String) -> Double?, elapsed: (GateName) -> Double
  ) -> [QueuePlace] {
    let inLine = line.entries.map(\.id)
    let next = waiting.ids
    let others = state.workstreams.filter {
      $0.state == .queued && !inLine.contains($0.id) && !waiting.contains($0.id)
    }.map(\.id)
    let soon = others.filter { lost[$0] == nil }
    let ordered = inLine + next + soon
    let times = forecast(ordered, seconds, elapsed)
    let vain = inVain
    return ordered.enumerated().map { position, id in
      let entry = position < inLine.count ? line.entries[position] : nil
      let running =
        entry.flatMap { entry in self.running.first { $0.commit == entry.commit } }
        ?? probing(id)?.name
      let before = line.entries.prefix(min(position, inLine.count)).last { !vain.contains($0.id) }
      return QueuePlace(
        id: id, position: position + 1, wait: why(id) ?? .behind(position),
        onTopOf: entry == nil ? nil : before?.id, onto: entry?.onto, commit: entry?.commit,
        gate: running?.gate, elapsed: running.map(elapsed),
        expected: times.map { $0[position] }, isPromoted: state[id]?.candidate?.promotedAt != nil)
    }
      + others.filter { lost[$0] != nil }.map { id in
        QueuePlace(
          id: id, position: nil, wait: why(id) ?? .held(""), onTopOf: nil, onto: nil, commit: nil,
          gate: nil, elapsed: nil, expected: nil, isPromoted: false)
      }
  }

  /// Seconds until each is decided, where one after the other takes a free slot, and nobody is
  /// decided before those ahead; in a batch all of it at once.
  private func forecast(
    _ ids: [WorkstreamID], _ seconds: (String) -> Double?, _ elapsed: (GateName) -> Double
  ) -> [Double]? {
    var work: [Double] = []
    for (position, id) in ids.enumerated() {
      let tree = position < line.entries.count ? tree(at: position) : nil
      guard var left = timeLeft(id, tree, seconds) else { return nil }
      if let name = gateUnderWay(at: position) { left = max(0, left - elapsed(name)) }
      work.append(left)
    }
    return isWhole ? asBatches(work) : oneByOne(work)
  }

  private func tree(at position: Int) -> ObjectID? {
    let entry = line.entries[position]
    return entry.tree
  }

  private func gateUnderWay(at position: Int) -> GateName? {
    guard position < line.entries.count, let tree = tree(at: position) else { return nil }
    return running.first { $0.tree == tree }
  }

  /// Seconds that the candidate's gates take which have no verdict yet; nil where one was never
  /// timed.
  private func timeLeft(
    _ id: WorkstreamID, _ tree: ObjectID?, _ seconds: (String) -> Double?
  ) -> Double? {
    var sum = 0.0
    for gate in policy.gates {
      guard let time = seconds(gate.name) else { return nil }
      let isKnown = tree.map { verdict(on: $0, of: gate) != nil } ?? false
      if !isKnown { sum += time }
    }
    return sum
  }

  private func oneByOne(_ work: [Double]) -> [Double] {
    var slots = [Double](
      repeating: 0, count: strategy.inUse == .serial ? 1 : max(1, min(policy.slots, window)))
    var decided = 0.0
    return work.map { time in
      let slot = slots.indices.min { slots[$0] < slots[$1] } ?? 0
      slots[slot] += time
      decided = max(decided, slots[slot])
      return decided
    }
  }

  private func asBatches(_ work: [Double]) -> [Double] {
    let size = strategy.inUse == .adaptive ? TestChoice.groupSize(doubt: failing) : max(1, window)
    var end = 0.0
    return work.indices.map { index in
      if index % size == 0 {
        end += work[index..<min(index + size, work.count)].max() ?? 0
      }
      return end
    }
  }
}

extension QueueLine.Entry {
  var onto: ObjectID? {
    switch merge {
    case .none: nil
    case .underway(let onto, _), .built(let onto, _, _), .conflict(let onto, _, _),
      .broken(let onto):
      onto
    }
  }
}
