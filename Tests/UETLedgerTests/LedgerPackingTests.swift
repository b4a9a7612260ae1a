import Foundation
import Synchronization
import Testing
import UETGit
import UETModel
import UETSystem
import UETTestSupport

@testable import UETLedger

@Suite struct LedgerPackingTests {
  func ledger(
    isInMemory: Bool = false, _ configure: (inout LedgerOptions) -> Void = { _ in }
  ) throws -> Ledger {
    var ledger = try Ledger(isInMemory: isInMemory)
    ledger.options.git = SealedGit(
      repository: ledger.repository, environment: ledger.test.environment)
    configure(&ledger.options)
    return ledger
  }

  /// Files that packing must not leave: marks, halves of packs, private folders.
  static func leftovers(_ ledger: Ledger) -> [String] {
    let common = ledger.repository.commonDirectory
    let packs = Set(Files.names(in: "\(common)/objects/pack"))
    let halves = packs.filter { name in
      if name.hasPrefix("tmp_") || name.hasSuffix(".keep") { return true }
      guard name.hasSuffix(".pack") else { return false }
      return !packs.contains(name.dropLast(5) + ".idx")
    }
    return halves.sorted() + Files.names(in: "\(common)/uet/packing")
  }

  /// How many loose objects there are beside those of the first commits, three for each.
  static func loose(_ ledger: Ledger, besidesCommits count: Int = 3) -> Int {
    let text = ledger.test.git("count-objects")
    return (Int(text.split(separator: " ").first ?? "") ?? -1) - 3 * count
  }

  func write(
    _ count: Int, to writer: LedgerWriter, seconds: Double = 0
  ) async throws {
    for _ in 0..<count {
      let time = (writer.state?.updatedAt ?? Ledger.start).advanced(bySeconds: seconds)
      try writer.append([EventDraft(.heartbeat)], at: time)
      try await writer.flush()
    }
  }

  func marks(_ ledger: Ledger) -> [String] {
    Files.names(in: "\(ledger.repository.commonDirectory)/objects/pack")
      .filter { $0.hasSuffix(".keep") }
  }

  @Test func aReleasedRunIsPacked() async throws {
    let ledger = try ledger()
    let writer = try ledger.create()
    try await write(40, to: writer)
    #expect(Self.loose(ledger) > 100)
    try await writer.release()
    #expect(Self.loose(ledger) == 0)
    #expect(Self.leftovers(ledger) == [])
    #expect(try ledger.reopened().reader.verify(ledger.run).problems == [])
    #expect(try ledger.events().count == 40)
    #expect(ledger.test.git("fsck", "--strict").isEmpty)
  }

  @Test func aPackIsMarkedUntilTheNext() async throws {
    let ledger = try ledger()
    let writer = try ledger.create()
    try await write(5, to: writer)
    await writer.pack()
    let first = marks(ledger)
    #expect(first.count == 1)
    try await write(5, to: writer)
    await writer.pack()
    let second = marks(ledger)
    #expect(second.count == 1)
    #expect(first != second)
    try await writer.release()
    #expect(marks(ledger) == [])
  }

  /// A checkpoint of many records that changed is one pack, which collections leave alone while no
  /// reference leads to it, and which git merges with others later.
  @Test func aCheckpointOfManyRecordsIsOnePack() async throws {
    let test = Mutex<(@Sendable (CrashPoint) -> Void)?>(nil)
    let ledger = try ledger { options in
      options.reached = { point in test.withLock { $0 }?(point) }
    }
    let ids = (0..<100).map { "ws-\($0)" }
    let writer = try ledger.create([
      EventDraft(
        .runStarted,
        data: JSONObject([.workstreams: .array(ids.map { ["id": .string($0)] })]))
    ])
    for id in ids.compactMap({ WorkstreamID($0) }) {
      try writer.append([EventDraft(.taskReady, workstream: id)], at: Ledger.start)
    }
    try writer.append([EventDraft(.heartbeat)], at: Ledger.start.advanced(bySeconds: 31))
    let points = Mutex<[CrashPoint]>([])
    let place = ledger.test
    test.withLock {
      $0 = { point in
        points.withLock { $0.append(point) }
        guard point == .batchPacked else { return }
        place.git("repack", "-q", "-a", "-d")
        place.git("prune", "--expire=now")
      }
    }
    try await writer.flush()
    test.withLock { $0 = nil }
    #expect(points.withLock { $0 }.starts(with: [.batchPacked, .objectsWritten]))
    #expect(marks(ledger).count == 1)
    // The collection took all else; the commit alone is in a file of its own.
    #expect(Self.loose(ledger, besidesCommits: 0) == 1)
    let state = try ledger.reopened().reader.state(of: ledger.run)
    #expect(state == writer.state)
    #expect(try ledger.reopened().reader.verify(ledger.run).problems == [])
    try await writer.release()
    #expect(Self.loose(ledger, besidesCommits: 0) == 0)
    #expect(Self.leftovers(ledger) == [])
    #expect(ledger.test.git("fsck", "--strict").isEmpty)
  }

  @Test func packingIsDueAtCheckpointsThatAreWorthIt() {
    var schedule = PackingSchedule()
    let calls = [
      (3071, true), (3072, false), (3072, true), (6143, true), (6144, true), (10_239, false),
      (10_240, false),
    ]
    let due = calls.map { schedule.isDue(files: $0.0, hasCheckpoint: $0.1) }
    #expect(due == [false, false, true, false, true, false, true])
  }

