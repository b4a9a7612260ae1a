import UETModel

/// What `.uet/config.yaml`, git's configuration and the defaults say together.
package struct Configuration: Hashable, Sendable {
  /// The version of the file's format.
  package static let currentVersion = 1

  /// The directory of the bundles, relative to the repository's root.
  package var workstreams = "workstreams"
  package var run = Run()
  /// By name; those that the program knows itself are always among them.
  package var tools: [String: Tool] = Tool.builtIn
  /// By name.
  package var gates: [String: Gate] = [:]
  package var budget = Budget()
  /// By provider, by model, or by `PROVIDER/MODEL`.
  package var limits: [String: Limit] = [:]
  package var retry = Retry()
  package var integration = Integration()
  package var sandbox = Sandbox()
  package var inbox = Inbox()
  package var secrets = Secrets()
  package var workers = Workers()
  package var prompt = Prompt()
  package var context = Context()
  package var tiers = Tiers()
  package var server = Server()
  /// By name; Slurm needs no entry.
  package var executors: [String: Executor] = [:]
  /// How many attempts run here at once at most; nil for no limit of its own.
  package var localJobs: Int?

  package init() {}
}

extension Configuration {
  package enum WorktreeMode: String, CaseIterable, Hashable, Sendable {
    case own, slots
  }

  /// Which worktrees stay after a run.
  package enum Keep: String, CaseIterable, Hashable, Sendable {
    case all, unlanded, failed, none
  }

  /// How a worktree gets a cache that the file system cannot clone.
  package enum CacheFallback: String, CaseIterable, Hashable, Sendable {
    case none, copy, link
  }

  /// Whether commands see every worktree at one path.
  package enum SamePath: String, CaseIterable, Hashable, Sendable {
    /// Where something that is built stays, and commands lose nothing by it.
    case auto
    /// Always, or nothing runs.
    case require
    case off
  }

  /// Whether worktrees hold only what a workstream's scope names.
  package enum Sparse: Hashable, Sendable {
    case off
    /// The scope and these paths.
    case scope(and: [String])
  }

  /// A command that is called when something happens.
  package struct Notify: Hashable, Sendable {
    package enum Kind: String, CaseIterable, Hashable, Sendable {
      case finished, landed, failed, conflict, review, question, budget
    }

    package var kinds: Set<Kind>
    package var command: Command

    package init(kinds: Set<Kind>, command: Command) {
      (self.kinds, self.command) = (kinds, command)
    }
  }

  package struct Run: Hashable, Sendable {
    /// How many work at once, or at most.
    package var workers: Int {
      get { if case .count(let count) = workerCount { count } else { max(maxWorkers, minWorkers) } }
      set { workerCount = .count(newValue) }
    }

    /// How many workers there are at least where they come and go; nil where their number is fixed.
    package var leastWorkers: Int? { workerCount == .auto ? minWorkers : nil }

    /// How many work at once: a number, or as many as there is work and room for.
    package var workerCount = WorkerCount.count(4)
    /// How many workers there are at least and at most where they come and go.
    package var minWorkers = 1
    package var maxWorkers = 64
    /// The revision that a run starts from.
    package var base = "HEAD"
    /// Where worktrees are made, relative to the repository's root; `{repo}` is its name.
    package var worktrees = "../{repo}.worktrees"
    package var mode = WorktreeMode.own
    package var keep = Keep.unlanded
    /// Room in bytes that kept worktrees may take; nil for no limit.
    package var keepDisk: Int?
    /// What worktrees are filled with.
    package var sparse = Sparse.off
    /// Run in each new worktree.
    package var setup: [Command] = []
    /// Seconds that one of them may take.
    package var setupTimeout = 600.0
    /// Seconds that merging the results that an attempt builds on may take.
    package var baseTimeout = 600.0
    /// Seconds that one command of git may take.
    package var gitTimeout = 600.0
    /// Ignored files that are copied into each worktree.
    package var copy = [".env"]
    /// Ignored directories that worktrees share or keep.
    package var caches = ["node_modules"]
    /// What is done with caches where the file system cannot clone them.
    package var cacheFallback = CacheFallback.none
    package var samePath = SamePath.auto
    /// Ports that each workstream has for itself.
    package var ports = 10
    /// Seconds that running work is given after a request to stop.
    package var drain = 300.0
    /// Seconds without a sign of life after which a worker is given up.
    package var stale = 300.0
    /// What workstreams may use together, where that is not what the machine has.
    package var resources = Resources()
    package var hold = Hold.auto
    /// Whether what workers run yields to what else the machine does.
    package var background = false
    /// Where attempts run, unless their tool says: at the first of these that has room.
    package var executors = [Configuration.localExecutor]

    /// What is called when something happens that somebody may wait for.
    package var notify: Notify?

    /// What keeps programs within what was asked for them.
    package enum Hold: String, CaseIterable, Hashable, Sendable {
      /// A control group where one can be made, else the limits of a process.
      case auto
      /// Nothing: amounts are only counted.
      case count
    }

    package init() {}
  }
}

extension Configuration {
  package struct Budget: Hashable, Sendable {
    package enum Mode: String, CaseIterable, Hashable, Sendable {
      case warn, halt
      case goOn = "continue"
    }

    /// US dollars; nil for no limit.
    package var maxCostTotal: Double?
    package var maxCostPerPhase: Double?
    package var maxCostPerTask: Double?
    /// Share of a limit at which a warning is given.
    package var warningThreshold = 0.8
    /// Share of a limit from which fewer workers run.
    package var reduceParallelismAt = 0.9
    package var mode = Mode.halt

    package init() {}
  }

