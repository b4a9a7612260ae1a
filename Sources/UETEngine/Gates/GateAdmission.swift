import UETModel

/// Which gates of the queue may run now, by what they need of the machine and by its tier.
///
/// They start in the order in which they ask. One that lacks something keeps those after it from
/// what it lacks, so that none is passed for ever; what nobody uses may be taken whole, however
/// much is asked: so nothing waits for what will never be.
struct GateAdmission<Name: Hashable & Sendable>: Sendable {
  private struct Waiter: Sendable {
    let name: Name
    let resources: Resources
  }

  private let capacity: Resources
  private let slots: Int
  var tier = OperatingTier.normal
  private var running: [Name: Resources] = [:]
  private var waiting: [Waiter] = []

  init(_ capacity: Resources, slots: Int) {
    self.capacity = capacity
    self.slots = slots
  }

  mutating func ask(_ name: Name, _ resources: Resources) {
    waiting.append(Waiter(name: name, resources: resources))
  }

  /// Those that start now, which run from here on.
  mutating func admit() -> [Name] {
    var admitted: [Name] = []
    var awaited: Set<String> = []
    var rest: [Waiter] = []
    let most = tier == .normal ? Int.max : tier.most(of: slots)
    for waiter in waiting {
      let short = waiter.resources.names.filter { isShort($0, waiter.resources[$0] ?? 0) }
      let isBehind = waiter.resources.names.contains(where: awaited.contains)
      if running.count < most, short.isEmpty, !isBehind {
        running[waiter.name] = waiter.resources
        admitted.append(waiter.name)
      } else {
        awaited.formUnion(short)
        rest.append(waiter)
      }
    }
    waiting = rest
    return admitted
  }

  mutating func leave(_ name: Name) { running[name] = nil }

  /// Takes one out that has not started; false where there is none.
  mutating func withdraw(_ name: Name) -> Bool {
    let count = waiting.count
    waiting.removeAll { $0.name == name }
    return waiting.count < count
  }

  /// Takes all out that have not started.
  mutating func withdrawAll() -> [Name] {
    defer { waiting = [] }
    return waiting.map(\.name)
  }

  private func isShort(_ name: String, _ amount: Int) -> Bool {
    guard amount > 0, let most = capacity[name] else { return false }
    let used = running.values.reduce(0) { $0 + ($1[name] ?? 0) }
    return used > 0 && used + amount > most
  }
}
