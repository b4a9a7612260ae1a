import UETModel

/// Why an item may not have what it asks of the machine now.
package enum ResourceObstacle: Hashable, Sendable {
  case lacks(String, asked: Int, used: Int, of: Int)
  /// The other comes first and waits for the same.
  case behind(WorkstreamID, String)
  /// A gate of a wave waits for the same.
  case gate(String)
}

extension DispatchMachine {
  /// What an attempt at the item would need.
  func ask(of place: Int) -> Resources { stock.isActive ? site(for: place).resources : Resources() }

  /// Where an attempt at the item would be carried out: at the first of its sites that has all it
  /// needs, else at the last, which it waits for.
  func site(for place: Int) -> DispatchPlan.Site {
    let route = index.tools.route(of: place) ?? plan.items[place].routes[0]
    return route.sites.dropLast().first { stock.fits($0.resources) } ?? route.site(of: nil)
  }

  func isBehind(_ place: Int) -> Bool { stock.isActive && stock.isBehind(place, ask(of: place)) }

  func obstacle(of stock: ResourceStock, to place: Int) -> ResourceObstacle? {
    guard stock.isActive else { return nil }
    switch stock.obstacle(ask(of: place), to: place) {
    case .lacks(let name, let asked, let used, let most)?:
      return .lacks(name, asked: asked, used: used, of: most)
    case .behind(let other, let name)?: return .behind(plan.items[other].id, name)
    case .gate(let name)?: return .gate(name)
    case nil: return nil
    }
  }
}

extension ResourceObstacle: CustomStringConvertible {
  package var description: String {
    switch self {
    case .lacks(let name, _, let used, let most) where Resources.executor(ofJobs: name) != nil:
      "waits for \(Self.plain(name)): there are \(used), of \(most) that it has room for"
    case .lacks(let name, let asked, let used, let most):
      "needs \(Resources.text(asked, of: name)); in use: \(Resources.text(used, of: name)), "
        + "of \(Resources.text(most, of: name))"
    case .behind(let id, let name):
      "lets '\(id)' start first, which waits for \(Self.plain(name))"
    case .gate(let name): "lets a gate of a wave start first, which waits for \(Self.plain(name))"
    }
  }

  private static func plain(_ name: String) -> String {
    switch name {
    case Resources.cpu: "cores"
    case Resources.memory, Resources.disk: name
    default: Resources.executor(ofJobs: name).map { "a job of '\($0)'" } ?? "'\(name)'"
    }
  }
}

extension DispatchMachine {
  /// Whether as many run already as may in the machine's tier.
  var isSpared: Bool {
    guard state.tier != .normal else { return false }
    let running = state.pool.count { $0.workstream != nil }
    return running >= state.tier.most(of: state.liveWorkers)
  }

  /// Ends a run that could not start anything for long, if nothing of it is at work.
  func yield() -> [EventDraft] {
    guard !state.status.isOver, state.tier == .critical, let mode = state.mode,
      index.running.isEmpty,
      index.waves.runningTotal == 0, index.unsettled > 0
    else { return [] }
    let why = mode.reason.map { ": \($0)" } ?? ""
    let since = "the machine is in tier critical since \(mode.since.plain) UTC\(why)"
    return finish(
      as: .interrupted, "\(since); stopped with \(index.unsettled) of \(plan.items.count) to do")
  }

  /// That the machine is in another tier; nothing where that is no news.
  func mode(_ change: TierChange) -> [EventDraft] {
    guard !state.status.isOver, change.to != state.tier else { return [] }
    var change = change
    change.from = state.tier
    return [.mode(change)]
  }
}

extension EventDraft {
  /// That the machine is in another tier.
  package static func mode(_ change: TierChange) -> EventDraft {
    EventDraft(
      .modeChanged(
        .init {
          ($0.from, $0.tier) = (change.from, change.to)
          ($0.reason, $0.figures) = (change.reason, change.figures)
        }))
  }
}
