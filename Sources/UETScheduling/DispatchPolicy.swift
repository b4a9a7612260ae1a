import UETModel

/// How a run is dispatched, as the configuration recorded at its start says.
package struct DispatchPolicy: Hashable, Sendable {
  package struct Retry: Hashable, Sendable {
    package var maxAttempts = 3
    /// Seconds before the first attempt after a transient failure.
    package var initial = 1.0
    package var factor = 2.0
    /// The longest wait, in seconds.
    package var max = 60.0

    package init() {}
  }

  /// When a tool that fails again and again is left alone for a while.
  package struct Breaker: Hashable, Sendable {
    /// Faults of a tool in a row, across workstreams; 0 for never.
    package var failures = 5
    /// Seconds until one attempt tries it again; twice as many after each that fails.
    package var wait = 60.0
    /// What that grows to at most.
    package var longest = 900.0

    package init() {}
  }

  /// What may be spent, and what follows when it is.
  package struct Budget: Hashable, Sendable {
    package enum Mode: String, CaseIterable, Hashable, Sendable {
      /// It is said, and the run goes on with fewer workers.
      case warn
      /// Money is set aside for each attempt, and nothing starts without.
      case halt
      /// It is recorded, and nothing follows.
      case goOn
    }

    package var run: Money?
    package var perPhase: Money?
    package var perWorkstream: Money?
    /// Shares of a limit.
    package var warnAt = 0.8
    package var reduceAt = 0.9
    package var mode = Mode.halt

    package init() {}
  }

  /// What may be asked of a provider, or of one of its models; nil for no limit.
  package struct Rate: Hashable, Sendable {
    package var requestsPerMinute: Int?
    package var tokensPerMinute: Int?
    /// Attempts at once.
    package var concurrency: Int?
    /// Whether tokens that its cache held count as well.
    package var countsCached = true

    package init() {}
  }

  package enum AfterCrash: String, CaseIterable, Hashable, Sendable {
    case rerun, escalate
  }

  /// How many work at once, or at most.
  package var workers: Int
  /// How many workers there are at least, where they come when something can start and go when
  /// nothing can; nil where there are `workers` from the start.
  package var leastWorkers: Int?
  /// Whether a person has asked for a number of workers, who then neither come nor go.
  package var isPinned = false
  /// Seconds without work after which a worker goes, where they come and go.
  package var idle = 60.0
  package var retry = Retry()
  package var breaker = Breaker()
  package var budget = Budget()
  /// By name.
  package var rates: [String: Rate] = [:]
  /// What attempts and gates may use together; what is not named is not limited.
  package var resources = Resources()
  /// How often in a row a provider may tell a workstream to wait before that counts as its failure.
  package var maxWaits = 30
  /// The longest wait in seconds, as a provider asks for it, for which no other tool is taken.
  package var patience = 30.0
  package var afterCrash = AfterCrash.rerun
  /// A workstream that was under way in this many crashes of the orchestrator is set aside.
  package var maxCrashes = 10
  /// Seconds that a drain lets attempts go on.
  package var drain = 300.0
  /// Seconds within which a worker is made ready.
  package var stale = 300.0

  /// How many gates of waves run at once.
  package var waveSlots = 2
  /// How often one that gives no verdict is run before the run ends without it.
  package var waveTries = 3

  package init(workers: Int) { self.workers = workers }
}

extension DispatchPolicy.Retry {
  /// Seconds to wait after the `failures`-th transient failure in a row: exponential, with the
  /// upper half of it as jitter, so that those who failed together do not come back together.
  func delay(afterFailures failures: Int, salt: UInt64) -> Double {
    var seconds = initial
    for _ in 1..<Swift.max(failures, 1) where seconds < max { seconds *= factor }
    let fraction = Double(salt >> 11) / Double(UInt64(1) << 53)
    return Swift.min(seconds, max) * (0.5 + 0.5 * fraction)
  }

  /// A number that depends on nothing but what is recorded, so that a rebuilt machine waits as
  /// long.
  static func salt(_ run: RunID, _ id: WorkstreamID, attempt: Int) -> UInt64 {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for byte in [run.rawValue, id.rawValue, String(attempt)].joined(separator: "/").utf8 {
      hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3
    }
    hash = (hash ^ (hash >> 30)) &* 0xbf58_476d_1ce4_e5b9
    hash = (hash ^ (hash >> 27)) &* 0x94d0_49bb_1331_11eb
    return hash ^ (hash >> 31)
  }
}
