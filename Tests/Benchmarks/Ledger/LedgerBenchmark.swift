import Foundation
import UETGit
import UETLedger
import UETModel
import UETTestSupport

/// Measures the ledger beside the floor that the disk sets, in the same run.
struct LedgerBenchmark {
  let events: Int
  let start = Timestamp(seconds: 1_795_224_655)

  func run(only names: Set<String>) async throws {
    let all: [(String, () async throws -> Void)] = [
      ("floors", floors), ("stage", stage), ("rebuild", rebuild), ("nosync", unsynced),
      ("size", size), ("memory", memory), ("notes", notes), ("million", million),
      // From here on everything this process writes is synced.
      ("lone", lone), ("group", group),
    ]
    // A million events take minutes: only where they are asked for.
    for (name, body) in all where names.contains(name) || (names.isEmpty && name != "million") {
      try await body()
    }
  }

  func seconds(_ body: () async throws -> Void) async rethrows -> Double {
    let clock = ContinuousClock()
    let elapsed = try await clock.measure { try await body() }
    return Double(elapsed.components.seconds) + Double(elapsed.components.attoseconds) / 1e18
  }

  /// Seconds of processor time that this process (0 to the system) has used: what a busy machine
  /// does not change much.
  var processorSeconds: Double {
    var usage = rusage()
    getrusage(0, &usage)
    func seconds(_ time: timeval) -> Double { Double(time.tv_sec) + Double(time.tv_usec) / 1e6 }
    return seconds(usage.ru_utime) + seconds(usage.ru_stime)
  }

  func report(_ name: String, _ value: Double, _ unit: String, _ note: String = "") {
    let number = value >= 100 ? String(Int(value.rounded())) : String(format: "%.3g", value)
    print("\(name): \(number) \(unit)\(note.isEmpty ? "" : " (\(note))")")
  }

  /// A repository with a run in it, whose writer packs what is loose.
  func ledger(
    run: UInt16 = 1, packs: Bool = true
  ) throws -> (test: TestRepository, repository: Repository, writer: LedgerWriter, walk: RandomRun)
  {
    let test = TestRepository()
    let base = test.commit("base", ["a.txt": "a\n"])
    let repository = try Repository.open(
      discoveringFrom: test.path, environment: test.environment)
    let id = RunID(startedAt: start, salt: run)
    var walk = RandomRun(run: id, seed: 1, workstreams: 36, commits: [base], start: start)
    walk.drawsRarities = false
    var options = LedgerOptions()
    if packs { options.git = SealedGit(repository: repository, environment: test.environment) }
    let writer = try LedgerWriter.create(
      in: repository, run: id, root: RootRecord(base: base, programVersion: "bench"),
      holder: SystemProcesses.current(since: start, nonce: "bench"), events: [walk.next().draft],
      at: start, options: options
    ).writer
    return (test, repository, writer, walk)
  }

  func stage() async throws {
    var (test, _, writer, walk) = try ledger()
    defer { withExtendedLifetime(test) {} }
    let drafts = walk.drafts(events)
    let time = try await seconds {
      for (draft, at) in drafts { try writer.append([draft], at: at) }
    }
    report("stage in memory", Double(events) / time, "events/s", "\(events) events")
  }

  func rebuild() async throws {
    var (test, repository, writer, walk) = try ledger(packs: false)
    defer { withExtendedLifetime(test) {} }
    var left = events
    let time = try await seconds {
      while left > 0 {
        for (draft, at) in walk.drafts(min(10, left)) { try writer.append([draft], at: at) }
        left -= 10
        try await writer.flush()
      }
    }
    report("write without sync, 10 a commit", Double(events) / time, "events/s")
    let reader = LedgerReader(repository: repository)
    let fold = try await seconds {
      var state = RunState(run: writer.run)
      try reader.events(of: writer.run) { event in
        do { try state.apply(event) } catch { preconditionFailure("\(error)") }
      }
    }
    report("fold all events, loose", fold, "s")
    for form in ["loose", "packed"] {
      if form == "packed" { test.git("gc", "-q") }
      let cache = Cache(repository: repository)
      let before = processorSeconds
      let built = try await seconds { _ = try cache.rebuild() }
      let used = processorSeconds - before
      report(
        "cache rebuild, \(form)", built, "s", String(format: "%.3g s of processor time", used))
      try await queries(cache, writer.run)
      cache.close()
      let reopened = Cache(repository: repository)
      report("open and list runs", try await seconds { _ = try reopened.runs() } * 1e3, "ms")
      let state = try await seconds { _ = try reader.state(of: writer.run) }
      report("state from the chain", state * 1e3, "ms")
    }
  }

  func queries(_ cache: Cache, _ run: RunID) async throws {
    var query = EventQuery(run: run)
    query.tail = 20
    var typed = query
    typed.types = [.taskCompleted, .taskFailed]
    var one = query
    one.workstream = WorkstreamID("ws-1")
    var both = one
    both.types = [.taskFailed, .landed]
    var everywhere = query
    everywhere.run = nil
    for (name, body) in [
      ("runs", { _ = try cache.runs() }),
      ("state, as 'status' asks", { _ = try cache.state(of: run) }),
      ("cost", { _ = try cache.cost(of: run) }), ("tail 20", { _ = try cache.events(query) }),
      ("tail 20 of all runs", { _ = try cache.events(everywhere) }),
      ("tail 20 of two types", { _ = try cache.events(typed) }),
      ("tail 20 of a workstream", { _ = try cache.events(one) }),
      ("tail 20 of two types of a workstream", { _ = try cache.events(both) }),
    ] as [(String, () throws -> Void)] {
      try body()
      var times: [Double] = []
      for _ in 0..<20 { times.append(try await seconds { try body() }) }
      times.sort()
      report("query: \(name)", times[10] * 1e3, "ms", "median; limit 5 ms")
    }
  }

  func unsynced() async throws {
    try await produce("8 producers, 100 in flight, no sync", "50,000", events: events)
  }

  func group() async throws {
    Repository.enableFsync()
    try await produce("8 producers, 100 in flight, synced", "20,000", events: min(events, 40_000))
  }

  /// Eight producers that each keep 100 events waiting for durability.
  func produce(_ name: String, _ target: String, events: Int) async throws {
    let (test, _, writer, _) = try ledger()
    defer { withExtendedLifetime(test) {} }
    let start = self.start
    var waits: [Double] = []
    let time = try await seconds {
      try await withThrowingTaskGroup(of: [Double].self) { group in
        for producer in 0..<800 {
          group.addTask {
            var waits: [Double] = []
            let clock = ContinuousClock()
            for index in 0..<max(1, events / 800) {
              let begin = clock.now
              try writer.append(
                [
                  EventDraft(
                    .taskProgress, workstream: WorkstreamID("ws-\(producer % 36 + 1)"), attempt: 1,
                    data: ["percent": .integer(Int64(index % 100)), "message": "writing tests"])
                ], at: start)
              try await writer.flush()
              let waited = begin.duration(to: clock.now)
              waits.append(Double(waited.components.attoseconds) / 1e15)
            }
            return waits
          }
        }
        for try await some in group { waits += some }
      }
    }
    waits.sort()
    report(name, Double(waits.count) / time, "events/s", "target \(target)")
    report(
      "  each durable after", waits[waits.count / 2], "ms",
      String(format: "99th percentile %.3g ms, limit 50", waits[waits.count * 99 / 100]))
  }
}
