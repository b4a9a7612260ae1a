/// The unit of work: what is to be done, where, by which tool, after what, and how it is checked.
package struct Workstream: Hashable, Sendable {
  package var id: WorkstreamID
  package var tasks: [String]
  /// The name of the tool as the configuration knows it.
  package var tool: String
  /// What its tool must be able to do, where tools say what they can.
  package var capability: String? {
    legacy["capability"]?.string
  }
  package var scope: Scope
  /// Ids, or patterns of ids such as `ws-*`, as written.
  package var dependsOn: [String] = []
  package var parallelOK = true
  package var conflictGroup: String?
  package var kind = Kind.impl
  package var priority = Priority.foreground
  /// What the `shell` tool runs.
  package var command: Command?
  package var gates: [GateRequest] = []
  package var acceptanceTests: [AcceptanceTest] = []
  package var environment: [String: String] = [:]
  package var model: String?
  /// Time limit of one attempt, in seconds.
  package var timeout: Double?
  package var worktree: WorktreeChoice?
  package var review = Review.none
  package var risk: String?
  package var breaker = BreakerLimits()
  package var estimate = Estimate()
  /// What an attempt needs; for names that are not here its tool says it.
  package var resources = Resources()
  package var compensationActions: [Command] = []
  package var forwardActions: [Command] = []
  /// The phase that declared it, where one did.
  package var phase: String?
  /// Whether its scope was proposed by a program, and no person has confirmed it yet.
  package var isProposed = false
  /// Fields that are kept and shown, never interpreted: `openspec_change`, `metadata` and others.
  package var legacy = JSONObject()
  /// Where it was declared.
  package var source: SourcePlace

  package init(
    id: WorkstreamID, tasks: [String], tool: String, scope: Scope,
    source: SourcePlace = SourcePlace()
  ) {
    self.id = id
    self.tasks = tasks
    self.tool = tool
    self.scope = scope
    self.source = source
  }
}

extension Workstream {
  /// Whether a person has to look at its result before it is merged: it says so, or that much is at
  /// risk.
  package var wantsReview: Bool {
    review == .beforeMerge || ["high", "critical"].contains(risk?.lowercased())
  }

  /// Why a person has to look at its result, where that is not what its bundle plainly asks for.
  package var reviewReason: String? {
    review != .beforeMerge && wantsReview ? "its risk is \(risk ?? "high")" : nil
  }

  package enum Kind: String, CaseIterable, Hashable, Sendable {
    case design, impl, test, docs, infra, refactor, background, spike, integration
  }

  package enum Priority: String, CaseIterable, Hashable, Sendable {
    case foreground, background
  }

  package enum Review: String, CaseIterable, Hashable, Sendable {
    case none
    case beforeMerge = "before_merge"
  }

  package enum WorktreeChoice: String, CaseIterable, Hashable, Sendable {
    case own, slot, none
  }

  /// The paths a workstream may write and those it reads.
  package struct Scope: Hashable, Sendable {
    /// `files_scope`, or its `writes`.
    package var writes: [ScopePattern]
    /// `files_create`: may be written as well, and need not exist yet.
    package var creates: [ScopePattern]
    package var reads: [ScopePattern]

    package init(
      writes: [ScopePattern], creates: [ScopePattern] = [], reads: [ScopePattern] = []
    ) {
      self.writes = writes
      self.creates = creates
      self.reads = reads
    }

    /// Whether the workstream may change `path`.
    package func allowsWriting(_ path: String) -> Bool {
      writes.contains { $0.matches(path) } || creates.contains { $0.matches(path) }
    }
  }

  package struct BreakerLimits: Hashable, Sendable {
    package var maxAttempts: Int?
    package var maxErrorRepeats: Int?
    package var oscillationThreshold: Int?
    package init() {}
  }

  /// What the work is expected to take; nil where nothing is declared.
  package struct Estimate: Hashable, Sendable {
    /// `estimated_duration` in seconds.
    package var duration: Double?
    /// `metadata.estimated_effort_hours`; a range counts as its midpoint.
    package var effortHours: Double?
    package var contextTokens: Int?
    package var maxCostUSD: Double?
    package init() {}

    /// Whether what a bundle says is less than half of what was counted, or more than twice.
    package static func isFar(_ said: Int, from counted: Int) -> Bool {
      said * 2 < counted || counted * 2 < said
    }
  }

  /// An entry of `acceptance_tests`: prose for people and prompts, or a command that is run.
  package enum AcceptanceTest: Hashable, Sendable {
    case prose(String)
    case command(Command)
  }
}
