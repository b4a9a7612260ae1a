/// What has worked, and when: that something else did not is then no fault of the machine.
struct QueueHealth: Sendable {
  /// Sequence numbers of the starts of the last gates that gave a verdict, by key, and of the last
  /// merge.
  private var verdicts: [String: Int] = [:]
  private(set) var merged = 0
  /// Gates that were red, and green, on something on top of the start, by key.
  private var red: Set<String> = []
  private var green: Set<String> = []

  mutating func note(_ name: GateName, passed: Bool, isControl: Bool) {
    verdicts[name.key] = max(verdicts[name.key] ?? 0, name.started)
    if isControl { return }
    if passed { green.insert(name.key) } else { red.insert(name.key) }
  }

  /// Whether all that the gate has said of this start's combinations is no.
  func isAllRed(_ key: String) -> Bool { red.contains(key) && !green.contains(key) }

  /// All begins on another commit.
  mutating func begin() { (red, green) = ([], []) }

  mutating func noteMerge(_ event: Int) { merged = max(merged, event) }

  /// Whether the gate gave a verdict that it was asked for after the event.
  func isSound(_ key: String, since event: Int) -> Bool { verdicts[key] ?? 0 > event }
}
