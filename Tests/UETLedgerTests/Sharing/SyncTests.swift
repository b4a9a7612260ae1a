import Testing
import UETGit
import UETModel
import UETTestSupport

@testable import UETLedger

@Suite struct SyncTests {
  @Test func twoClonesThatBothWroteConverge() async throws {
    let world = try SharedWorld(clones: 2)
    let (a, b) = (world.clones[0], world.clones[1])
    let one = try a.start(1)
    try await one.record("from a")
    let two = try b.start(2)
    try await two.record("from b")
    a.host.git("notes", "--ref=uet", "add", "-m", "a says", "HEAD", in: a.path)
    b.host.git("notes", "--ref=uet", "add", "-m", "b says", "HEAD", in: b.path)
    let first = try await a.synced()
    #expect(first.isClean && first.sent.count == 2 && first.received.isEmpty)
    let second = try await b.synced()
    #expect(second.isClean && second.received.count == 2 && second.sent.count == 2)
    try await a.synced()
    #expect(a.records == world.records && b.records == world.records)
    #expect(a.records.count == 3)
    for clone in [a, b] {
      #expect(try clone.reader.runs() == [two.run, one.run])
      #expect(try clone.reader.verify(two.run).isSound)
      let note = clone.host.git("notes", "--ref=uet", "show", "HEAD", in: clone.path)
      #expect(note.contains("a says") && note.contains("b says"))
    }
    let again = try await b.synced()
    #expect(again.sent.isEmpty && again.received.isEmpty && again.rounds == 1)
  }

  @Test func aChainGoesOnWhereItEnds() async throws {
    let world = try SharedWorld(clones: 2)
    let (a, b) = (world.clones[0], world.clones[1])
    let writer = try a.start(1)
    try await a.synced()
    try await b.synced()
    let review = try b.inbox(writer.run)
    try await review.record("looks good")
    try await b.synced()
    try await writer.record("more")
    try await a.synced()
    try await b.synced()
    #expect(a.records == b.records && a.records.count == 2)
    #expect(try b.reader.verify(writer.run, writer: b.name).isSound)
  }

  @Test func twoWritersOfOneChainAreShownAndBothKept() async throws {
    let world = try SharedWorld(clones: 2)
    let (a, b) = (world.clones[0], world.clones[1])
    // A copied folder: both take themselves for the clone that started the run.
    let writer = try a.start(1)
    try await a.synced()
    try await b.synced()
    let other = try LedgerWriter.open(
      in: b.repository, run: writer.run,
      holder: Holder(host: "here", pid: 2, since: Ledger.start, nonce: "b"), at: Ledger.start,
      options: b.options)
    try await other.record("from the copy")
    try await writer.record("from the original")
    try await a.synced()
    let report = try await b.synced()
    #expect(report.faults.count == 1)
    #expect(report.faults.first?.reason.contains("two clones wrote to it") == true)
    #expect(try b.reader.tip(of: writer.run) == other.tip, "ours is not overwritten")
    let pins = b.records.filter { $0.contains("refs/uet/diverged/") }
    #expect(pins.count == 2 && pins.contains { $0.hasPrefix(other.tip.hex) })
    try await a.synced()
    #expect(a.records.filter { $0.contains("refs/uet/diverged/") } == pins, "everybody has both")
    #expect(try a.reader.tip(of: writer.run) == writer.tip)
  }

  @Test func whatIsNoChainIsNotTaken() async throws {
    let world = try SharedWorld(clones: 1)
    let run = RunID(startedAt: Ledger.start, salt: 7)
    world.host.git("update-ref", "refs/uet/runs/\(run)/main", "main")
    let report = try await world.clones[0].synced()
    #expect(report.faults.count == 1)
    #expect(try world.clones[0].reader.runs().isEmpty)
  }

  @Test func branchesGoWithTheirRunAndOthersWorkStays() async throws {
    let world = try SharedWorld(clones: 2)
    let (a, b) = (world.clones[0], world.clones[1])
    let writer = try a.start(1)
    let branch = "refs/heads/uet/\(writer.run)/ws-1"
    func commit(_ text: String) -> ObjectID {
      let tree = a.host.git("write-tree", in: a.path)
      let id = a.host.git("commit-tree", tree, "-p", "main", "-m", text, in: a.path)
      return ObjectID(id) ?? .zero
    }
    let first = commit("first result")
    try a.repository.setReference(branch, to: first, expecting: .zero, message: "test")
    try await writer.finish(tip: first)
    try await a.synced()
    #expect(world.host.id(branch) == first)
    try await b.synced()
    let tracked = "refs/remotes/origin/uet/\(writer.run)/ws-1"
    #expect(b.host.id(in: b.path, tracked) == first)
    // Another result of ours replaces the one that the record names.
    let second = commit("second result")
    try a.repository.setReference(branch, to: second, expecting: first, message: "test")
    #expect(try await a.synced().isClean)
    #expect(world.host.id(branch) == second)
    // A reviewer's commit in its place is left alone, and said.
    let foreign = commit("a reviewer's")
    a.host.git("push", "-q", "-f", "origin", "\(foreign):\(branch)", in: a.path)
    let report = try await a.synced()
    #expect(report.faults.count == 1 && world.host.id(branch) == foreign)
  }
}
