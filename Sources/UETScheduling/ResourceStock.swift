import UETModel

/// What attempts and gates of waves use of what the machine has.
///
/// An item that lacks something keeps those after it from what it lacks, so that small ones do not
/// pass a large one for ever; who asks for nothing of that goes on. An amount that nobody uses may
/// be taken whole, however much is asked: so nothing waits for what will never be.
///
/// It holds no truth of its own: `init` makes the same from the folded state.
struct ResourceStock: Sendable {
  /// Amounts asked for, by place among the names of the stock.
  typealias Ask = [(name: Int, amount: Int)]

  let names: [String]
  private(set) var capacity: [Int]
  private(set) var used: [Int]
  private var places: [String: Int]
  private var holders: [Int: Resources] = [:]
  private var gates: [Resources] = []
  /// Names that one waits for, as bits; found anew in each round of assignments.
  private(set) var thirst: UInt64 = 0
  /// Who waits for what, in order: the first for each name.
  private(set) var thirsty: [(place: Int, names: UInt64)] = []
  /// The names that each item asks for; nil where that depends on its tool or its site.
  private var asked: [UInt64?] = []
  /// Names that a gate waits for.
  private var gateThirst: UInt64 = 0

  init(_ plan: DispatchPlan, _ policy: DispatchPolicy, _ state: RunState) {
    names = Array(policy.resources.names.prefix(Resources.mostNames))
    capacity = names.map { policy.resources[$0] ?? 0 }
    used = names.map { _ in 0 }
    places = Dictionary(uniqueKeysWithValues: names.enumerated().map { ($1, $0) })
    guard isActive else { return }
    asked = plan.items.map { item in
      let asks = item.routes.flatMap(\.sites).map { bits($0.resources) }
      return asks.allSatisfy { $0 == asks[0] } ? asks[0] : nil
    }
    for (place, item) in plan.items.enumerated() {
      if let record = state[item.id] { follow(record, at: place, of: item) }
    }
    follow(state.waves, plan)
  }

  var isActive: Bool { !names.isEmpty }

  private func ask(_ resources: Resources) -> Ask {
    if resources.isEmpty { return [] }
    return resources.amounts.compactMap { name, amount in
      guard amount > 0, let place = places[name] else { return nil }
      return (place, amount)
    }
  }

  private mutating func change(_ resources: Resources, by sign: Int) {
    for (name, amount) in ask(resources) { used[name] += sign * amount }
  }

  /// What is asked for is in use, whoever has it.
  mutating func take(_ resources: Resources) { change(resources, by: 1) }

  /// Follows the start and the end of attempts.
  mutating func follow(_ record: WorkstreamRecord, at place: Int, of item: DispatchPlan.Item) {
    guard isActive else { return }
    if record.state == .running {
      guard holders[place] == nil else { return }
      let attempt = record.lastAttempt
      let resources = item.route(of: attempt).site(of: attempt).resources
      holders[place] = resources
      change(resources, by: 1)
    } else if let resources = holders.removeValue(forKey: place) {
      change(resources, by: -1)
    }
  }

  /// Follows the gates of waves.
  mutating func follow(_ records: [WaveGateRecord], _ plan: DispatchPlan) {
    guard isActive, plan.waves.contains(where: { $0.gates.contains { !$0.resources.isEmpty } })
    else { return }
    for resources in gates { change(resources, by: -1) }
    gates = records.filter(\.isUnderWay).compactMap { record in
      let wave = plan.waves.first { $0.number == record.wave }
      return wave?.gates.first { $0.name == record.gate }?.resources
    }
    for resources in gates { change(resources, by: 1) }
  }

  /// There is so much of some names from now on; those that it does not count are left out.
  mutating func set(_ resources: Resources) {
    for (name, amount) in resources.amounts {
      if let place = places[name] { capacity[place] = amount }
    }
  }

  /// Whether all that is asked for is free.
  func fits(_ resources: Resources) -> Bool {
    ask(resources).allSatisfy { used[$0.name] + $0.amount <= capacity[$0.name] }
  }

  private func isShort(_ name: Int, _ amount: Int) -> Bool {
    used[name] > 0 && used[name] + amount > capacity[name]
  }

  private func bits(_ resources: Resources, where isIn: (Int, Int) -> Bool = { _, _ in true })
    -> UInt64
  {
    ask(resources).reduce(0) { isIn($1.name, $1.amount) ? $0 | 1 << UInt64($1.name) : $0 }
  }

  mutating func forgetThirst() { (thirst, thirsty) = (gateThirst, []) }

  mutating func forgetGateThirst() { gateThirst = 0 }

  /// Whether one that comes before, or a gate, waits for something of what the item asks.
  func isBehind(_ place: Int, _ resources: @autoclosure () -> Resources) -> Bool {
    thirst != 0 && (asked[place] ?? bits(resources())) & thirst != 0
  }

  /// Whether an item lacks something; if so, those after it leave that alone.
  mutating func lacks(for resources: Resources, as place: Int) -> Bool {
    guard isActive, asked[place] != 0 else { return false }
    let short = bits(resources, where: isShort)
    if short == 0 { return false }
    thirsty.append((place, short & ~thirst))
    thirst |= short
    return true
  }

  /// Whether a gate may start; if not, items leave alone what it lacks.
  mutating func admits(_ resources: Resources) -> Bool {
    guard isActive else { return true }
    let short = bits(resources, where: isShort)
    if short == 0, bits(resources) & gateThirst == 0 { return true }
    gateThirst |= short
    return false
  }

  /// What keeps one from starting that asks for this.
  func obstacle(_ resources: Resources, to place: Int) -> Obstacle? {
    for (name, amount) in ask(resources).sorted(by: { $0.name < $1.name }) {
      let bit = UInt64(1) << UInt64(name)
      if gateThirst & bit != 0 { return .gate(names[name]) }
      if let other = thirsty.first(where: { $0.names & bit != 0 && $0.place < place }) {
        return .behind(other.place, names[name])
      }
      if isShort(name, amount) {
        return .lacks(names[name], asked: amount, used: used[name], of: capacity[name])
      }
    }
    return nil
  }

  enum Obstacle: Hashable, Sendable {
    case lacks(String, asked: Int, used: Int, of: Int)
    case behind(Int, String)
    case gate(String)
  }
}