  /// What one provider allows; nil for no limit.
  package struct Limit: Hashable, Sendable {
    package var requestsPerMinute: Int?
    package var tokensPerMinute: Int?
    package var concurrency: Int?

    package init() {}
  }

  package struct Retry: Hashable, Sendable {
    package enum AfterCrash: String, CaseIterable, Hashable, Sendable {
      /// What was under way is begun anew when the run goes on.
      case rerun
      /// It is set aside for a person.
      case escalate
    }

    package var maxAttempts = 3
    /// Seconds before the second attempt.
    package var initial = 1.0
    package var factor = 2.0
    /// Seconds that a wait grows to at most.
    package var max = 60.0
    /// Faults of a tool in a row after which it is left alone for a while; 0 for never.
    package var breakerFailures = 5
    /// Seconds until it is tried again.
    package var breakerWait = 60.0
    /// The longest wait in seconds, as a provider asks for it, for which no other tool is taken.
    package var patience = 30.0
    /// What becomes of what was under way when the orchestrator died.
    package var afterCrash = AfterCrash.rerun

    package init() {}
  }

  package struct Integration: Hashable, Sendable {
    package enum Strategy: String, CaseIterable, Hashable, Sendable {
      case auto, serial, batch, speculative
    }

    package enum Final: String, CaseIterable, Hashable, Sendable {
      /// Wherever it was.
      case warm
      /// In a place in which nothing had been built before.
      case cold
    }

    package enum OnRed: String, CaseIterable, Hashable, Sendable {
      /// It is said, and a person decides.
      case report
      /// What landed is taken out again.
      case rollback
    }

    /// The branch to land in; nil for the one that a run started from.
    package var target: String?
    package var strategy = Strategy.auto
    package var window = 20
    /// When results may land; always where it is empty.
    package var windowTimes: [MergeWindow] = []
    package var slots = 2
    /// Gates that each combination must pass.
    package var gates: [String] = []
    /// Whether candidates of disjoint scopes may share the test of the last of them.
    package var assumeDisjoint = false
    /// Whether a red result is asked for once more before a candidate goes for it.
    package var confirm = true
    /// Where what lands is tested at the latest.
    package var final = Final.warm
    /// Gates that run on the branch once it has moved, and what follows when one is red.
    package var afterLanding: [String] = []
    package var onRed = OnRed.report
    /// What follows when something is found not to be secure, or a budget is exceeded, once work
    /// has landed.
    package var onSecurity = OnRed.report
    package var onBudget = OnRed.report
    /// What is tried on a conflict, in order; nil for the default.
    package var repair: [RepairMethod]?
    /// What resolves conflicts, and for how many seconds it may work on one.
    package var resolver: Resolver?
    package var resolverTimeout = 1800.0

    package init() {}

    /// The resolver is put to use where one is configured.
    package var repairOrder: [RepairMethod] {
      if let repair { return repair }
      return resolver == nil
        ? [.resolutions, .replay, .person] : [.resolutions, .replay, .resolver, .person]
    }
  }

  package enum Resolver: Hashable, Sendable {
    /// The name of a tool.
    case tool(String)
    case command(Command)
  }

  /// Decisions that other clones append to a run's record.
  package struct Inbox: Hashable, Sendable {
    /// Whose count: names of writers, or `*` for everybody.
    package var trust = ["*"]

    package init() {}
  }

  /// What must not get into results.
  package struct Secrets: Hashable, Sendable {
    /// Patterns of files in which a key or token stands for none.
    package var allow: [String] = []

    package init() {}
  }

  /// What workers may do beside their work.
  package struct Workers: Hashable, Sendable {
    /// Whether a workstream that a worker adds may write outside the worker's own scope.
    package var mayWiden = false

    package init() {}
  }

  /// What agents are told beside their tasks.
  package struct Prompt: Hashable, Sendable {
    /// A file with the house's rules, from the repository's root; as it is in a run's base.
    package var preamble: String?
    /// About how many tokens of a failed attempt's log the next one is shown.
    package var logTokens = 1000
    /// Whether agents are asked for a hand-off.
    package var handoff = true
    /// About how many tokens of others' hand-offs a prompt shows, all together.
    package var handoffTokens = 2000

    package init() {}
  }

  package struct Context: Hashable, Sendable {
    /// What becomes of an attempt whose program would be handed more than its model takes.
    package enum Overflow: String, CaseIterable, Hashable, Sendable {
      /// It ends before the program starts, with a way to make it fit.
      case refuse
      case off
    }

    package var overflow = Overflow.refuse
    /// The part of a model's window that is kept for the conversation and the answers.
    package var reserve = 0.2

    package init() {}
  }

  package struct Sandbox: Hashable, Sendable {
    package enum Mode: String, CaseIterable, Hashable, Sendable {
      /// Where the system offers it.
      case auto
      /// A run without it is refused.
      case require
      /// Likewise, and it is this one.
      case bubblewrap, landlock
      case off
    }

    package var mode = Mode.auto
    package var network = true
    /// Paths that commands may read, and write, besides; absolute, or from `~/`.
    package var read: [String] = []
    package var write: [String] = []

    package init() {}
  }
}
