import UETModel

/// What to test next where several candidates may be tested as one, and how much it is worth: the
/// judgement of `adaptive`, from what is believed of each.
///
/// A test of a beginning of the line integrates all of it when it is green. A test of candidates by
/// themselves (a probe) integrates nothing, but shows who is to blame without waiting for those
/// before them.
struct TestChoice: Sendable {
  /// A candidate in line, merged and not decided.
  struct Place: Sendable {
    /// The chance that it makes the line red.
    var doubt: Double
    /// A gate runs on it.
    var isRunning = false
  }

  let places: [Place]
  /// The chance that everything up to the place is green; 0 from one on that is known to be red.
  let survival: [Double]

  /// A beginning is worth a test as long as it is green with this chance.
  static var least: Double { 0.1 }
  /// The chance of green that tells most about a group of which nothing is known.
  static var even: Double { 0.55 }

  /// `redFrom` is the first place up to which everything is known to be red.
  init(_ places: [Place], redFrom: Int?) {
    self.places = places
    var chance = 1.0
    survival = places.enumerated().map { index, place in
      chance *= 1 - place.doubt
      return index >= redFrom ?? .max ? 0 : chance
    }
  }

  var isTested: Bool { places.contains(where: \.isRunning) }

  /// The first beginning to test: as long as it may be, and still likely green.
  func first(free: Int) -> Int? {
    guard !places.isEmpty, survival[0] > 0 else { return nil }
    if free >= places.count { return 0 }
    return survival.lastIndex { $0 >= Self.even } ?? 0
  }

  /// The further beginning that is worth most: by how many more it may integrate, and how likely it
  /// is to be the one that does.
  func next() -> Int? {
    var best: (worth: Double, place: Int)?
    var before = -1
    var after = places.indices.first { places[$0].isRunning }
    for place in places.indices {
      if places[place].isRunning {
        before = place
        after = places.indices.dropFirst(place + 1).first { places[$0].isRunning }
        continue
      }
      if survival[place] < Self.least { break }
      let alone = survival[place] - (after.map { survival[$0] } ?? 0)
      let worth = alone * Double(place - before)
      if worth > best?.worth ?? 0 { best = (worth, place) }
    }
    return best?.place
  }

  /// How many of which each is red with the chance `doubt` are best tested as one.
  static func groupSize(doubt: Double) -> Int {
    var (size, chance) = (0, 1 - doubt)
    while chance >= even, size < 64 {
      size += 1
      chance *= 1 - doubt
    }
    return max(size, 1)
  }
}
