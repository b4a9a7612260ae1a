import UETGit
import UETModel
import UETPlanning

/// What is to be drafted.
package struct DraftRequest: Sendable {
  package var goal: String
  package var tool: String?
  package var model: String?
  /// A folder from the root; nil for `draft` in that of the bundles.
  package var into: String?
  package var rounds = 3
  /// US dollars that the agent may spend in a round, where it knows such a limit.
  package var maxCost: Double?

  package init(_ goal: String) { self.goal = goal }
}

/// What happens meanwhile.
package enum DraftNews: Sendable {
  case asks(round: Int, of: Int, tool: String)
  /// The loader does not take it.
  case refused([String])
  /// It wrote elsewhere as well; that is thrown away.
  case strayed([String])
}

/// Bundles that an agent wrote and the loader takes.
package struct Draft: Sendable {
  package let folder: String
  package let files: [BundleFile]
  package let workstreams: [WorkstreamID]
  /// Of the draft, with what it builds on.
  package let plan: Plan
  /// Pairs of a drafted and another bundle's workstream that must not run side by side.
  package let conflictsWithOthers: Int
  package let warnings: [Diagnostic]
  package let usage: DraftUsage
  package let rounds: Int
}

/// What drafting used, as the agent told it.
package struct DraftUsage: Sendable {
  package var input = 0
  package var output = 0
  package var cost: Money?
  /// Whether all of it has a price.
  package var isPriced = true
  package var isTold = false

  mutating func add(_ fact: Told<Fact.Usage>) {
    isTold = isTold || (fact.input ?? 0) + (fact.output ?? 0) > 0
    input += (fact.input ?? 0) + (fact.cacheRead ?? 0) + (fact.cacheWrite5m ?? 0)
    input += fact.cacheWrite1h ?? 0
    output += fact.output ?? 0
    if let dollars = fact.costUSD {
      cost = (cost ?? .zero) + Money(dollars: dollars)
    } else {
      isPriced = false
    }
  }
}

extension Project {
  /// Has an agent draft bundles in a worktree of its own, which is thrown away, until the loader
  /// takes them or no round is left; then they are written into their folder. Runs nothing of them.
  ///
  /// Throws where the agent fails, and what is wrong with the last draft with where that is kept.
  package func draft(
    _ request: DraftRequest, telling tell: @escaping @Sendable (DraftNews) -> Void
  ) async throws -> Draft {
    try requireWorkTree()
    _ = try await SealedGit.requireVersion(environment: environment)
    _ = try requireTrust(in: [])
    return try await Drafting(request, self, tell).finished()
  }
}
