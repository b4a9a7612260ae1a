import UETMergeQueue
import UETModel
import UETPlanning

/// A queue with the gates' times, red results and pauses between arrivals that were measured, to be
/// played under the same luck with other settings: on several days in each of several worlds, in
/// which candidates are red as often as may be behind what was measured, each world as likely as
/// another.
struct QueueModel {
  let settings: PresentSettings
  /// How many candidates were decided on, and how many of them are not in.
  let decided: Int
  let red: Int
  /// Per candidate, what all gates of the queue took on one tree, in seconds.
  let gateSeconds: Double
  /// How many candidates come.
  let count: Int
  /// How many days are played of each world at most.
  let days: Int
  /// For each gate, what it took.
  private let times: [[Double]]
  /// How often each gate was red.
  private let reds: [Int]
  /// Seconds between two candidates, as they came in all runs.
  private let pauses: [Double]
  /// For each world, the part of the candidates that are red.
  private let chances: [Double]
  private let seed: UInt64

  private static let worldCount = 16
  /// Candidates times days of all worlds: more take longer than anybody waits.
  private static let most = 3_200

  /// nil where the queue was not measured.
  init?(_ runs: [MeasuredRun], _ settings: PresentSettings, trials: Int, seed: UInt64) {
    self.settings = settings
    let names = settings.queueGates
    let runsOf = names.map { Self.verdicts(of: $0, in: runs) }
    // What is known already takes no time.
    let times = runsOf.map { $0.map { $0.seconds ?? 0 } }
    let decisions = runs.flatMap { run in run.decisions.sorted { $0.key < $1.key }.map(\.value) }
    (decided, red) = (decisions.count, decisions.count { !$0 })
    guard !names.isEmpty, times.allSatisfy({ !$0.isEmpty }), !decisions.isEmpty,
      let last = runs.last(where: { !$0.arrivals.isEmpty })
    else { return nil }
    gateSeconds = times.map(\.mean).reduce(0, +)
    reds = runsOf.map { $0.count(where: \.isRed) }
    count = min(last.arrivals.count, Self.mostCandidates)
    days = max(2, min(trials, Self.most / count) / Self.worldCount)
    let share = Share(red, of: decided)
    chances = (0..<Self.worldCount).map {
      share.quantile((Double($0) + 0.5) / Double(Self.worldCount))
    }
    let pauses = runs.flatMap { run in
      let sorted = run.arrivals.values.sorted()
      return zip(sorted, sorted.dropFirst()).map { $1 - $0 }
    }
    self.pauses = pauses.isEmpty ? [0] : pauses
    (self.times, self.seed) = (times, seed)
  }

  /// Those of the latest run that has some, since how many are known already is a matter of how it
  /// is configured; else all.
  private static func verdicts(of gate: String, in runs: [MeasuredRun]) -> [MeasuredRun.GateRun] {
    let each = runs.map { $0.gates.filter { $0.isOfQueue && $0.gate == gate } }
    return each.last { $0.count >= GateAdvice.leastRuns } ?? Array(each.joined())
  }

  /// So many candidates show what a setting is worth; more take long to be played.
  private static let mostCandidates = 200

  /// One of the gates, by how often each was red.
  private static func place(_ reds: [Int], _ random: inout SearchRandom) -> Int {
    var rest = random.below(max(1, reds.reduce(0, +)))
    for (place, count) in reds.enumerated() {
      if rest < count { return place }
      rest -= count
    }
    return 0
  }

  private func day(_ number: Int, of world: Int) -> [QueuePlay.Change] {
    var random = SearchRandom(seed: seed, part: UInt64(number * Self.worldCount + world))
    var arrival = 0.0
    return (0..<count).map { number in
      if number > 0 { arrival += pauses[random.below(pauses.count)] }
      return QueuePlay.Change(
        arrival: arrival, seconds: times.map { $0[random.below($0.count)] },
        red: random.fraction() < chances[world] ? Self.place(reds, &random) : nil)
    }
  }

  /// When the last candidate is decided on, in seconds since the first came, on some days of each
  /// world.
  func ends(_ settings: PresentSettings, days: Range<Int>) -> [[Double]] {
    let policy = QueuePolicy(settings)
    // The machine takes all that is in these worlds.
    return (0..<Self.worldCount).map { world in
      days.map { (try? QueuePlay.play(day($0, of: world), policy).end) ?? .infinity }
    }
  }
}

extension QueuePolicy {
  /// The queue's settings, without what no advice is about.
  package init(_ settings: PresentSettings) {
    self.init()
    strategy = Strategy(rawValue: settings.strategy) ?? .auto
    slots = max(1, settings.slots)
    window = max(1, settings.window)
    gates = settings.queueGates.map {
      QueueGate(name: $0, key: $0, isAskedTwice: settings.confirms)
    }
  }
}
