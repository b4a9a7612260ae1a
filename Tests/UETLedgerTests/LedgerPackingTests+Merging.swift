import Foundation
import Synchronization
import Testing
import UETGit
import UETModel
import UETSystem
import UETTestSupport

@testable import UETLedger

extension LedgerPackingTests {
  @Test func packsOfOneSizeBecomeOne() async throws {
    let ledger = try ledger()
    let writer = try ledger.create()
    let folder = PackFolder(ledger.repository, ledger.run, ledger.holder())
    for _ in 0..<9 {
      try await write(4, to: writer)
      await writer.pack()
    }
    let packs = Files.names(in: folder.path).filter { $0.hasSuffix(".pack") }
    #expect(packs.count < 8, "\(packs)")
    #expect(marks(ledger).count <= 2)
    #expect(try ledger.reopened().reader.verify(ledger.run).problems == [])
    // Without the list of packs none is merged, and nothing else changes.
    CacheTests.remove("\(ledger.repository.commonDirectory)/uet")
    try await write(4, to: writer)
    try await writer.release()
    #expect(Self.loose(ledger) == 0)
    #expect(ledger.test.git("fsck", "--strict").isEmpty)
  }

  @Test func whatCannotBePackedStaysLooseAndIsSaid() async throws {
    let notices = Mutex<[LedgerNotice]>([])
    let box = Box(notices)
    let ledger = try ledger { options in
      options.notice = { notice in box.list.withLock { $0.append(notice) } }
    }
    let writer = try ledger.create()
    try await write(3, to: writer)
    let place = "\(ledger.repository.commonDirectory)/uet/packing"
    TemporaryDirectory.write([], to: place)
    await writer.pack()
    await writer.pack()
    #expect(box.list.withLock { $0.count } == 1)
    try await write(3, to: writer)
    CacheTests.remove(place)
    try await writer.release()
    #expect(Self.loose(ledger) == 0)
  }

  final class Box: Sendable {
    let list: Mutex<[LedgerNotice]>
    init(_ list: consuming sending Mutex<[LedgerNotice]>) { self.list = list }
  }

  /// Anchors that need commits of their own, logs, and a path that git must be told in quotes.
  @Test func everythingThatTheLedgerWroteIsPacked() async throws {
    let ledger = try ledger()
    let writer = try ledger.create()
    let tree = ledger.test.git("rev-parse", "HEAD^{tree}")
    let anchors = (0..<70).compactMap { index in
      ObjectID(ledger.test.git("commit-tree", tree, "-m", "loose \(index)"))
    }
    try writer.attach("a.log", Array("output".utf8))
    try writer.append([EventDraft(.heartbeat, anchors: anchors)], at: Ledger.start)
    try await writer.flush()
    try await write(1, to: writer, seconds: 31)
    try await writer.release()
    // What is the user's own stays as it is.
    #expect(Self.loose(ledger) == 70)
    #expect(ledger.test.git("show", "\(ledger.reference)~2:logs/a.log") == "output")
  }
}
