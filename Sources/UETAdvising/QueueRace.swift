/// When the queue was done with one setting, on the same days of the same worlds as with others.
struct QueuePlays {
  /// For each world its days.
  fileprivate(set) var ends: [[Double]]

  /// What may be expected in each world.
  var means: [Double] { ends.map(\.mean) }

  fileprivate mutating func add(_ days: [[Double]]) {
    for world in days.indices { ends[world] += days[world] }
  }

  /// Whether it surely takes longer than another by more than a part of what that takes: the mean
  /// of the differences of the same days lies beyond two of its standard errors.
  fileprivate func isSurelyWorse(than other: QueuePlays, by part: Double) -> Bool {
    let differences = zip(ends.joined(), other.ends.joined()).map { $0 - $1 }
    let error = (differences.variance / Double(differences.count)).squareRoot()
    return differences.mean - 2 * error > part * other.means.mean
  }
}

extension QueuePlays {
  /// What another setting gains over this one.
  ///
  /// The means of the worlds lie apart because these differ and by the luck of their days. What the
  /// luck makes of it is known from how the days of one world lie apart, and taken out (the
  /// components of variance of a one-way layout; H. Scheffé, "The Analysis of Variance", 1959):
  /// else what is surely better would look like a matter of luck.
  func gain(of other: QueuePlays) -> Interval {
    let gains = zip(ends, other.ends).map { zip($0, $1).map { $0 - $1 } }
    let means = gains.map(\.mean)
    let mean = means.mean
    let between = means.variance
    // Of the mean of one world, and of that of all.
    let luck = gains.map { $0.variance / Double(max(1, $0.count)) }.mean
    let rest = max(0, between - luck) + luck / Double(max(1, gains.count))
    let part = between > 0 ? min(1, (rest / between).squareRoot()) : 1
    return Interval(means.map { mean + ($0 - mean) * part })
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
      if let best = open.min(by: { $0.means.mean < $1.means.mean }) {
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
