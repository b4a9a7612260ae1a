import Foundation
import UETGit
import UETLedger
import UETModel
import UETTestSupport

/// What one process does whose peak memory is of interest; each is a process of its own.
enum MemoryProbe: String, CaseIterable {
  /// Writes the ledger, hundred events a commit, packing included, and leaves it.
  case write
  case append, state, fold, verify
  /// Builds the cache.
  case rebuild
  /// Asks the cache that is there.
  case tail

  var title: String {
    switch self {
    case .write: "write all of it"
    case .append: "take the run, append one event"
    case .state: "the state, from a checkpoint"
    case .fold: "fold every event"
    case .verify: "verify"
    case .rebuild: "build the cache"
    case .tail: "the last 20 events, from the cache"
    }
  }
}

extension LedgerBenchmark {
  /// The peak memory of each at a number of events, and at ten times as many.
  func memory() async throws {
    let folder = TemporaryDirectory()
    let program = URL(fileURLWithPath: CommandLine.arguments[0]).path
    let counts = [events / 10, events]
    var peaks: [MemoryProbe: [Double]] = [:]
    for count in counts {
      let path = "\(folder.path)/\(count)"
      for probe in MemoryProbe.allCases {
        let child = GitProcess(
          [program, "\(count)", "probe", probe.rawValue, path], in: "/",
          environment: ["PATH": "/usr/local/bin:/usr/bin:/bin"])
        guard child.status == 0, let peak = Double(child.text.dropLast()) else {
          print("memory: \(probe.title): failed: \(child.errors)")
          return
        }
        peaks[probe, default: []].append(peak)
      }
    }
    for probe in MemoryProbe.allCases {
      guard let found = peaks[probe] else { continue }
      report(
        "peak memory: \(probe.title), \(counts[1]) events", found[1], "MB",
        String(format: "%d events %.3g MB, ratio %.2f", counts[0], found[0], found[1] / found[0]))
    }
  }

  /// One process of `memory`; prints its peak in megabytes.
  func probe(_ probe: MemoryProbe, at path: String) async throws {
    if probe == .write { try await writeLedger(at: path) }
    let repository = try Repository.open(discoveringFrom: path, environment: [:])
    let reader = LedgerReader(repository: repository)
    let cache = Cache(repository: repository)
    switch probe {
    case .write: break
    case .append:
      let writer = try LedgerWriter.open(
        in: repository, run: run,
        holder: SystemProcesses.current(since: start, nonce: "probe"), at: start,
        options: options(repository))
      try writer.append([EventDraft(.heartbeat)], at: start)
      try await writer.release()
    case .state: _ = try reader.state(of: run)
    case .fold:
      var state = RunState(run: run)
      try reader.events(of: run) { event in
        do { try state.apply(event) } catch { preconditionFailure("\(error)") }
      }
    case .verify:
      let report = try reader.verify(run)
      precondition(report.isSound)
    case .rebuild: _ = try cache.rebuild()
    case .tail:
      var query = EventQuery(run: run)
      query.tail = 20
      let last = try cache.events(query)
      precondition(last.count == 20)
    }
    cache.close()
    print(peakMegabytes)
  }

  private var run: RunID { RunID(startedAt: start, salt: 1) }

  private func options(_ repository: Repository) -> LedgerOptions {
    var options = LedgerOptions()
    options.git = SealedGit(
      repository: repository, environment: ["PATH": "/usr/local/bin:/usr/bin:/bin"])
    return options
  }

  /// A run whose state is as large at its end as at its start: 36 workstreams that report on their
  /// way.
  private func writeLedger(at path: String) async throws {
    let environment = TestRepository.environment(home: path)
    for words in [
      ["init", "-q", path], ["-C", path, "commit", "-q", "--allow-empty", "-m", "base"],
    ] {
      precondition(GitProcess(["git"] + words, in: "/", environment: environment).status == 0)
    }
    let repository = try Repository.open(discoveringFrom: path, environment: environment)
    let ids = (1...36).compactMap { WorkstreamID("ws-\($0)") }
    let list = ids.map { id -> JSONValue in ["id": .string(id.rawValue)] }
    let writer = try LedgerWriter.create(
      in: repository, run: run,
      root: RootRecord(base: try repository.resolve("HEAD"), programVersion: "bench"),
      holder: SystemProcesses.current(since: start, nonce: "bench"),
      events: [EventDraft(.runStarted, data: JSONObject([.workstreams: .array(list)]))],
      at: start, options: options(repository)
    ).writer
    for id in ids {
      try writer.append(
        [
          EventDraft(.taskReady, workstream: id),
          EventDraft(.taskAssigned, workstream: id, attempt: 1, worker: "w1"),
          EventDraft(.taskStarted, workstream: id, attempt: 1, worker: "w1"),
        ], at: start)
    }
    for index in 0..<max(0, events - 3 * ids.count - 1) {
      let at = start.advanced(bySeconds: Double(index) / 100)
      let draft = EventDraft(
        .taskProgress, workstream: ids[index % ids.count], attempt: 1,
        data: ["percent": .integer(Int64(index % 100)), "message": "writing tests"])
      try writer.append([draft], at: at)
      if index % 100 == 99 { try await writer.flush() }
    }
    try await writer.release()
  }

  private var peakMegabytes: Double {
    let text = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
    let line = text.split(separator: "\n").first { $0.hasPrefix("VmHWM:") } ?? ""
    let number = line.split(separator: " ").compactMap { Double($0) }.first
    return ((number ?? 0) / 1024 * 10).rounded() / 10
  }
}
