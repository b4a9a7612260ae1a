import Foundation
import Synchronization
import UETGit
import UETLedger
import UETModel
import UETTestSupport

/// Makes each system call of one operation fail in turn, and looks after each: nothing that was
/// acknowledged is lost, nothing is half there, and the next try goes on.
///
/// Prints a line for each number: what the operation said, and `BAD` with the reason where a
/// promise was broken.
struct FaultWalk {
  private let library: FaultLibrary
  private let repository: Repository
  private let run = RunID(startedAt: Storm.start, salt: 0xfa17)
  private let error: Int32
  private let stays: Bool
  private let notices = Notices()

  /// What the writer said beside its results.
  private final class Notices: Sendable {
    private let list = Mutex<[String]>([])

    func add(_ text: String) { list.withLock { $0.append(text) } }

    func take() -> [String] {
      list.withLock { list in
        defer { list = [] }
        return list
      }
    }
  }

  /// `kind` is `ENOSPC` or `EIO`, with `-stays` where all later calls fail as well.
  init?(_ library: FaultLibrary, repository path: String, kind: String) async throws {
    guard let name = kind.split(separator: "-").first,
      let number = ["ENOSPC": ENOSPC, "EIO": EIO][String(name)]
    else { return nil }
    self.library = library
    error = number
    stays = kind.hasSuffix("-stays")
    Repository.enableFsync()
    repository = try Repository.open(discoveringFrom: path, environment: [:])
  }

  private var reader: LedgerReader { LedgerReader(repository: repository) }

  private func options(child number: Int = 0) -> LedgerOptions {
    var environment = ProcessInfo.processInfo.environment
    if number > 0 {
      environment["UET_FAULT"] =
        "\(error):\(number):\(stays ? 1 : 0):\(repository.commonDirectory)"
    }
    var options = LedgerOptions()
    options.git = SealedGit(repository: repository, environment: environment)
    options.processes = Alone()
    let notices = notices
    options.notice = { notices.add("\($0)") }
    return options
  }

  private var holder: Holder {
    SystemProcesses.current(since: Storm.start, nonce: "\(UInt64.random(in: 0...UInt64.max))")
  }

  private func open(child number: Int = 0) throws(LedgerError) -> LedgerWriter {
    try LedgerWriter.open(
      in: repository, run: run, holder: holder, at: Storm.start, takingOver: true,
      options: options(child: number))
  }

  private func create(_ run: RunID) throws -> LedgerWriter {
    try LedgerWriter.create(
      in: repository, run: run,
      root: RootRecord(base: try repository.resolve("HEAD"), programVersion: "faults"),
      holder: holder, at: Storm.start, options: options()
    ).writer
  }

  /// Every `step`th call from the given one on.
  func run(_ part: String, from first: Int, by step: Int) async throws {
    var writer = try create(run)
    var last = 0
    let clock = ContinuousClock()
    for number in stride(from: first, to: 2000, by: step) {
      let begin = clock.now
      if writer.state == nil || number % 50 == 0 { writer = try open() }
      for _ in 0..<(part.hasPrefix("pack") ? 4 : 0) { last = try await write(1, to: writer, last) }
      let outcome = Outcome()
      let fired: Bool
      if part == "pack-child" {
        writer = try open(child: number)
        await writer.pack()
        // The child does not tell whether a call failed: beyond its last one none does.
        for notice in notices.take() { say(notice, outcome) }
        fired = number < Self.childCalls
      } else {
        let writer = writer
        fired = await library.failing(
          number, below: repository.commonDirectory, with: error, stays: stays
        ) {
          await perform(part, writer, last, number, outcome)
        }
        for notice in notices.take() { say(notice, outcome) }
      }
      (writer, last) = try await settle(writer, last, outcome)
      if begin.duration(to: clock.now) > Self.patience { outcome.add("BAD it took too long") }
      Storm.say("\(part) \(number) \(outcome.text)")
      guard fired else { break }
    }
    Storm.say("done")
  }

  /// Nothing may hang where a disk fails.
  private static let patience = Duration.seconds(8)
  /// More than the calls of a child that makes one small pack.
  private static let childCalls = 16

  private func say(_ text: String, _ outcome: Outcome) { outcome.add("said \(text)") }

  /// What one step came to.
  final class Outcome: Sendable {
    private let parts = Mutex<[String]>([])
    var text: String {
      parts.withLock { $0.isEmpty ? "ok" : $0.joined(separator: "; ") }
    }

    func add(_ part: String) { parts.withLock { $0.append(part) } }
  }

  /// The operation whose calls fail.
  private func perform(
    _ part: String, _ writer: LedgerWriter, _ last: Int, _ number: Int, _ outcome: Outcome
  ) async {
    do {
      switch part {
      case "append": _ = try await write(1, to: writer, last)
      case "many":
        for number in 0..<20 { try writer.attach("\(number).log", Array("\(number)".utf8)) }
        _ = try await write(1, to: writer, last)
      case "checkpoint": _ = try await write(1, to: writer, last, seconds: 31)
      case "claim": _ = try open()
      case "create": _ = try create(RunID(startedAt: Storm.start, salt: UInt16(number)))
      case "pack": await writer.pack()
      case "cache":
        let cache = Cache(repository: repository)
        let found = try cache.events(EventQuery(run: run)).count
        if found != last { outcome.add("BAD the cache has \(found) of \(last)") }
        cache.close()
      default: outcome.add("BAD no such part")
      }
    } catch {
      outcome.add("failed: \(error)")
    }
  }

  /// Writes events and gives the last sequence number that is durable.
  private func write(
    _ count: Int, to writer: LedgerWriter, _ last: Int, seconds: Double = 0
  ) async throws -> Int {
    let time = (writer.state?.updatedAt ?? Storm.start).advanced(bySeconds: seconds)
    for _ in 0..<count { try writer.append([EventDraft(.heartbeat)], at: time) }
    try await writer.flush()
    return writer.state?.sequence ?? last
  }

  /// With the disk well again: what was staged is written, or the chain is taken anew, and all is
  /// there.
  private func settle(
    _ before: LedgerWriter, _ last: Int, _ outcome: Outcome
  ) async throws -> (LedgerWriter, Int) {
    var writer = before
    do { try await writer.flush() } catch {
      outcome.add("stopped: \(error)")
      writer = try open()
    }
    do {
      let now = try await write(1, to: writer, last)
      let report = try reader.verify(run)
      if !report.problems.isEmpty { outcome.add("BAD \(report.problems)") }
      if report.events != now || now < last {
        outcome.add("BAD \(report.events) events, not \(now)")
      }
      return (writer, now)
    } catch LedgerError.fenced {
      // A claim that was said to have failed, or made on purpose, has taken the chain.
      writer = try open()
      return (writer, try await write(1, to: writer, last))
    }
  }
}

/// Processes as they are, but that nobody else writes to the repository: a lock is a left one.
private struct Alone: ProcessTable {
  func liveness(of holder: Holder) -> Liveness { SystemProcesses().liveness(of: holder) }

  func evidenceOfDeadOwner(lock path: String) -> String? { "nobody else writes here" }
}
