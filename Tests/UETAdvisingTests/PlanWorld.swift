import UETAdvising
import UETModel
import UETTestSupport

/// A world in which runs happen: what work really takes, on a machine that may be too small, with
/// its own luck. It dispatches by itself, and knows nothing of how advice is found.
struct PlanWorld {
  struct Work {
    let id: WorkstreamID
    let dependsOn: [Int]
    /// What it takes at full speed, in the mean.
    let seconds: Double
    /// The area that its scope names whole, and whether it really writes what others there write.
    let area: Int?
    let isReallyShared: Bool
  }

  let work: [Work]
  let workers: Int
  let spread: Double
  let capacity: Double
  let failureChance: Double
  private let ranks: [Double]

  init(
    seed: UInt64, count: ClosedRange<Int> = 12...30, areas: Int = 0, isCrowded: Bool = false,
    workers: Int? = nil
  ) {
    var random = SeededGenerator(seed: seed)
    let count = Int.random(in: count, using: &random)
    let sharedAreas = (0..<areas).map { _ in random.oneIn(3) }
    let branching = Double.random(in: 0...0.5, using: &random)
    work = (0..<count).map { index in
      var before: [Int] = []
      if index > 0, Double.random(in: 0..<1, using: &random) < branching {
        before = [Int.random(in: max(0, index - 6)..<index, using: &random)]
      }
      let area = areas > 0 && !random.oneIn(3) ? Int.random(in: 0..<areas, using: &random) : nil
      return Work(
        id: Self.id(index), dependsOn: before,
        seconds: 60 * Double.random(in: 0.5...1, using: &random)
          * (random.oneIn(4) ? Double.random(in: 2...8, using: &random) : 1),
        area: area, isReallyShared: area.map { sharedAreas[$0] } ?? false)
    }
    self.workers = workers ?? Int.random(in: 1...8, using: &random)
    spread = Double.random(in: 0.05...0.25, using: &random)
    capacity = isCrowded ? Double.random(in: 1.5...5, using: &random) : .infinity
    failureChance = Double.random(in: 0...0.06, using: &random)
    ranks = Self.tails(work)
  }

  static func id(_ index: Int) -> WorkstreamID {
    let name = "ws-\(String(1000 + index).dropFirst())"
    guard let id = WorkstreamID(name) else { preconditionFailure(name) }
    return id
  }

  private static func tails(_ work: [Work]) -> [Double] {
    var tails = work.map(\.seconds)
    for index in work.indices.reversed() {
      for before in work[index].dependsOn {
        tails[before] = max(tails[before], work[before].seconds + tails[index])
      }
    }
    return tails
  }

  func pattern(_ area: Int) -> String { "area\(area)/**" }

  /// What the bundles say.
  func declared() throws -> [Workstream] {
    try work.enumerated().map { index, one in
      let scope = one.area.map(pattern) ?? "own\(index)/**"
      return Workstream(
        id: one.id, tasks: ["work"], tool: "shell",
        scope: Workstream.Scope(writes: [try ScopePattern(scope)]))
    }
  }

  /// The paths that a result changes.
  func changed(_ index: Int) -> [String] {
    let one = work[index]
    guard let area = one.area else { return ["own\(index)/a.txt"] }
    let own = ["area\(area)/part\(index)/a.txt", "area\(area)/part\(index)/b.txt"]
    return one.isReallyShared ? own + ["area\(area)/list.txt"] : own
  }

  /// The luck of one run: of each workstream what every try takes, and whether it fails.
  private func luck(_ seed: UInt64) -> [[(seconds: Double, fails: Bool)]] {
    var random = SeededGenerator(seed: seed &* 7919 &+ 13)
    return work.map { one in
      var tries: [(seconds: Double, fails: Bool)] = []
      repeat {
        // About normal, and a little skew: not what advice assumes.
        let normal = (0..<6).reduce(-3.0) { sum, _ in
          sum + Double.random(in: 0..<1, using: &random)
        }
        let factor = max(0.3, 1 + spread * normal * 1.4 + 0.1 * spread * normal * normal)
        let fails = tries.count < 2 && Double.random(in: 0..<1, using: &random) < failureChance
        tries.append((one.seconds * factor, fails))
      } while tries.last?.fails == true
      return tries
    }
  }

  /// One run; `narrowed` are areas in which scopes say what is really changed.
  func run(workers: Int, luck seed: UInt64, narrowed: Set<Int> = []) -> MeasuredRun {
    let luck = luck(seed)
    var result = MeasuredRun(
      run: RunID(startedAt: Timestamp(seconds: 0), salt: UInt16(seed % 1000)))
    (result.workers, result.firstStart) = (workers, 0)
    var tries = [Int](repeating: 0, count: work.count)
    var isDone = [Bool](repeating: false, count: work.count)
    var (now, running) = (0.0, [(index: Int, rest: Double, start: Double)]())
    let order = work.indices.sorted { (ranks[$0], $1) > (ranks[$1], $0) }
    var waiting = order
    while true {
      for index in waiting where running.count < workers {
        guard work[index].dependsOn.allSatisfy({ isDone[$0] }),
          !running.contains(where: { clash($0.index, index, narrowed) })
        else { continue }
        running.append((index, luck[index][tries[index]].seconds + 0.2, now))
        waiting.removeAll { $0 == index }
      }
      guard !running.isEmpty else { return result }
      let speed = min(1, capacity / Double(running.count))
      let step = running.map(\.rest).min() ?? 0
      now += step / speed
      for place in running.indices { running[place].rest -= step }
      for ended in running where ended.rest <= 1e-9 {
        let fails = luck[ended.index][tries[ended.index]].fails
        result.attempts[work[ended.index].id, default: []].append(
          MeasuredRun.Attempt(
            start: ended.start, end: now, hasResult: !fails, isFailure: fails))
        tries[ended.index] += 1
        if fails {
          waiting = order.filter { waiting.contains($0) || $0 == ended.index }
        } else {
          isDone[ended.index] = true
          result.changed[work[ended.index].id] = changed(ended.index)
        }
      }
      running.removeAll { $0.rest <= 1e-9 }
    }
  }

  private func clash(_ one: Int, _ other: Int, _ narrowed: Set<Int>) -> Bool {
    guard let area = work[one].area, work[other].area == area else { return false }
    return !narrowed.contains(area) || work[one].isReallyShared
  }

  /// What a run takes in the mean, of many with other luck than any that was measured.
  func mean(workers: Int, narrowed: Set<Int> = [], runs: UInt64 = 40) -> Double {
    let ends = (0..<runs).map { number -> Double in
      run(workers: workers, luck: 1_000_000 + number, narrowed: narrowed)
        .attempts.values.joined().map(\.end).max() ?? 0
    }
    return ends.reduce(0, +) / Double(runs)
  }

  func settings() -> PresentSettings {
    var settings = PresentSettings()
    settings.workers = workers
    settings.processors = 16
    return settings
  }

  func adviser(_ runs: [MeasuredRun]) throws -> Adviser {
    var adviser = Adviser(
      runs, workstreams: try declared(), dependencies: work.map(\.dependsOn), settings: settings())
    adviser.trials = 240
    return adviser
  }
}
