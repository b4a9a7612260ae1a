import Foundation
import Testing
import UETGit
import UETModel
import UETTestSupport

@testable import UETLedger

/// What comes from elsewhere for a chain that this clone writes.
@Suite struct OwnChainTests {
  private func world() throws -> (SharedWorld, own: Clone, other: Clone) {
    let world = try SharedWorld(clones: 2)
    try world.clones[0].makeKey(adopted: [:])
    return (world, world.clones[0], world.clones[1])
  }

  /// Puts a commit that says what a ledger commit says on top of a chain, and gives it to the host.
  private func forge(
    _ clone: Clone, _ run: RunID, on parent: ObjectID, as name: String? = nil
  ) throws -> ObjectID {
    let message = try clone.repository.commit(parent).message
    var lines = message.split(separator: "\n", omittingEmptySubsequences: false)
    lines.removeAll { $0.hasPrefix("UET-Events") || $0.hasPrefix("UET-Released") }
    let tree = try clone.repository.treeID(of: parent)
    let id = clone.host.git(
      "commit-tree", tree.hex, "-p", parent.hex, "-m", lines.joined(separator: "\n"),
      in: clone.path)
    let commit = try #require(ObjectID(id))
    let full = name ?? "refs/uet/runs/\(run)/main"
    clone.host.git("push", "-q", "-f", "origin", "\(commit):\(full)", in: clone.path)
    return commit
  }

  @Test func aChainGrowsOnlyWhereItIsWritten() async throws {
    let (world, own, other) = try world()
    let writer = try own.start(1)
    try await writer.record("one")
    try await own.synced()
    try await other.synced()
    let forged = try forge(other, writer.run, on: writer.tip)
    let report = try await own.synced()
    #expect(report.faults.count == 1)
    #expect(report.faults.first?.reason.contains("this clone did not write") == true)
    let name = "refs/uet/runs/\(writer.run)/main"
    let hint = report.faults.first?.hint ?? ""
    #expect(hint.contains("git push --force-with-lease=\(name):\(forged)"), "\(hint)")
    #expect(try own.reader.tip(of: writer.run) == writer.tip)
    let kept = "refs/uet-remote/origin/runs/\(writer.run)/main"
    #expect(try own.repository.reference(kept) == forged)
    // The run goes on, and others' runs are exchanged as before.
    try await writer.record("goes on")
    let second = try other.start(2)
    try await other.synced()
    try await own.synced()
    #expect(try own.reader.runs().contains(second.run))
    #expect(try own.reader.tip(of: writer.run) == writer.tip)
    #expect(world.host.id(name) == forged, "the host's is a person's to put right")
  }

  @Test func anEarlierOrAMissingEndOfItIsMendedThere() async throws {
    let (world, own, _) = try world()
    let writer = try own.start(1)
    try await own.synced()
    let name = "refs/uet/runs/\(writer.run)/main"
    let early = writer.tip
    try await writer.record("more")
    try await own.synced()
    for end in [early.hex, ""] {
      own.host.git("push", "-q", "-f", "origin", "\(end):\(name)", in: own.path)
      #expect(try await own.synced().isClean)
      #expect(world.host.id(name) == writer.tip)
    }
  }

