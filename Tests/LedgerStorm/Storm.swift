import Foundation
import Synchronization
import UETGit
import UETLedger
import UETModel
import UETTestSupport

/// Writes events to one chain from several tasks at once.
struct Storm {
  private let path: String
  private let run: RunID
  private let name: String
  private let count: Int
  private let producers: Int
  private let seed: UInt64
  /// Packs after so many events of the first producer; 0 packs only when the writer does by itself.
  private var packEvery = 0
  /// Files that go with each event.
  private var files = 0
  private var crash: (point: CrashPoint, number: Int)?

  static let start = Timestamp(seconds: 1_795_224_655)

  init?(_ words: [String]) {
    guard words.count >= 7, let run = RunID(words[2]), let count = Int(words[4]),
      let producers = Int(words[5]), let seed = UInt64(words[6])
    else { return nil }
    (path, self.run, name) = (words[1], run, words[3])
    (self.count, self.producers, self.seed) = (count, producers, seed)
    for word in words.dropFirst(7) {
      let parts = word.split(separator: "=").map(String.init)
      switch parts.first {
      case "pack": packEvery = Int(parts[1]) ?? 0
      case "files": files = Int(parts[1]) ?? 0
      case "crash":
        let fields = parts[1].split(separator: ":")
        guard let point = CrashPoint(rawValue: String(fields[0])), let number = Int(fields[1])
        else { return nil }
        crash = (point, number)
      default: return nil
      }
    }
  }

  func run() async throws {
    Repository.enableFsync()
    let writer = try open()
    Self.say("open \(writer.epoch)")
    try await withThrowingTaskGroup(of: Void.self) { group in
      for producer in 0..<producers {
        group.addTask { try await produce(producer, writer) }
      }
      try await group.waitForAll()
    }
    try await writer.release()
    Self.say("done")
  }

  private func produce(_ producer: Int, _ writer: LedgerWriter) async throws {
    for index in 0..<(count / producers) {
      let events = try writer.append(
        [EventDraft(.heartbeat, worker: "w\(producer)", data: ["n": .integer(Int64(index))])],
        at: Self.start)
      for file in 0..<files {
        try writer.attach(
          "\(producer).\(index).\(file)", Array("\(producer) \(index) \(file)".utf8))
      }
      try await writer.flush()
      for event in events { Self.say("\(event.seq)") }
      if producer == 0, packEvery > 0, index % packEvery == packEvery - 1 { await writer.pack() }
    }
  }

  private func open() throws -> LedgerWriter {
    let environment = ProcessInfo.processInfo.environment
    let repository = try Repository.open(discoveringFrom: path, environment: [:])
    let holder = SystemProcesses.current(since: Self.start, nonce: "\(seed)")
    var options = LedgerOptions()
    options.git = SealedGit(repository: repository, environment: environment)
    if let crash { options.reached = Self.killer(crash.point, crash.number) }
    if try repository.reference(LedgerNames.standard.chain(run, name)) == nil {
      return try LedgerWriter.create(
        in: repository, run: run, writer: name,
        root: RootRecord(base: try repository.resolve("HEAD"), programVersion: "storm"),
        holder: holder, at: Self.start, options: options
      ).writer
    }
    return try LedgerWriter.open(
      in: repository, run: run, writer: name, holder: holder, at: Self.start, options: options)
  }

  /// Ends the process when the crash point is reached for the given time.
  private static func killer(
    _ point: CrashPoint, _ number: Int
  ) -> @Sendable (CrashPoint) -> Void {
    let counter = Counter()
    return { reached in
      if reached == point, counter.next() == number { kill(getpid(), SIGKILL) }
    }
  }

  /// One line at once, past any buffer.
  static func say(_ text: String) {
    let bytes = Array((text + "\n").utf8)
    _ = write(1, bytes, bytes.count)
  }
}

/// Counts from 1.
final class Counter: Sendable {
  private let value = Mutex(0)

  func next() -> Int {
    value.withLock {
      $0 += 1
      return $0
    }
  }
}
