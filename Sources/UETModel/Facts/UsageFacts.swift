extension Fact {
  /// What an attempt used of one model.
  package struct Usage: FactNames {
    package static let names = Self()
    /// Tokens.
    package let cacheRead = Member<Int>("cache_read")
    /// Tokens.
    package let cacheWrite1h = Member<Int>("cache_write_1h")
    /// Tokens.
    package let cacheWrite5m = Member<Int>("cache_write_5m")
    /// false where the program did not tell everything.
    package let complete = Member<Bool>("complete")
    /// `{amount, currency, book, state}`; of a range also `least`.
    package let cost = Member<JSONObject>("cost")
    /// The most that it can be.
    package let costUSD = Member<Double>("cost_usd")
    /// About how many tokens its program was handed: what it is asked, and files that it is told to
    /// open.
    package let handedTokens = Member<Int>("handed_tokens")
    /// Tokens that no cache held.
    package let input = Member<Int>("input")
    package let model = Member<String>("model")
    /// Tokens.
    package let output = Member<Int>("output")
    /// `request` or `session`.
    package let per = Member<String>("per")
    package let provider = Member<String>("provider")
    /// Tokens, a part of `output`.
    package let reasoning = Member<Int>("reasoning")
    package let requests = Member<Int>("requests")
    /// By which the program takes up the conversation again.
    package let session = Member<String>("session")
    /// `stream`, `session_file` or `estimate`.
    package let source = Member<String>("source")
    package let tier = Member<String>("tier")
    /// As the program reckons it.
    package let toldCostUSD = Member<Double>("told_cost_usd")
    package let webSearches = Member<Int>("web_searches")
  }

  /// How far a budget is used: that of the event's workstream, of a phase, else of the run.
  package struct BudgetLevel: FactNames {
    package static let names = Self()
    /// What is taken as spent besides, in dollars.
    package let assumed = Member<Money>("assumed_usd")
    /// In dollars.
    package let limit = Member<Money>("limit_usd")
    package let message = Member<String>("message")
    package let phase = Member<String>("phase")
    package let reason = Member<String>("reason")
    /// Fewer work at a time from now on.
    package let reduces = Member<Bool>("reduces")
    /// In dollars.
    package let spent = Member<Money>("spent_usd")
  }

  /// Another limit than the configured one: for the event's workstream, a phase, else the run.
  package struct BudgetOverride: FactNames {
    package static let names = Self()
    /// In dollars; without it there is none.
    package let limit = Member<Money>("limit_usd")
    package let phase = Member<String>("phase")
    package let reason = Member<String>("reason")
  }

  /// Money is set aside for an attempt that is about to start.
  package struct Reservation: FactNames {
    package static let names = Self()
    /// What its program is told to stop at, in dollars.
    package let cap = Member<Money>("cap_usd")
    /// Whether the workstream's own budget would allow more.
    package let cut = Member<Bool>("cut")
    /// In dollars.
    package let reserved = Member<Money>("reserved_usd")
    package let tool = Member<String>("tool")
  }

  /// What was set aside for an attempt is free again, but for what it spent.
  package struct Settlement: FactNames {
    package static let names = Self()
    /// What is taken as spent besides, because not all is known, in dollars.
    package let assumed = Member<Money>("assumed_usd")
    /// In dollars.
    package let reserved = Member<Money>("reserved_usd")
    /// In dollars.
    package let spent = Member<Money>("spent_usd")
    /// Reports that named no cost.
    package let unpriced = Member<Int>("unpriced")
  }

  /// A tool is left alone, or used again.
  package struct Breaker: FactNames {
    package static let names = Self()
    /// How many faults in a row.
    package let failures = Member<Int>("failures")
    package let reason = Member<String>("reason")
    package let tool = Member<String>("tool")
    /// When it is tried again.
    package let until = Member<Timestamp>("until")
  }

  /// A provider told an attempt to wait: nothing that asks it starts until then.
  package struct RateLimit: FactNames {
    package static let names = Self()
    /// How many attempts may ask it at once from now on; without it as many as before.
    package let concurrency = Member<Int>("concurrency")
    package let provider = Member<String>("provider")
    package let reason = Member<String>("reason")
    /// How many asked it when it said so, this one included.
    package let running = Member<Int>("running")
    package let tool = Member<String>("tool")
    package let until = Member<Timestamp>("until")
  }

  /// The machine is spared more, or less, than before.
  package struct ModeChanged: FactNames {
    package static let names = Self()
    /// What was read of the machine: shares of time in percent, bytes.
    package let figures = Member<MachineFigures>("figures")
    package let from = Member<OperatingTier>("from")
    package let reason = Member<String>("reason")
    package let tier = Member<OperatingTier>("tier")
  }

  /// Something moved in what workers share or in what is the user's own.
  package struct SharedChanges: FactNames {
    package static let names = Self()
    package let changes = Member<[SharedChange]>("changes")
    /// Every attempt that may have done it.
    package let suspects = Member<[Told<Suspect>]>("suspects")
  }

  /// An attempt that ran since the last look.
  package struct Suspect: FactNames {
    package static let names = Self()
    package let attempt = Member<Int>("attempt")
    package let workstream = Member<WorkstreamID>("workstream")
  }
}

extension Told<Fact.SharedChanges> {
  /// Whether what moved is protected, and it cannot be told which of several did it.
  package var isUnattributed: Bool {
    (self.suspects?.count ?? 0) > 1 && self.changes?.contains(where: \.isProtected) == true
  }
}
