import UETModel

/// Which tools may be used now: a breaker that is open keeps the tool's items back, and lets one of
/// them try it when its time has come.
struct ToolGates: Sendable {
  private enum Gate: Hashable, Sendable {
    /// Until the time, if the breaker has one that is still to come; for ever while a probe is
    /// under way.
    case shut(until: Timestamp?)
    /// The next one may try, since the time has come.
    case one(since: Timestamp)
  }

  /// Of the tools whose breakers are not closed.
  private var gates: [String: Gate] = [:]
  private var items: [String: [Int]] = [:]
  private let tools: [String]

  init(_ plan: DispatchPlan, _ state: RunState) {
    tools = plan.items.map(\.tool)
    for (place, tool) in tools.enumerated() { items[tool, default: []].append(place) }
    for breaker in state.breakers { _ = follow(breaker) }
  }

  /// Whether the item's tool may be used.
  func admits(_ place: Int) -> Bool {
    if case .shut? = gates[tools[place]] { return false }
    return true
  }

  /// The tool that the item would try out.
  func probe(by place: Int) -> String? {
    if case .one? = gates[tools[place]] { return tools[place] }
    return nil
  }

  func isTroubled(_ place: Int) -> Bool { gates[tools[place]] != nil }

  func items(of tool: String) -> [Int] { items[tool] ?? [] }

  /// Follows a breaker; true when its gate has changed.
  mutating func follow(_ breaker: BreakerRecord) -> Bool {
    let new: Gate? =
      switch breaker.state {
      case .closed: nil
      case .open: .shut(until: breaker.until)
      case .halfOpen: .shut(until: nil)
      }
    let old = gates[breaker.tool]
    if case .one(let since)? = old, new == .shut(until: since) { return false }
    gates[breaker.tool] = new
    return old != new
  }

  /// The earliest moment at which a tool may be tried.
  var nextTrial: Timestamp? {
    gates.values.compactMap { gate in
      if case .shut(let until) = gate { return until }
      return nil
    }.min()
  }

  /// Opens the gates whose time has come for one each, and gives their tools.
  mutating func release(at now: Timestamp) -> [String] {
    guard let next = nextTrial, next <= now else { return [] }
    var released: [String] = []
    for (tool, gate) in gates {
      guard case .shut(let until?) = gate, until <= now else { continue }
      gates[tool] = .one(since: until)
      released.append(tool)
    }
    return released.sorted()
  }
}
