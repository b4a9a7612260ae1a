import Testing
import UETGit
import UETModel
import UETTestSupport

@testable import UETLedger

/// Clones that write, note, archive and sync in any order end with the same records.
@Suite struct SyncConvergenceTests {
  @Test func clonesConvergeWhateverTheOrder() async throws {
    for seed in Seeds(short: 2, long: 40).all {
      let replay = "UET_SEED=\(seed) swift test --filter SyncConvergenceTests"
      var walk = try SharedWalk(seed: seed)
      for _ in 0..<(isLong ? 60 : 24) { try await walk.step() }
      for clone in walk.world.clones + walk.world.clones { try await clone.synced() }
      for clone in walk.world.clones {
        #expect(clone.records == walk.world.records, "\(clone.name), \(replay)")
        for run in walk.writers.map(\.run) {
          #expect(try clone.reader.verify(run).isSound, "\(clone.name), \(run), \(replay)")
        }
        let notes = clone.host.git("log", "-1", "--notes=uet", "--format=%N", in: clone.path)
        for said in walk.said {
          #expect(notes.contains(said), "\(clone.name): '\(said)', \(replay)")
        }
      }
      #expect(walk.world.host.tryGit(["fsck", "--strict"]).status == 0, "\(replay)")
    }
  }

  @Test func syncsAtTheSameTimeConverge() async throws {
    let world = try SharedWorld(clones: 4)
    for (index, clone) in world.clones.enumerated() {
      try await clone.start(UInt16(index + 1)).record("hello")
      clone.host.git("notes", "--ref=uet", "add", "-m", clone.name, "HEAD", in: clone.path)
    }
    let reports = try await withThrowingTaskGroup(of: SyncReport.self) { group in
      for clone in world.clones { group.addTask { try await clone.synced() } }
      return try await group.reduce(into: []) { $0.append($1) }
    }
    for report in reports { #expect(report.isClean, "\(report.refused)") }
    for clone in world.clones { try await clone.synced() }
    for clone in world.clones { #expect(clone.records == world.records) }
    #expect(world.records.count == 5)
  }
}

/// A seeded walk through what the people of several clones do.
struct SharedWalk {
  let world: SharedWorld
  var random: SeededGenerator
  private(set) var writers: [(clone: Int, run: RunID, writer: LedgerWriter)] = []
  private var inboxes: [String: LedgerWriter] = [:]
  private var finished: Set<RunID> = []
  private(set) var said: [String] = []
  private var count: UInt16 = 0

  init(seed: UInt64) throws {
    random = SeededGenerator(seed: seed)
    world = try SharedWorld(clones: Int.random(in: 2...4, using: &random))
  }

  mutating func step() async throws {
    let index = Int.random(in: 0..<world.clones.count, using: &random)
    let clone = world.clones[index]
    count += 1
    switch Int.random(in: 0..<10, using: &random) {
    case 0...2: try await clone.synced()
    case 3:
      writers.append((index, RunID(startedAt: Ledger.start, salt: 0), try clone.start(count)))
      writers[writers.count - 1].run = writers[writers.count - 1].writer.run
    case 4, 5: try await record(index)
    case 6: try await review(clone)
    case 7: note(clone)
    case 8: try await finish(index)
    default: try await archive(clone)
    }
  }

  private mutating func record(_ index: Int) async throws {
    let own = writers.filter { $0.clone == index && !finished.contains($0.run) }
    guard let one = own.randomElement(using: &random) else { return }
    try await one.writer.record("\(count)")
    if random.oneIn(2) {
      try LedgerNotes(
        repository: world.clones[index].repository, options: world.clones[index].options
      ).update(one.run)
    }
  }

  /// A clone writes to its own inbox of any run that it knows and that nobody put away.
  private mutating func review(_ clone: Clone) async throws {
    guard let run = try clone.reader.runs().randomElement(using: &random) else { return }
    let key = "\(clone.name) \(run)"
    if try clone.repository.reference(LedgerNames.standard.chain(run, clone.name)) == nil {
      guard inboxes[key] == nil else { return }
      inboxes[key] = try clone.inbox(run)
    }
    try await inboxes[key]?.record("\(count)")
  }

  private mutating func note(_ clone: Clone) {
    let text = "\(clone.name) says \(count)."
    clone.host.git("notes", "--ref=uet", "append", "-m", text, "main", in: clone.path)
    said.append(text)
  }

  private mutating func finish(_ index: Int) async throws {
    let own = writers.filter { $0.clone == index && !finished.contains($0.run) }
    guard let one = own.randomElement(using: &random) else { return }
    let clone = world.clones[index]
    let tip = clone.head
    try await one.writer.finish(tip: tip)
    try clone.repository.setReference(
      "refs/uet/salvage/\(one.run)/ws-1/1", to: tip, expecting: nil, message: "test")
    try LedgerNotes(repository: clone.repository, options: clone.options).update(one.run)
    finished.insert(one.run)
  }

  /// Any clone may put away what is over.
  private mutating func archive(_ clone: Clone) async throws {
    let over = try clone.reader.runs().filter { try clone.reader.state(of: $0).status.isOver }
    guard let run = over.randomElement(using: &random) else { return }
    try await Archiving(git: clone.git, options: clone.options).archive([run])
  }
}
