/// How much of a machine's strength a run may take.
package enum OperatingTier: String, CaseIterable, Hashable, Sendable, Comparable {
  /// As many workers as there are.
  case normal
  /// Half as many at once, and at least one.
  case focus
  /// Nothing is started; what runs goes on.
  case critical

  package static func < (one: OperatingTier, other: OperatingTier) -> Bool {
    one.rank < other.rank
  }

  private var rank: Int {
    switch self {
    case .normal: 0
    case .focus: 1
    case .critical: 2
    }
  }

  /// How many may run at once of so many workers.
  package func most(of workers: Int) -> Int {
    switch self {
    case .normal: workers
    case .focus: max(1, workers / 2)
    case .critical: 0
    }
  }

  /// What follows from it, for people.
  package var effect: String {
    switch self {
    case .normal: "all workers are used"
    case .focus: "half the workers are used"
    case .critical: "nothing is started; what runs goes on"
    }
  }
}

/// The tier that a run is in, and why.
package struct OperatingMode: Hashable, Sendable {
  package var tier: OperatingTier
  package var since: Timestamp
  package var reason: String?
  /// What decided.
  package var figures: MachineFigures?

  package init(tier: OperatingTier, since: Timestamp) {
    self.tier = tier
    self.since = since
  }
}

extension OperatingMode {
  package var json: JSONValue {
    var object = JSONObject([("tier", .string(tier.rawValue))])
    object.append("since", .time(since))
    object.append("reason", .text(reason))
    object.append("figures", figures?.json)
    return .object(object)
  }

  package init(json: JSONValue) throws(JSONShapeError) {
    guard let object = json.object else { throw JSONShapeError("mode") }
    self.init(
      tier: try object.required("tier") { $0.string.flatMap(OperatingTier.init) },
      since: try object.required("since", \.timestamp))
    reason = try object.optional("reason", \.string)
    figures = object["figures"].flatMap { MachineFigures(json: $0) }
  }
}
