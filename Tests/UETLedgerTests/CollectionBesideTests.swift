import Foundation
import Synchronization
import Testing
import UETGit
import UETModel
import UETTestSupport

@testable import UETLedger

/// A `git gc --prune=now` that looked at the references before they moved takes what they did not
/// lead to then: at once, or after the writer has returned.
@Suite struct CollectionBesideTests {
  private static func take(_ files: [String]) { for file in files { unlink(file) } }

  @Test(arguments: CollectionScene.Part.allCases)
  func whatIsTakenBeforeTheReferenceMovesIsWrittenAgain(part: CollectionScene.Part) async throws {
    let scene = try await CollectionScene(part)
    let taken = Mutex<[String]>([])
    try await scene.perform { point in
      guard point == .objectsWritten, taken.withLock({ $0.isEmpty }) else { return }
      let files = scene.unreferenced()
      taken.withLock { $0 = files }
      Self.take(files)
    }
    // Of what is in a pack with a mark nothing is taken: there the commit is alone.
    #expect(taken.withLock { $0.count } > (part == .many ? 0 : 1))
    #expect(try scene.faults() == [])
  }

  @Test(arguments: CollectionScene.Part.allCases)
  func whatIsTakenAfterTheWriterReturnedIsInAPack(part: CollectionScene.Part) async throws {
    let scene = try await CollectionScene(part)
    let collection = try RunningCollection(in: scene.ledger.repository)
    let seen = Mutex<[String]>([])
    try await scene.perform { point in
      guard point == .objectsWritten else { return }
      let files = scene.unreferenced()
      seen.withLock { $0 += files }
    }
    let files = seen.withLock { $0 }
    #expect(files.count > (part == .many ? 0 : 1))
    Self.take(files)
    #expect(try scene.faults() == [])
    // The next collection knows all of it.
    collection.end()
    scene.ledger.test.git("gc", "-q", "--prune=now")
    #expect(try scene.faults() == [])
  }

  /// A pack that a repack removed is still open in this process, and its objects are gone all the
  /// same.
  @Test func whatWasInAPackThatIsGoneIsNotThere() throws {
    let ledger = try Ledger()
    let blob = try ledger.repository.writeBlob(Array("only in a pack".utf8))
    ledger.test.git("update-ref", "refs/tags/it", blob.hex)
    ledger.test.git("repack", "-q", "-a", "-d")
    let other = try ledger.reopened().repository
    #expect(try other.blob(blob) == Array("only in a pack".utf8))
    #expect(other.areStored([blob]))
    ledger.test.git("update-ref", "-d", "refs/tags/it")
    ledger.test.git("repack", "-q", "-a", "-d")
    #expect(other.contains(blob))
    #expect(!other.areStored([blob]))
    other.renew()
    #expect(!other.contains(blob))
  }

  /// One reference is read before the archive has the run, the other after it is gone: a collection
  /// that did that would take the run. So the references stay until it has ended.
  @Test func nothingGoesBeforeACollectionHasEnded() async throws {
    let world = try SharedWorld(clones: 1)
    let clone = world.clones[0]
    let writer = try clone.start(1)
    try await writer.finish(tip: clone.head)
    let collection = try RunningCollection(in: clone.repository)
    let (said, word) = AsyncStream<LedgerNotice>.makeStream()
    var options = clone.options
    options.notice = { word.yield($0) }
    let archiving = Archiving(git: clone.git, options: options)
    async let kept = archiving.archive([writer.run], at: Ledger.start)
    for await notice in said where notice == .waitsForCollection { break }
    #expect(try clone.repository.reference("refs/uet/archive") != nil)
    #expect(try clone.reader.runs() == [writer.run])
    collection.end()
    #expect(try await kept.isEmpty)
    #expect(try clone.reader.runs() == [])
    #expect(try clone.reader.verify(writer.run).isSound)
  }
}
