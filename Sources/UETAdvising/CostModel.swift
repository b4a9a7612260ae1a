import UETModel
import UETPlanning

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// What the next run of a plan costs, from what its workstreams did.
struct CostModel {
  /// Sorted totals of trials, in US dollars.
  let totals: [Double]
  /// How many workstreams have a price.
  let known: Int
  /// Over how many repetitions the spread of one's cost was seen.
  let repetitions: Int

  /// The part of all runs that a budget is to cover.
  static let covered = 0.9
  private static let leastRepetitions = 8
  /// The spread of the logarithm of one's cost from run to run, where it was not seen.
  private static let assumedSpread = 0.4

  /// nil where nothing has a price.
  init?(_ runs: [MeasuredRun], _ ids: [WorkstreamID], trials: Int, seed: UInt64) {
    var costs: [WorkstreamID: [Double]] = [:]
    for run in runs {
      for (id, cost) in run.costs where cost > 0 { costs[id, default: []].append(cost) }
    }
    let measured = ids.compactMap { costs[$0] }
    guard !measured.isEmpty else { return nil }
    known = measured.count
    let deviations = measured.filter { $0.count > 1 }.flatMap { values -> [Double] in
      let logs = values.map { log($0) }
      let wider = (Double(logs.count) / Double(logs.count - 1)).squareRoot()
      return logs.map { ($0 - logs.mean) * wider }
    }
    let isSeen = deviations.count >= Self.leastRepetitions
    repetitions = isSeen ? deviations.count : 0
    let unknown = ids.count - measured.count
    let all = measured.map { (mean: $0.map { log($0) }.mean, count: Double($0.count)) }
    totals = (0..<max(1, trials)).map { trial in
      var random = SearchRandom(seed: seed, part: UInt64(trial))
      func luck() -> Double {
        isSeen
          ? deviations[random.below(deviations.count)]
          : Self.assumedSpread * Self.normal(&random)
      }
      var total = 0.0
      for each in all {
        // What was measured is itself one of the values that may come.
        total += exp(each.mean + luck() - luck() / each.count.squareRoot())
      }
      // Of what is not known any other stands in the place.
      for _ in 0..<unknown { total += exp(all[random.below(all.count)].mean + luck()) }
      return total
    }.sorted()
  }

  /// Nearly normal, of mean 0 and spread 1: twelve fractions.
  private static func normal(_ random: inout SearchRandom) -> Double {
    (0..<12).reduce(-6) { sum, _ in sum + random.fraction() }
  }

  /// What covers that part of the runs, rounded up to three digits that count, as far as they are
  /// printed: rounded down it would cover less.
  var budget: Double {
    let exact = totals.quantile(Self.covered)
    guard exact > 0 else { return 0 }
    let step = max(pow(10, log10(exact).rounded(.down) - 2), exact < 1 ? 0.0001 : 0.01)
    return (exact / step).rounded(.up) * step
  }

  /// The part of the runs that cost more.
  func chance(above budget: Double) -> Double {
    Double(totals.count { $0 > budget }) / Double(totals.count)
  }
}

/// Whether the budget covers the next run.
struct BudgetAdvice {
  private let costs: CostModel
  private let settings: PresentSettings
  private let runs: [MeasuredRun]

  init(_ costs: CostModel, _ settings: PresentSettings, _ runs: [MeasuredRun]) {
    (self.costs, self.settings, self.runs) = (costs, settings, runs)
  }

  func find() -> Finding {
    guard let limit = settings.budget else { return .silence("no budget is set") }
    let stopped = costs.chance(above: limit)
    let proposed = costs.budget
    guard stopped > 1 - CostModel.covered, proposed > limit else {
      return .silence(
        "\(Words.money(limit)) covers \(Words.percent(1 - stopped)) of the runs to come")
    }
    let rest = costs.chance(above: proposed)
    var evidence = [
      "\(Words.percent(stopped)) of the runs to come cost more than \(Words.money(limit))",
      costs.repetitions > 0
        ? "costs spread as \(costs.repetitions) repetitions of the same work did"
        : "how costs spread from run to run is assumed, for want of repetitions",
    ]
    let count = runs.count(where: \.wasStoppedByBudget)
    if count > 0 {
      evidence.insert(
        "\(count) of \(runs.count.counting("run")) was stopped by its budget", at: 0)
    }
    let gain = stopped - rest
    // As sure as so many trials are of a chance.
    let margin = 1.28 * (stopped * (1 - stopped) / Double(costs.totals.count)).squareRoot()
    return .advice(
      [
        Advice(
          kind: .budget, subject: "budget.max_cost_total", now: Words.money(limit),
          proposed: Words.money(proposed), unit: .chance,
          gain: Interval(mean: gain, low: gain - margin, high: gain + margin), whole: stopped,
          evidence: evidence,
          // In the repository's git configuration, where workers write, it would not count.
          steps: [".uet/config.yaml: budget: {max_cost_total: \(Words.plain(proposed))}"])
      ])
  }
}

extension Words {
  static func money(_ dollars: Double) -> String { "$" + plain(dollars) }

  /// Two decimals, or four of small amounts.
  static func plain(_ dollars: Double) -> String {
    let digits = dollars < 1 ? 4 : 2
    let scale = digits == 4 ? 10_000.0 : 100
    let parts = Int((dollars * scale).rounded())
    let rest = String(parts % Int(scale))
    return "\(parts / Int(scale))." + String(repeating: "0", count: digits - rest.utf8.count) + rest
  }
}