  @Test func aRunThatOnlySaysItIsOursIsNotTaken() async throws {
    let (_, own, other) = try world()
    _ = try own.start(1)
    try await own.synced()
    var liar = other
    liar.claimed = own.name
    let made = try liar.start(2)
    try await liar.synced()
    let report = try await own.synced()
    #expect(report.faults.count == 1 && report.faults[0].reason.contains("did not make it"))
    #expect(try !own.reader.runs().contains(made.run))
    // One that says the truth is taken, and is not this clone's to go on with.
    let honest = try other.start(3)
    try await other.synced()
    try await own.synced()
    let tip = try own.reader.tip(of: honest.run)
    #expect(!OwnChains(own.reader).isOwn(honest.run, tip, clone: own.name))
    #expect(throws: LedgerError.self) {
      try LedgerWriter.open(
        in: own.repository, run: honest.run,
        holder: Holder(host: "here", pid: 3, since: Ledger.start, nonce: "o"), at: Ledger.start,
        takingOver: true, options: own.options)
    }
  }

  @Test func whatIsNoCommitStopsNothingElse() async throws {
    let (world, own, other) = try world()
    let writer = try own.start(1)
    try await own.synced()
    let blob = world.host.git("rev-parse", "main:a.txt")
    let names = [
      "refs/uet/archive", "refs/uet/resolutions", "refs/notes/uet", "refs/notes/uet-verdicts",
      "refs/uet/runs/\(writer.run)/clone-12345678",
    ]
    for name in names { world.host.git("update-ref", name, blob) }
    // One that would be in the way of the run's own.
    world.host.git("update-ref", "refs/uet/salvage/\(writer.run)/ws-1", "main")
    world.host.git("update-ref", "refs/uet/runs2/x", "main")
    let second = try other.start(2)
    let chain = "refs/uet/runs/\(second.run)/main"
    other.host.git("push", "-q", "origin", "\(chain):\(chain)", in: other.path)
    let report = try await own.synced()
    let faults = Set(report.faults.map(\.name))
    #expect(faults.isSuperset(of: names), "\(faults)")
    #expect(try own.reader.runs().contains(second.run))
    #expect(try own.repository.reference("refs/uet/salvage/\(writer.run)/ws-1") == nil)
    #expect(try own.repository.reference("refs/uet/resolutions") == nil)
    try await writer.record("goes on")
    #expect(try own.reader.verify(writer.run).isSound)
  }

  @Test func anotherClonesArchiveTakesNothingAway() async throws {
    let (_, own, other) = try world()
    let writer = try own.start(1)
    try await writer.finish(tip: own.head)
    try await own.synced()
    try await other.synced()
    try await Archiving(git: other.git, options: other.options).archive([writer.run])
    try await other.synced()
    try await own.synced()
    #expect(try own.reader.runs() == [writer.run])
    // Archived here, it stays as this clone wrote it, whatever another archive says of it.
    try await Archiving(git: own.git, options: own.options).archive([writer.run])
    let archive = try #require(try own.repository.reference("refs/uet/archive"))
    let empty = own.host.git("mktree", in: own.path)
    let bare = own.host.git(
      "commit-tree", empty, "-p", archive.hex, "-m", "nothing", in: own.path)
    own.host.git("push", "-q", "-f", "origin", "\(bare):refs/uet/archive", in: own.path)
    try await own.synced()
    #expect(try own.reader.archive.runs() == [writer.run])
    #expect(try own.reader.verify(writer.run).isSound)
  }

  @Test func whatIsMovedHereIsSetBackAndKept() async throws {
    let (_, own, other) = try world()
    let writer = try own.start(1)
    try await own.synced()
    try await other.synced()
    let early = writer.tip
    try await writer.record("more")
    try await writer.release()
    let forged = try forge(other, writer.run, on: early)
    let name = "refs/uet/runs/\(writer.run)/main"
    own.host.git("fetch", "-q", "origin", "+\(name):\(name)", in: own.path)
    #expect(throws: LedgerError.self) {
      try LedgerWriter.open(
        in: own.repository, run: writer.run,
        holder: Holder(host: "here", pid: 2, since: Ledger.start, nonce: "b"), at: Ledger.start,
        options: own.options)
    }
    let asides = try OwnChains(own.reader).restore()
    #expect(asides.count == 1 && asides.first?.tip == forged)
    #expect(try own.reader.tip(of: writer.run) == writer.tip)
    let kept = try #require(asides.first?.kept)
    #expect(try own.repository.reference(kept) == forged)
    #expect(try OwnChains(own.reader).restore().isEmpty)
  }

  @Test func whatAnOlderVersionBeganIsAdoptedAsItStands() async throws {
    let world = try SharedWorld(clones: 1)
    let own = world.clones[0]
    let old = try own.start(1)
    try own.makeKey(adopted: ["\(old.run)/main": old.tip])
    let writer = try LedgerWriter.open(
      in: own.repository, run: old.run,
      holder: Holder(host: "here", pid: 2, since: Ledger.start, nonce: "b"), at: Ledger.start,
      takingOver: true, options: own.options)
    try await writer.record("sealed from here on")
    #expect(OwnChains(own.reader).wrote(writer.tip, writer.run, "main"))
    #expect(OwnChains(own.reader).standing(writer.run, "main", writer.tip) == .own)
  }

  @Test func theOwnInboxCountsOnlyAsThisCloneWroteIt() async throws {
    let (_, own, other) = try world()
    let writer = try own.start(1)
    try await own.synced()
    try await other.synced()
    var liar = other
    liar.claimed = own.name
    let inbox = try liar.inbox(writer.run)
    try await inbox.record("approved")
    let name = "refs/uet/runs/\(writer.run)/\(own.name)"
    other.host.git("push", "-q", "origin", "\(name):\(name)", in: other.path)
    try await own.synced()
    own.host.git("fetch", "-q", "origin", "+\(name):\(name)", in: own.path)
    let state = try own.reader.state(of: writer.run)
    let result = try InboxAdmission(own.reader, policy: InboxPolicy(own: own.name))
      .result(for: state)
    #expect(result.admitted == 0 && !result.refused.isEmpty)
    #expect(result.refused.first?.reason.contains("did not write") == true)
  }
}

extension Clone {
  func makeKey(adopted: [String: ObjectID]) throws {
    let key = "\(name)-0123456789abcdef0123456789abcdef"
    let bytes = CloneSeal.document(key: key, adopted: adopted).encoded()
    try Data(bytes.utf8).write(to: URL(fileURLWithPath: CloneSeal.path(in: repository)))
  }
}
