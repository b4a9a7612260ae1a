import Testing
import UETGit
import UETModel
import UETTestSupport

@testable import UETLedger

@Suite struct ArchivingTests {
  private func finished(_ clone: Clone, _ count: UInt16) async throws -> [RunID] {
    var runs: [RunID] = []
    for number in 1...count {
      let writer = try clone.start(number)
      try await writer.finish(tip: clone.head)
      runs.append(writer.run)
    }
    return runs
  }

  /// Each step may be the last before a crash.
  @Test func aCrashBetweenTheStepsIsMadeGood() async throws {
    let world = try SharedWorld(clones: 1)
    let clone = world.clones[0]
    let runs = try await finished(clone, 3)
    let archiving = Archiving(git: clone.git, options: clone.options)
    // The archive is written, nothing is dropped yet.
    try archiving.store(try runs.map { try archiving.parcel($0) }, at: Ledger.start)
    #expect(try clone.reader.runs().count == 3)
    let tip = try clone.repository.reference("refs/uet/archive")
    // One is dropped, two are not.
    #expect(try await archiving.drop([try archiving.parcel(runs[0])]).isEmpty)
    for run in runs { #expect(try clone.reader.verify(run).isSound) }
    // Done again, the rest goes, and the archive is what it was.
    #expect(try await archiving.archive(Array(runs[1...]), at: Ledger.start).isEmpty)
    #expect(try clone.reader.runs().isEmpty)
    #expect(try clone.repository.reference("refs/uet/archive") == tip)
    #expect(try clone.reader.archive.runs() == runs.reversed())
    clone.host.git("gc", "-q", "--prune=now", in: clone.path)
    for run in runs { #expect(try clone.reader.verify(run).isSound) }
  }

  @Test func aRunThatGrewMeanwhileKeepsItsReferences() async throws {
    let world = try SharedWorld(clones: 1)
    let clone = world.clones[0]
    let runs = try await finished(clone, 2)
    let archiving = Archiving(git: clone.git, options: clone.options)
    let parcels = try runs.map { try archiving.parcel($0) }
    try archiving.store(parcels, at: Ledger.start)
    let writer = try LedgerWriter.open(
      in: clone.repository, run: runs[0],
      holder: Holder(host: "here", pid: 9, since: Ledger.start, nonce: "9"), at: Ledger.start,
      options: clone.options)
    try await writer.record("it goes on")
    #expect(try await archiving.drop(parcels) == [runs[0]])
    #expect(try clone.reader.runs() == [runs[0]])
    #expect(try clone.reader.tip(of: runs[0]) == writer.tip)
    // Archived again, the longer end takes the place of the shorter.
    try await writer.release()
    try await archiving.archive([runs[0]], at: Ledger.start)
    #expect(try clone.reader.archive.find(runs[0])?.references["runs/\(runs[0])/main"]?.count == 1)
    #expect(try clone.reader.tip(of: runs[0]) == writer.tip)
  }

  @Test func whatTwoClonesArchivedIsTheSameWhoeverJoinsIt() async throws {
    let world = try SharedWorld(clones: 2)
    let (a, b) = (world.clones[0], world.clones[1])
    let shared = try await finished(a, 1)
    try await a.synced()
    try await b.synced()
    // Both archive the same run, and each one of its own.
    let own = try b.start(7)
    try await own.finish(tip: b.head)
    let other = try a.start(8)
    try await other.finish(tip: a.head)
    try await Archiving(git: a.git, options: a.options).archive(shared + [other.run])
    try await Archiving(git: b.git, options: b.options).archive(shared + [own.run])
    let ends = try [a, b].map { try $0.repository.reference("refs/uet/archive") }
    for (clone, from) in [(a, b), (b, a)] {
      clone.host.git("fetch", "-q", from.path, "+refs/uet/archive:refs/x", in: clone.path)
    }
    let merged = try zip([a, b], ends.reversed()).map { clone, end in
      try ArchiveReference(
        repository: clone.repository, name: "refs/uet/archive", options: clone.options
      ).merge(try #require(end))
    }
    #expect(merged[0] == merged[1] && merged[0] != nil)
    #expect(try a.reader.archive.runs().count == 3)
  }

  @Test func manyReferencesGoThroughBundles() async throws {
    let world = try SharedWorld(clones: 1)
    let clone = world.clones[0]
    let writer = try clone.start(1)
    let tree = clone.host.git("write-tree", in: clone.path)
    var kept: [ObjectID] = []
    for number in 1...200 {
      let text = clone.host.git("commit-tree", tree, "-m", "\(number)", in: clone.path)
      let commit = try #require(ObjectID(text))
      try clone.repository.setReference(
        "refs/uet/salvage/\(writer.run)/ws-1/\(number)", to: commit, expecting: .zero,
        message: "test")
      kept.append(commit)
    }
    try await writer.finish(tip: clone.head)
    try await Archiving(git: clone.git, options: clone.options).archive([writer.run])
    #expect(clone.records.count == 1)
    clone.host.git("reflog", "expire", "--expire=now", "--all", in: clone.path)
    clone.host.git("gc", "-q", "--prune=now", in: clone.path)
    let reopened = try Repository.open(
      discoveringFrom: clone.path, environment: clone.host.environment)
    for commit in kept { #expect(reopened.contains(commit)) }
    let parents = clone.host.git("log", "--format=%P", "refs/uet/archive", in: clone.path)
    for line in parents.split(separator: "\n") {
      #expect(line.split(separator: " ").count <= 65)
    }
  }

  /// git's own collections run all the while.
  @Test(.enabled(if: isLong, "takes long: UET_LONG=1")) func collectionsBesideLoseNothing()
    async throws
  {
    let world = try SharedWorld(clones: 1)
    let clone = world.clones[0]
    let runs = try await finished(clone, 40)
    let collecting = Task.detached {
      while !Task.isCancelled {
        _ = clone.host.tryGit(["gc", "-q", "--prune=now"], in: clone.path)
        _ = clone.host.tryGit(["pack-refs", "--all"], in: clone.path)
      }
    }
    let archiving = Archiving(git: clone.git, options: clone.options)
    for run in runs { try await archiving.archive([run], at: Ledger.start) }
    collecting.cancel()
    await collecting.value
    #expect(clone.host.tryGit(["fsck", "--strict"], in: clone.path).status == 0)
    for run in runs { #expect(try clone.reader.verify(run).isSound) }
    #expect(try clone.reader.archive.runs().count == 40)
  }
}
