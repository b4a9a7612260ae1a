/// Knows every verdict: rejects at once what would be red, and tests each tree that lands, in
/// order, as soon as a slot is free.
enum Oracle {
  static func live(_ day: SimulatedDay) -> DayResult {
    var result = DayResult()
    var free = [Double](repeating: 0, count: day.slots)
    var landed: Set<Int> = []
    var decided = 0.0
    for change in day.changes {
      let clashes = change.clash.map { landed.contains($0) } ?? false
      if change.isRed || clashes {
        result.waits.append(0)
        continue
      }
      landed.insert(change.number)
      let slot = free.indices.min { free[$0] < free[$1] } ?? 0
      free[slot] = max(free[slot], change.arrival) + change.duration
      decided = max(decided, free[slot])
      result.waits.append(decided - change.arrival)
      result.gateRuns += 1
    }
    return result
  }
}
