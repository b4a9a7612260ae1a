import UETModel
import UETPlanning

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// How many can be at work before they slow each other down, from what the same work took in more
/// and in less company.
struct ContentionFit {
  /// One attempt with a result.
  private struct Observation {
    let id: WorkstreamID
    let run: Int
    let span: Range<Double>

    var seconds: Double { span.upperBound - span.lowerBound }
  }

  /// Observations of which each would have taken the same, but for company and luck.
  private struct Group {
    let places: [Int]
    /// By which each is measured, in seconds.
    let scales: [Double]
    /// For each capacity the sum of the squares of what remains in the logarithms.
    var misfits: [Double] = []
  }

  /// What may be the capacity; nil, where they never do, comes first.
  let capacities: [Double?]
  private let observations: [Observation]
  private var groups: [Group]
  /// For each capacity the speed of each observation.
  private let rates: [[Double]]

  /// By how much the logarithm of the likelihood has to grow, twice over.
  private static let evidence = 8.0
  /// With less freedom nothing can be told from luck.
  private static let leastFreedom = 6

  /// `estimates` in seconds: where work was done once only, they say what it should have taken.
  init(_ runs: [MeasuredRun], estimates: [WorkstreamID: Double]) {
    let observations = Self.observations(runs)
    self.observations = observations
    let spans = runs.map { run in
      run.attempts.values.joined().map { $0.start..<$0.start + $0.seconds }
    }
    let most = min(32, runs.map(\.workers).max() ?? 1)
    let tried = stride(from: 4, to: 4 * max(1, most), by: 1).map { Double($0) / 4 }
    capacities = [nil] + tried
    rates =
      [observations.map { _ in 1 }]
      + tried.map { capacity in
        let crowding = spans.map { Crowding($0, capacity: capacity) }
        return observations.map { crowding[$0.run].rate(in: $0.span) }
      }
    groups = Self.groups(observations, estimates)
    for place in groups.indices {
      groups[place].misfits = rates.map { Self.misfit(observations, groups[place], $0) }
    }
  }

  private static func observations(_ runs: [MeasuredRun]) -> [Observation] {
    runs.enumerated().flatMap { place, run in
      run.attempts.sorted { $0.key < $1.key }.flatMap { id, attempts in
        attempts.filter(\.hasResult).map {
          Observation(id: id, run: place, span: $0.start..<$0.start + $0.seconds)
        }
      }
    }
  }

  /// By workstream, or, where too little was done twice, all by their estimates.
  private static func groups(
    _ observations: [Observation], _ estimates: [WorkstreamID: Double]
  ) -> [Group] {
    var byID: [WorkstreamID: [Int]] = [:]
    for (place, each) in observations.enumerated() { byID[each.id, default: []].append(place) }
    let repeated = byID.sorted { $0.key < $1.key }.map(\.value).filter { $0.count > 1 }
    if repeated.reduce(0, { $0 + $1.count - 1 }) >= leastFreedom {
      return repeated.map { Group(places: $0, scales: $0.map { _ in 1 }) }
    }
    let estimated = observations.indices.filter { (estimates[observations[$0].id] ?? 0) > 0 }
    guard estimated.count > leastFreedom else { return [] }
    return [
      Group(places: estimated, scales: estimated.map { estimates[observations[$0].id] ?? 1 })
    ]
  }

  private static func misfit(
    _ observations: [Observation], _ group: Group, _ rates: [Double]
  ) -> Double {
    let logs = zip(group.places, group.scales).map { place, scale in
      log(observations[place].seconds * rates[place] / scale)
    }
    let mean = logs.mean
    return logs.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
  }

  /// The place of the likeliest capacity; with `random` as a repetition of all would have it.
  func likeliest(_ random: inout SearchRandom) -> Int {
    guard !groups.isEmpty else { return 0 }
    return likeliest(of: groups.indices.map { _ in random.below(groups.count) })
  }

  var likeliest: Int { likeliest(of: Array(groups.indices)) }

  private func likeliest(of chosen: [Int]) -> Int {
    let freedom = chosen.reduce(0) { $0 + groups[$1].places.count - 1 }
    guard freedom >= Self.leastFreedom else { return 0 }
    let sums = capacities.indices.map { place in
      chosen.reduce(0) { $0 + groups[$1].misfits[place] }
    }
    let best = sums.indices.min { sums[$0] < sums[$1] } ?? 0
    return Double(freedom) * log(sums[0] / max(sums[best], 1e-12)) > Self.evidence ? best : 0
  }

  /// For each workstream what its attempts with a result would have taken at full speed, in
  /// seconds, where that is the capacity.
  func alone(_ place: Int) -> [WorkstreamID: [Double]] {
    var alone: [WorkstreamID: [Double]] = [:]
    for (index, each) in observations.enumerated() {
      alone[each.id, default: []].append(each.seconds * rates[place][index])
    }
    return alone
  }
}