  static func wait(_ semaphore: DispatchSemaphore) {
    #expect(semaphore.wait(timeout: .now() + 60) == .success)
  }

  @Test func whatIsAskedForWhileThePackerIsBusyIsPackedAfterwards() async throws {
    let (isBusy, mayGoOn) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
    let isFirst = Mutex(true)
    let ledger = try ledger { options in
      options.reached = { point in
        guard point == .packWritten else { return }
        let stops = isFirst.withLock { isFirst in
          defer { isFirst = false }
          return isFirst
        }
        if !stops { return }
        isBusy.signal()
        Self.wait(mayGoOn)
      }
    }
    let writer = try ledger.create()
    try await write(5, to: writer)
    let first = Task { await writer.pack() }
    Self.wait(isBusy)
    try await write(5, to: writer)
    let second = Task { await writer.pack() }
    mayGoOn.signal()
    await first.value
    await second.value
    #expect(Self.loose(ledger) == 0)
    try await writer.release()
  }

  func comesDown(_ ledger: Ledger) async -> Bool {
    let end = ContinuousClock().now + .seconds(60)
    while Self.loose(ledger) > 3000 {
      if ContinuousClock().now > end { return false }
      await Task.yield()
    }
    return true
  }

  /// However many events there are, few loose objects and few packs stay.
  @Test func whatIsLooseStaysBounded() async throws {
    let ledger = try ledger(isInMemory: true)
    let writer = try ledger.create()
    var most = 0
    for _ in 0..<(isLong ? 1000 : 50) {
      try await write(40, to: writer)
      // A checkpoint after forty seconds; three objects for each of the forty events and more.
      try await write(60, to: writer, seconds: 1)
      let loose = Self.loose(ledger)
      most = max(most, loose)
      // Packing goes on beside the writing, at a pace of its own.
      if loose > 4000 { #expect(await comesDown(ledger), "not packed in 60 s") }
    }
    #expect((3000..<6000).contains(most), "\(most) loose objects")
    try await writer.release()
    #expect(Self.loose(ledger) == 0)
    let packs = Files.names(in: "\(ledger.repository.commonDirectory)/objects/pack")
      .filter { $0.hasSuffix(".pack") }
    #expect(packs.count < 16, "\(packs.count) packs")
    #expect(try ledger.reopened().reader.verify(ledger.run).problems == [])
  }

  @Test func marksOfOthersAndLiveProcessesStay() async throws {
    var ledger = try ledger()
    ledger.options.processes = Processes(alive: [100, 300])
    let writer = try ledger.create()
    try await write(3, to: writer)
    await writer.pack()
    let name = String(try #require(marks(ledger).first).dropLast(5))
    let folder = PackFolder(ledger.repository, ledger.run, ledger.holder("other", pid: 300))
    let path = "\(folder.path)/\(name).keep"
    TemporaryDirectory.write(Array("the user's own\n".utf8), to: path)
    folder.sweep(ledger.options.processes, but: [])
    #expect(marks(ledger).count == 1)
    let text = "git-uet: kept until the next checkpoint of run x\n"
    for (pid, stays) in [(Int32(300), true), (400, false)] {
      let line = ledger.holder("gone", pid: pid).json.encoded()
      TemporaryDirectory.write(Array((text + line + "\n").utf8), to: path)
      folder.sweep(ledger.options.processes, but: [])
      #expect(marks(ledger).isEmpty == !stays)
    }
    #expect(folder.contains(name))
  }

  @Test func aPackThatGitDoesNotSeeYetIsRemovedWithItsDeadOwner() async throws {
    let ledger = try ledger()
    let writer = try ledger.create()
    try await write(3, to: writer)
    let folder = PackFolder(ledger.repository, ledger.run, ledger.holder("other", pid: 300))
    let name = "pack-" + String(repeating: "ab", count: 20)
    let line = ledger.holder("gone", pid: 400).json.encoded()
    TemporaryDirectory.write(
      Array("git-uet: kept until the next checkpoint of run x\n\(line)\n".utf8),
      to: "\(folder.path)/\(name).keep")
    TemporaryDirectory.write([1], to: "\(folder.path)/\(name).pack")
    let scratch = "\(ledger.repository.commonDirectory)/uet/packing/400-1"
    TemporaryDirectory.write(Array(line.utf8), to: scratch + "/owner.json")
    TemporaryDirectory.write([1], to: scratch + "/pack/tmp_pack_x")
    #expect(Self.leftovers(ledger).count == 3)
    try await writer.release()
    #expect(Self.leftovers(ledger) == [])
  }

  @Test func aCollectionUnderWayIsNotDisturbed() async throws {
    let ledger = try ledger()
    let writer = try ledger.create()
    try await write(3, to: writer)
    let file = "\(ledger.repository.commonDirectory)/gc.pid"
    let collection = try RunningCollection(in: ledger.repository)
    defer { collection.end() }
    let before = Self.loose(ledger)
    await writer.pack()
    #expect(Self.loose(ledger) == before)
    TemporaryDirectory.write(Array("1073741823 \(SystemProcesses.hostName)".utf8), to: file)
    await writer.pack()
    #expect(Self.loose(ledger) == 0)
  }
}
