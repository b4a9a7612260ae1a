import UETMergeQueue
import UETModel
import UETPlanning

/// A queue with the gates' times, red results and arrivals that were measured, to be played under
/// the same luck with other settings: on several days in each of several worlds, in which
/// candidates are red as often as may be behind what was measured.
struct QueueModel {
  let settings: PresentSettings
  /// How many candidates were decided on, and how many of them are not in.
  let decided: Int
  let red: Int
  /// Per candidate, what all gates of the queue took on one tree, in seconds.
  let gateSeconds: Double
  /// How many candidates come.
  let count: Int
  /// For each world its days.
  private let worlds: [[[QueuePlay.Change]]]

  private static let worldCount = 16
  /// Candidates times days: more take longer than anybody waits.
  private static let most = 1_600

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
      let arrivals = Self.arrivals(runs)
    else { return nil }
    gateSeconds = times.map(\.mean).reduce(0, +)
    let reds = runsOf.map { $0.count(where: \.isRed) }
    count = arrivals.count
    let days = max(2, min(trials, Self.most / count) / Self.worldCount)
    let all = decided
    let notIn = red
    worlds = (0..<Self.worldCount).map { world in
      var random = SearchRandom(seed: seed, part: UInt64(world))
      let failing = Self.chance(notIn, of: all, &random)
      return (0..<days).map { _ in
        arrivals.map { arrival in
          QueuePlay.Change(
            arrival: arrival, seconds: times.map { $0[random.below($0.count)] },
            red: random.fraction() < failing ? Self.place(reds, &random) : nil)
        }
      }
    }
  }

  /// Those of the latest run that has some, since how many are known already is a matter of how it
  /// is configured; else all.
  private static func verdicts(of gate: String, in runs: [MeasuredRun]) -> [MeasuredRun.GateRun] {
    let each = runs.map { $0.gates.filter { $0.isOfQueue && $0.gate == gate } }
    return each.last { $0.count >= GateAdvice.leastRuns } ?? Array(each.joined())
  }

  /// So many candidates show what a setting is worth; more take long to be played.
  private static let mostCandidates = 200

  /// Seconds since the first, of the latest run that has any.
  private static func arrivals(_ runs: [MeasuredRun]) -> [Double]? {
    guard let last = runs.last(where: { !$0.arrivals.isEmpty }) else { return nil }
    let sorted = last.arrivals.values.sorted().prefix(mostCandidates)
    return sorted.map { $0 - sorted[0] }
  }

  /// A chance that may be behind so many of so many: what a repetition would show.
  static func chance(_ red: Int, of all: Int, _ random: inout SearchRandom) -> Double {
    let usual = (Double(red) + 0.5) / Double(all + 1)
    let again = (0..<all).count { _ in random.fraction() < usual }
    return (Double(again) + 0.5) / Double(all + 1)
  }

  /// One of the gates, by how often each was red.
  private static func place(_ reds: [Int], _ random: inout SearchRandom) -> Int {
    var rest = random.below(max(1, reds.reduce(0, +)))
    for (place, count) in reds.enumerated() {
      if rest < count { return place }
      rest -= count
    }
    return 0
  }

  /// When the last candidate is decided on, in seconds since the first came: the mean of the days
  /// of each world.
  func ends(_ settings: PresentSettings) -> [Double] {
    let policy = QueuePolicy(settings)
    // The machine takes all that is in these worlds.
    return worlds.map { days in
      days.map { (try? QueuePlay.play($0, policy).end) ?? .infinity }.mean
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
