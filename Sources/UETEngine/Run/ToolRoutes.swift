import UETModel
import UETPlanning
import UETScheduling
import UETTools

/// Which tools can do workstreams, and whom these ask.
struct ToolRoutes {
  private let configuration: Configuration
  private var known: [Question: DispatchPlan.ToolRoute] = [:]
  private var book: PriceBook?

  private struct Question: Hashable {
    let tool: String
    let model: String?
  }

  init(_ configuration: Configuration) { self.configuration = configuration }

  /// The tools for a workstream, the first choice first.
  mutating func routes(for workstream: Workstream) -> [DispatchPlan.ToolRoute] {
    configuration.tools(for: workstream).map { tool in
      let model = configuration.model(for: workstream, tool: tool)
      var route = route(Question(tool: tool, model: model))
      route.sites = configuration.sites(for: workstream, tool: tool)
      return route
    }
  }

  private mutating func route(_ question: Question) -> DispatchPlan.ToolRoute {
    if let route = known[question] { return route }
    var route = DispatchPlan.ToolRoute(question.tool)
    if let tool = configuration.tools[question.tool] {
      route.provider = provider(of: tool, question)
      route.rates = rates(route.provider, question.model)
    }
    known[question] = route
    return route
  }

  /// Whom a tool asks: as its entry says, else whose model it is, else the one that its program
  /// belongs to. An agent of which nothing is known asks somebody of its own; a plain command asks
  /// nobody that we know of.
  private mutating func provider(of tool: Configuration.Tool, _ question: Question) -> String? {
    if let provider = tool.provider { return provider.lowercased() }
    guard let adapter = AgentPrograms.named(tool.adapter.rawValue) else { return nil }
    if let provider = adapter.provider { return provider }
    guard let model = question.model else { return question.tool }
    if let provider = ModelName(model).candidates.first?.provider { return provider }
    let book = book ?? PriceBook.builtIn()
    self.book = book
    return book.resolve(model)?.provider ?? question.tool
  }

  /// The limits that count what is asked of the model.
  private func rates(_ provider: String?, _ model: String?) -> [String] {
    if configuration.limits.isEmpty { return [] }
    let names = model.map { ModelName($0).candidates.map(\.name) + [$0.lowercased()] } ?? []
    return configuration.limits.keys.sorted().filter { limit in
      let text = limit.lowercased()
      return text == provider || names.contains(text)
        || names.contains { text == (provider ?? "") + "/" + $0 }
    }
  }
}

extension Configuration {
  /// The model that a workstream's bundle names for its own tool, else that of the tool's entry.
  func model(for workstream: Workstream, tool: String) -> String? {
    let own = tool == workstream.tool ? workstream.model : nil
    return own ?? tools[tool]?.model
  }
}

extension DispatchPolicy.Rate {
  init(_ name: String, _ limit: Configuration.Limit) {
    self.init()
    requestsPerMinute = limit.requestsPerMinute
    tokensPerMinute = limit.tokensPerMinute
    concurrency = limit.concurrency
    // Anthropic does not count what its cache held.
    countsCached = !["anthropic", "claude"].contains { name.lowercased().hasPrefix($0) }
  }
}
