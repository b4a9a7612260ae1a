import UETModel

/// Everything that is here, by its address.
enum Place: Hashable, Sendable {
  case runs
  case run(RunID, RunQuery = RunQuery())
  case workstream(RunID, WorkstreamID, View = .attempts, attempt: Int? = nil)
  case reviews(RunID)
  case compare(RunID?, RunID?)
  case plan(phase: String? = nil)
  /// News of a run, or of all.
  case news(RunID?)
  case act(RunID)
  case style, script, icon

  enum View: String, CaseIterable, Hashable, Sendable { case attempts, gates, diff, log }

  /// Which part of a run is looked at.
  struct RunQuery: Hashable, Sendable {
    var phase: String?
    var state: WorkstreamState?
    var words: String?
    /// From 1.
    var page = 1
  }

  var path: String {
    switch self {
    case .runs: return "/"
    case .run(let run, let query): return "/runs/\(run)" + Self.query(query.pairs)
    case .workstream(let run, let id, let view, let attempt):
      return "/runs/\(run)/\(id)"
        + Self.query([
          ("view", view == .attempts ? nil : view.rawValue), ("attempt", attempt.map { "\($0)" }),
        ])
    case .reviews(let run): return "/runs/\(run)/reviews"
    case .compare(let before, let after):
      return "/compare" + Self.query([("before", before?.rawValue), ("after", after?.rawValue)])
    case .plan(let phase): return "/plan" + Self.query([("phase", phase)])
    case .news(let run): return run.map { "/runs/\($0)/news" } ?? "/news"
    case .act(let run): return "/runs/\(run)/act"
    case .style: return "/style.css"
    case .script: return "/script.js"
    case .icon: return "/icon.svg"
    }
  }

  private static func query(_ pairs: [(name: String, value: String?)]) -> String {
    let set = pairs.compactMap { pair in
      pair.value.map { "\(pair.name)=\(PercentCoding.encoded($0))" }
    }
    return set.isEmpty ? "" : "?" + set.joined(separator: "&")
  }

  /// nil for an address that is none of ours.
  init?(_ request: WebRequest) {
    let parts = request.path.split(separator: "/", omittingEmptySubsequences: false).dropFirst()
    let query = request.query
    switch (parts.first, parts.count) {
    case ("", 1): self = .runs
    case ("style.css", 1): self = .style
    case ("script.js", 1): self = .script
    case ("icon.svg", 1), ("favicon.ico", 1): self = .icon
    case ("news", 1): self = .news(nil)
    case ("plan", 1): self = .plan(phase: query["phase"])
    case ("compare", 1):
      self = .compare(
        query["before"].flatMap { RunID($0) }, query["after"].flatMap { RunID($0) })
    case ("runs", 2...):
      guard let run = RunID(String(parts[2])) else { return nil }
      self.init(run, parts.dropFirst(2).map(String.init), query)
    default: return nil
    }
  }

  private init?(_ run: RunID, _ rest: [String], _ query: FormFields) {
    switch rest.count {
    case 0: self = .run(run, RunQuery(query))
    case 1:
      switch rest[0] {
      case "news": self = .news(run)
      case "reviews": self = .reviews(run)
      case "act": self = .act(run)
      default:
        guard let id = WorkstreamID(rest[0]) else { return nil }
        self = .workstream(
          run, id, query["view"].flatMap(View.init) ?? .attempts,
          attempt: query["attempt"].flatMap { Int($0) })
      }
    default: return nil
    }
  }
}

extension Place.RunQuery {
  init(_ query: FormFields) {
    phase = query["phase"]
    state = query["state"].flatMap { WorkstreamState(rawValue: $0) }
    words = query["words"]
    page = max(1, query["page"].flatMap { Int($0) } ?? 1)
  }

  fileprivate var pairs: [(name: String, value: String?)] {
    [
      ("phase", phase), ("state", state?.rawValue), ("words", words),
      ("page", page == 1 ? nil : "\(page)"),
    ]
  }
}
