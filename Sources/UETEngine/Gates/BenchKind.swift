import UETGit
import UETModel
import UETPlanning
import UETSystem

/// Which gate a bench is for: what one of them built is good for another of the same kind.
struct BenchKind: Hashable, Sendable {
  let gate: Gate
  let key: String
  /// The folders that stay.
  let keep: [String]

  /// nil where the gate keeps nothing; `declared` is what a bundle adds to the environment.
  init?(_ context: Ground, _ gate: Gate, declaring declared: [String: String]) {
    let keep = gate.kept(besides: context.configuration.run.caches)
    if keep.isEmpty { return nil }
    let environment = GateEnvironment(context.project)
      .key(of: gate, on: .merges, declaring: declared)
    key = Repository.hashBlob(Array((keep + [environment]).joined(separator: "\n").utf8)).hex
    (self.gate, self.keep) = (gate, keep)
  }
}

extension Bench {
  /// The one that is best for a gate among those that are free; nil where there is none.
  static func take(_ context: Ground, _ kind: BenchKind) throws -> Bench? {
    for number in order(context, kind) {
      if let hold = try BenchHold(number, context.project) {
        return Bench(context: context, hold: hold, kind: kind)
      }
    }
    return nil
  }

  /// The next of the kind that is free, or can be had for it, but for those of these numbers.
  static func next(
    _ context: Ground, _ kind: BenchKind, besides taken: Set<Int>, ofItsOwn: Bool
  ) throws -> Bench? {
    for number in order(context, kind) where !taken.contains(number) {
      guard isOf(kind, number, context) == ofItsOwn,
        let hold = try BenchHold(number, context.project)
      else { continue }
      return Bench(context: context, hold: hold, kind: kind)
    }
    return nil
  }

  /// How many of the kind there are.
  static func count(_ context: Ground, _ kind: BenchKind) -> Int {
    (1...limit(context.configuration)).count { isOf(kind, $0, context) }
  }

  private static func isOf(_ kind: BenchKind, _ number: Int, _ context: Ground) -> Bool {
    let worktree = context.repository.worktree(at: context.project.bench(number))
    return worktree.flatMap { BenchMark(of: $0) }?.key == kind.key
  }

  /// So many as gates run at once, for each gate of the queue and each that builds.
  private static func limit(_ configuration: Configuration) -> Int {
    let building = configuration.gates.values.count { $0.warm && !$0.keep.isEmpty }
    return max(1, configuration.integration.slots)
      * max(1, configuration.integration.gates.count, building)
  }

  /// Numbers: the gate's own first, then those that are not made yet, then whichever was used
  /// longest ago.
  private static func order(_ context: Ground, _ kind: BenchKind) -> [Int] {
    let ranked = (1...limit(context.configuration)).map { number in
      let worktree = context.repository.worktree(at: context.project.bench(number))
      let mark = worktree.flatMap { BenchMark(of: $0) }
      let time = worktree.flatMap { Files.time(BenchMark.path($0)) }
      let rank = mark.map { $0.key == kind.key ? 0 : 2 } ?? 1
      return (rank, time ?? FileTime(seconds: 0, nanoseconds: 0), number)
    }
    // Of several of its own the last that was used is nearest to what comes.
    return ranked.sorted { left, right in
      if left.0 != right.0 { return left.0 < right.0 }
      if left.1 != right.1 { return left.0 == 0 ? left.1 > right.1 : left.1 < right.1 }
      return left.2 < right.2
    }.map(\.2)
  }
}

extension Gate {
  /// Whether what it builds stays for its next run, if it ends by itself.
  func builds(besides caches: [String]) -> Bool {
    isWarm && kept(besides: caches).contains { !BuildDescription.isInstalled($0) }
  }

  /// The folders that stay between its runs in one place. Compiled Python never does.
  func kept(besides caches: [String]) -> [String] {
    Set((keep + caches).compactMap { LocalFile($0)?.path })
      .filter { !$0.split(separator: "/").contains("__pycache__") }.sorted()
  }
}
