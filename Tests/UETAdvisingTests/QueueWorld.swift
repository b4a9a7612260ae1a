import UETAdvising
import UETMergeQueue
import UETModel
import UETTestSupport

/// A world in which candidates come to the queue: which are red, alone or with others, and what
/// gates take, is its own.
struct QueueWorld {
  let settings: PresentSettings
  let seed: UInt64
  private let count: Int
  private let gateSeconds: [Double]
  private let redChance: Double
  private let clashChance: Double
  /// Seconds between two arrivals, in the mean; 0 where all come at once.
  private let pause: Double
  private let spread: Double

  init(seed: UInt64) {
    self.seed = seed
    var random = SeededGenerator(seed: seed &+ 4242)
    count = Int.random(in: 10...24, using: &random)
    var settings = PresentSettings()
    settings.queueGates = random.oneIn(3) ? ["GATE_A", "GATE_B"] : ["GATE_A"]
    settings.slots = [1, 1, 2, 4].randomElement(using: &random) ?? 1
    settings.window = [1, 2, 4, 20].randomElement(using: &random) ?? 20
    settings.strategy =
      ["auto", "auto", "serial", "batch", "speculative"]
      .randomElement(using: &random) ?? "auto"
    settings.processors = 8
    self.settings = settings
    let scale = Double.random(in: 60...600, using: &random)
    gateSeconds = settings.queueGates.map { _ in scale * Double.random(in: 0.5...1, using: &random)
    }
    redChance = random.oneIn(3) ? 0 : Double.random(in: 0...0.2, using: &random)
    clashChance = random.oneIn(2) ? 0 : 0.02
    pause = random.oneIn(2) ? 0 : scale * Double.random(in: 0.1...1.5, using: &random)
    spread = Double.random(in: 0.05...0.4, using: &random)
  }

  private func luck(_ seed: UInt64) -> [QueuePlay.Change] {
    var random = SeededGenerator(seed: seed &* 104_729 &+ 7)
    var arrival = 0.0
    return (0..<count).map { number in
      if number > 0, pause > 0 { arrival += pause * Double.random(in: 0...2, using: &random) }
      let isClash = number > 3 && Double.random(in: 0..<1, using: &random) < clashChance
      return QueuePlay.Change(
        arrival: arrival,
        seconds: gateSeconds.map {
          $0 * (1 + spread * Double.random(in: -1.7...1.7, using: &random))
        },
        red: Double.random(in: 0..<1, using: &random) < redChance
          ? Int.random(in: 0..<gateSeconds.count, using: &random) : nil,
        clash: isClash ? Int.random(in: number - 3..<number, using: &random) : nil)
    }
  }

  /// What a run's record says of its queue.
  func history(luck seed: UInt64) throws -> MeasuredRun {
    let record = Record(RunID(startedAt: Timestamp(seconds: 0), salt: UInt16(seed % 1000)))
    _ = try QueuePlay.play(luck(seed), QueuePolicy(settings)) { record.run.take($0) }
    return record.run
  }

  private final class Record {
    var run: MeasuredRun

    init(_ run: RunID) { self.run = MeasuredRun(run: run) }
  }

  /// When the last is decided on, in the mean of days with other luck than any measured, and than
  /// that of other worlds.
  func mean(_ settings: PresentSettings, days: Range<UInt64>) throws -> Double {
    let policy = QueuePolicy(settings)
    let ends = try days.map {
      try QueuePlay.play(luck(seed &* 1_000_003 &+ 1_000_000 &+ $0), policy).end
    }
    return ends.reduce(0, +) / Double(ends.count)
  }
}
