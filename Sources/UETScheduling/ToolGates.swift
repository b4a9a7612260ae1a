import UETModel

/// Which tools may be used now: a breaker that is open keeps a tool's items back, and lets one of
/// them try it when its time has come; a provider that asks to wait keeps back all that ask it.
///
/// An item takes the first of its tools that may be used. One that is to be had again soon is
/// waited for: another tool is another result.
struct ToolGates: Sendable {
  private enum Gate: Hashable, Sendable {
    /// Until the time, if the breaker has one that is still to come; for ever while a probe is
    /// under way.
    case shut(until: Timestamp?)
    /// The next one may try, since the time has come.
    case one(since: Timestamp)
  }

  private enum Pause: Hashable, Sendable {
    case until(Timestamp, isShort: Bool)
    /// The time has come; kept so that it does not begin again.
    case over(Timestamp)
  }

  /// Of the tools whose breakers are not closed.
  private var gates: [String: Gate] = [:]
  /// Of the providers that asked to wait.
  private var pauses: [String: Pause] = [:]
  private var items: [String: [Int]] = [:]
  private var customers: [String: [Int]] = [:]
  private let routes: [[DispatchPlan.ToolRoute]]
  private let patience: Double
  /// One item of each kind, as far as tools go.
  let examples: [Int]

  init(_ plan: DispatchPlan, _ state: RunState, patience: Double) {
    routes = plan.items.map(\.routes)
    self.patience = patience
    var seen: Set<[DispatchPlan.ToolRoute]> = []
    examples = routes.indices.filter { [routes] in seen.insert(routes[$0]).inserted }
    for (place, routes) in routes.enumerated() {
      for route in routes {
        items[route.tool, default: []].append(place)
        if let provider = route.provider { customers[provider, default: []].append(place) }
      }
    }
    for breaker in state.breakers { _ = follow(breaker) }
    for provider in state.providers { _ = follow(provider) }
  }

  /// The tool that the item may use now.
  func route(of place: Int) -> DispatchPlan.ToolRoute? {
    for route in routes[place] {
      switch hindrance(route) {
      case nil: return route
      case true?: return nil
      case false?: continue
      }
    }
    return nil
  }

  /// Whether the item may use a tool.
  func admits(_ place: Int) -> Bool { route(of: place) != nil }

  /// Whether what keeps a tool from being used is over soon; nil where nothing does.
  private func hindrance(_ route: DispatchPlan.ToolRoute) -> Bool? {
    if gates.isEmpty, pauses.isEmpty { return nil }
    if case .shut? = gates[route.tool] { return false }
    if case .until(_, let isShort)? = route.provider.flatMap({ pauses[$0] }) { return isShort }
    return nil
  }

  /// Whether the provider asks to wait.
  func isPaused(_ provider: String?) -> Bool {
    if case .until? = provider.flatMap({ pauses[$0] }) { return true }
    return false
  }

  /// The tool that the item would try out.
  func probe(by place: Int) -> String? {
    guard let tool = route(of: place)?.tool, case .one? = gates[tool] else { return nil }
    return tool
  }

  func isTroubled(_ place: Int) -> Bool {
    let first = routes[place][0]
    return gates[first.tool] != nil || isPaused(first.provider)
  }

  func items(of tool: String) -> [Int] { items[tool] ?? [] }

  func customers(of provider: String) -> [Int] { customers[provider] ?? [] }

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

  /// Follows what a provider told; true when that changes who may start.
  mutating func follow(_ provider: ProviderRecord) -> Bool {
    guard let until = provider.until else { return false }
    let new = Pause.until(until, isShort: provider.pause <= patience)
    let old = pauses[provider.name]
    if old == new || old == .over(until) { return false }
    pauses[provider.name] = new
    return true
  }

  /// The earliest moment at which a tool may be tried or a provider asked.
  var nextTrial: Timestamp? {
    if gates.isEmpty, pauses.isEmpty { return nil }
    let trials = gates.values.compactMap { gate in
      if case .shut(let until) = gate { return until }
      return nil
    }
    let ends = pauses.values.compactMap { pause in
      if case .until(let until, _) = pause { return until }
      return nil
    }
    return (trials + ends).min()
  }

  /// Opens the gates whose time has come, those of tools for one each, and gives the items that
  /// this may concern.
  mutating func release(at now: Timestamp) -> [Int] {
    guard let next = nextTrial, next <= now else { return [] }
    var released: Set<Int> = []
    for (tool, gate) in gates {
      guard case .shut(let until?) = gate, until <= now else { continue }
      gates[tool] = .one(since: until)
      released.formUnion(items(of: tool))
    }
    for (provider, pause) in pauses {
      guard case .until(let until, _) = pause, until <= now else { continue }
      pauses[provider] = .over(until)
      released.formUnion(customers(of: provider))
    }
    return released.sorted()
  }
}
