/// What a budget is for.
package enum BudgetScope: Hashable, Sendable {
  case run
  case phase(String)
  case workstream(WorkstreamID)
}

extension BudgetScope: CustomStringConvertible {
  package var description: String {
    switch self {
    case .run: "the run"
    case .phase(let name): "phase '\(name)'"
    case .workstream(let id): "'\(id)'"
    }
  }
}

/// In the record: `run`, `phase:NAME`, or a workstream's id.
extension BudgetScope {
  package init?(json: JSONValue) {
    guard let text = json.string else { return nil }
    if text == "run" {
      self = .run
    } else if text.hasPrefix("phase:") {
      self = .phase(String(text.dropFirst(6)))
    } else if let id = WorkstreamID(text) {
      self = .workstream(id)
    } else {
      return nil
    }
  }

  package var json: JSONValue {
    switch self {
    case .run: "run"
    case .phase(let name): .string("phase:\(name)")
    case .workstream(let id): .string(id.rawValue)
    }
  }
}

/// What a run has spent, and what is set aside for its attempts.
package struct SpendingRecord: Hashable, Sendable {
  /// Money set aside for an attempt before it starts; it stands until that is settled.
  package struct Reservation: Hashable, Sendable {
    package let workstream: WorkstreamID
    package let attempt: Int
    package let tool: String
    package let amount: Money
    /// What its program is told to stop at.
    package var cap: Money?
    /// Whether it is less than the workstream's own budget would allow.
    package var isCut = false
  }

  /// What attempts with a tool came to, as far as that is known to the end.
  package struct Tool: Hashable, Sendable {
    package let name: String
    package var attempts = 0
    package var total = Money.zero
    package var largest = Money.zero
    /// The most that one request of it cost.
    package var largestRequest = Money.zero

    package var mean: Money { Money(picodollars: total.picodollars / Int64(max(attempts, 1))) }
  }

  /// How far a budget is used, in the order in which that is told.
  package enum Level: String, CaseIterable, Hashable, Sendable, Comparable {
    case warned, reduced, exceeded

    package static func < (left: Level, right: Level) -> Bool {
      left != right && (left == .warned || right == .exceeded)
    }
  }

  /// What was told last of a budget, and for which limit.
  package struct Notice: Hashable, Sendable {
    package let scope: BudgetScope
    package var level: Level
    package var limit: Money
  }

  /// A limit that a person set in place of the configured one; nil for none.
  package struct Override: Hashable, Sendable {
    package let scope: BudgetScope
    package var limit: Money?
  }

  /// By all attempts, as their programs told it.
  package var spent = Money.zero
  /// What is taken as spent for attempts of which that cannot be known.
  package var assumed = Money.zero
  /// How many reports named no cost.
  package var unpriced = 0
  package var reservations: [Reservation] = []
  package var tools: [Tool] = []
  package var told: [Notice] = []
  package var overrides: [Override] = []
  /// The budget that the run stopped for.
  package var halt: BudgetScope?

  package init() {}

  package func reservation(_ id: WorkstreamID, _ attempt: Int?) -> Reservation? {
    reservations.first { $0.workstream == id && $0.attempt == attempt }
  }

  package func tool(_ name: String) -> Tool? { tools.first { $0.name == name } }

  package func level(_ scope: BudgetScope, of limit: Money) -> Level? {
    told.first { $0.scope == scope && $0.limit == limit }?.level
  }

  package func override(_ scope: BudgetScope) -> Override? { overrides.first { $0.scope == scope } }
}

/// What an attempt spent.
package struct AttemptSpending: Hashable, Sendable {
  package var spent = Money.zero
  /// Taken as spent besides, because its program did not tell all or what it used has no price.
  package var assumed = Money.zero
  package var reserved: Money?
  /// Whether it was given less than its workstream's own budget would have allowed.
  package var isCut = false
  /// Reports without a cost.
  package var unpriced = 0
  /// Some of what it used was not told.
  package var isIncomplete = false
  /// How many reports came from its program, and not from the work itself.
  package var told = 0
  package var requests = 0
  /// Tokens, without those that a cache held.
  package var tokens = 0
  /// Tokens that a cache held.
  package var cachedTokens = 0
  /// About how many tokens its program was handed; nil where nobody counted.
  package var handedTokens: Int?
  /// Tokens of the longest request that was told, or of the mean of a session; where `handedTokens`
  /// are known.
  package var longestInput = 0
  /// The model of that request.
  package var model: String?

  package init() {}

  /// What is counted as gone.
  package var used: Money { spent + assumed }

  /// Whether `spent` is all that it cost.
  package var isKnown: Bool { unpriced == 0 && !isIncomplete }
}
