#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// When the queue was done with one setting, on the same days of the same worlds as with others.
struct QueuePlays {
  /// For each world its days.
  fileprivate(set) var ends: [[Double]]

  /// What may be expected in each world.
  var means: [Double] { ends.map(\.mean) }

  fileprivate mutating func add(_ days: [[Double]]) {
    for world in days.indices { ends[world] += days[world] }
  }

  /// What part of another's time it takes: the geometric mean of the worlds', so that each counts
  /// alike. Else those in which much is red and all takes long would decide for the others.
  func part(of other: QueuePlays) -> Double {
    exp(zip(means, other.means).map { log(Self.least($0)) - log(Self.least($1)) }.mean)
  }

  /// Where nothing takes any time a part of it is still a number.
  private static func least(_ seconds: Double) -> Double { max(seconds, 1e-6) }

  /// Whether it surely takes longer than another by more than a part of what that takes: the mean
  /// of the logarithms' differences lies beyond two of its standard errors, which are those of what
  /// each day adds to it (the delta method).
  fileprivate func isSurelyWorse(than other: QueuePlays, by part: Double) -> Bool {
    let differences = zip(ends, other.ends).flatMap { own, others in
      let (mean, otherMean) = (Self.least(own.mean), Self.least(others.mean))
      return zip(own, others).map { log(mean / otherMean) + $0 / mean - $1 / otherMean }
    }
    let error = (differences.variance / Double(differences.count)).squareRoot()
    return differences.mean - 2 * error > log(1 + part)
  }
}

extension QueuePlays {
  /// What another setting gains over this one, in seconds, in each world.
  ///
  /// The means of the worlds lie apart because these differ and by the luck of their days. What the
  /// luck makes of it is known from how the days of one world lie apart, and taken out (the
  /// components of variance of a one-way layout; H. Scheffé, "The Analysis of Variance", 1959):
  /// else what is surely better would look like a matter of luck.
  func gains(of other: QueuePlays) -> [Double] {
    let gains = zip(ends, other.ends).map { zip($0, $1).map { $0 - $1 } }
    let means = gains.map(\.mean)
    let mean = means.mean
    let between = means.variance
    // Of the mean of one world, and of that of all.
    let luck = gains.map { $0.variance / Double(max(1, $0.count)) }.mean
    let rest = max(0, between - luck) + luck / Double(max(1, gains.count))
    let part = between > 0 ? min(1, (rest / between).squareRoot()) : 1
    return means.map { mean + ($0 - mean) * part }
  }
}

/// Settings that are played on the same days: all of them on a few, on the further ones those that
/// may still be about as good as the best.
enum QueueRace {
  private static let firstDays = 2

  /// Of each setting its plays; nil of those that dropped out. The first never does.
  static func results(_ settings: [PresentSettings], _ model: QueueModel) -> [QueuePlays?] {
    var plays = settings.map {
      Optional(QueuePlays(ends: model.ends($0, days: 0..<Self.firstDays)))
    }
    var played = Self.firstDays
    while true {
      let open = plays.compactMap(\.self)
      if let best = open.min(by: { $0.part(of: $1) < 1 }) {
        for place in plays.indices.dropFirst()
        where plays[place]?.isSurelyWorse(than: best, by: WorkersAdvice.slack) == true {
          plays[place] = nil
        }
      }
      let next = min(model.days, 2 * played)
      guard next > played else { return plays }
      for place in plays.indices where plays[place] != nil {
        plays[place]?.add(model.ends(settings[place], days: played..<next))
      }
      played = next
    }
  }
}
