import UETGit
import UETModel
import UETSystem

/// What worktrees of attempts get of what gates built in benches.
///
/// Nothing that a worker had a hand in is ever given to another: a bench holds what set-up and
/// gates built by themselves.
actor BenchSeeds {
  /// By key, the gates that are under way on the run's base.
  private var builds: [String: Task<Void, Never>] = [:]
  private var built: Set<String> = []
  /// Who waits for a key, by a number of its own.
  private var waiters: [Int: (key: String, who: CheckedContinuation<Void, Never>)] = [:]
  private var last = 0
  /// One worktree at a time takes what stands in a bench; who waits for it.
  private var isPlanting = false
  private var next: [CheckedContinuation<Void, Never>] = []

  /// Brings to a worktree, a checkout of `commit`, what was built for it.
  func plant(
    _ kind: BenchKind, in worktree: WorktreeHandle, at commit: ObjectID, _ context: Ground
  ) async -> Planting {
    while isPlanting { await withCheckedContinuation { next.append($0) } }
    isPlanting = true
    defer {
      isPlanting = false
      if !next.isEmpty { next.removeFirst().resume() }
    }
    var tried: Set<Int> = []
    var outcome = Planting.none
    while let bench = try? Bench.next(context, kind, besides: tried, ofItsOwn: true) {
      defer { withExtendedLifetime(bench.hold) {} }
      tried.insert(bench.hold.number)
      do {
        guard let offer = try await bench.offer(for: commit) else { continue }
        outcome = try context.plant(offer, in: worktree, at: commit)
        if outcome.planted != nil { break }
      } catch {
        outcome = .refused("it cannot be brought: \(error)")
      }
    }
    return outcome
  }

  /// Has the gate build on the run's base in a bench, once in a run, so that it stands ready for
  /// those that come.
  func build(_ kind: BenchKind, declaring declared: [String: String], _ context: Ground) {
    guard builds[kind.key] == nil else { return }
    let log = "\(context.logs.folder)/base.\(kind.gate.name).log"
    let base = context.facts.base
    builds[kind.key] = Task {
      let bench = TestBench(context)
      let result = await bench.run(kind.gate, on: base, log: log, declaring: declared)
      await bench.close()
      if case .failed(let reason) = result.verdict {
        context.notes.once(
          "\(kind.gate.name) is red on the base itself, \(base.short): \(reason)"
            + context.logs.lastWords(log))
      }
      end(kind.key)
    }
  }

  /// Waits until what was begun for it is built; others go on waiting where this task is cancelled.
  func wait(for kind: BenchKind) async {
    guard builds[kind.key] != nil, !built.contains(kind.key) else { return }
    last += 1
    let number = last
    await withTaskCancellationHandler {
      await withCheckedContinuation { who in
        if Task.isCancelled { who.resume() } else { waiters[number] = (kind.key, who) }
      }
    } onCancel: {
      Task { await release { $0 == number } }
    }
  }

  private func end(_ key: String) {
    built.insert(key)
    release { waiters[$0]?.key == key }
  }

  private func release(_ isMeant: (Int) -> Bool) {
    for number in waiters.keys.filter(isMeant) { waiters.removeValue(forKey: number)?.who.resume() }
  }

  func close() async {
    for build in builds.values { build.cancel() }
    for build in builds.values { await build.value }
  }
}
