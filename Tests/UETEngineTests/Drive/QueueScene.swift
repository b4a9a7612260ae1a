import Synchronization
import UETMergeQueue
import UETModel
import UETTestSupport

@testable import UETEngine

/// Finished work on its way into a target, in a git and with gates that are made up: what outlives
/// each process that works the queue.
final class QueueScene: Sendable {
  struct World {
    /// The workstreams in each commit.
    var contents: [ObjectID: Set<String>] = [:]
    var branch: ObjectID?
    var target: ObjectID
    var landings: [ObjectID] = []
    var gateRuns = 0
  }

  let world: Mutex<World>
  /// Whether merges are made before the record is written, or as effects after it.
  private let mergesEarly: Bool
  private let record = Mutex<[Event]>([])
  static let run = RunID(startedAt: Timestamp(seconds: 0), salt: 7)
  static let now = Timestamp(seconds: 1_000_000)
  static let start = object("start")
  static let branch = "refs/heads/main"
  static let names = ["a", "b", "c", "d", "e"]

  /// `c` contains `a`; `d` conflicts with `b`; `e` is red.
  init(mergesEarly: Bool) {
    self.mergesEarly = mergesEarly
    world = Mutex(World(contents: [Self.start: []], target: Self.start))
    let workstreams = Self.names.map { name in
      var object = JSONObject([
        ("id", .string("ws-\(name)")), ("tip", .string(Self.object(name).hex)),
        ("after", .array(name == "c" ? [.string("ws-a")] : [])),
        ("source", .string("refs/heads/\(name)")),
      ])
      if name == "c" { object.append("inputs", Self.inputs.json) }
      return JSONValue.object(object)
    }
    let started = EventDraft(
      .runStarted,
      data: JSONObject([
        .base: .commit(Self.start), .target: .string(Self.branch), .workers: .integer(0),
        .workstreams: .array(workstreams),
      ]))
    let finished = EventDraft(
      .runFinished, data: JSONObject([.status: .string(RunState.Status.succeeded.rawValue)]))
    record.withLock { events in
      events = [started, finished].enumerated().map { place, draft in
        Event(draft, seq: place + 1, writer: "main", at: Self.now) { _ in .zero }
      }
    }
  }

  private static let inputs = [
    AttemptRecord.Input(workstream: DispatchScene.id("a"), commit: object("a"))
  ]

  var durable: [Event] { record.withLock { $0 } }

  /// An object's name that depends on the text alone.
  static func object(_ text: String) -> ObjectID {
    var bytes: [UInt8] = []
    for round in 0..<3 as Range<UInt64> {
      var hash = 0xcbf2_9ce4_8422_2325 &+ round
      for byte in text.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
      for shift in stride(from: UInt64(0), to: 64, by: 8) {
        bytes.append(UInt8(truncatingIfNeeded: hash >> shift))
      }
    }
    return ObjectID(bytes: bytes.prefix(20)) ?? .zero
  }

  static func tree(_ names: Set<String>) -> ObjectID {
    object("tree " + names.sorted().joined(separator: ","))
  }

  /// One process that works the queue and lands; nil where it did not come to its end.
  func live(_ fate: Fate = Fate()) async throws -> RunState? {
    let ledger = try MemoryRecord(Self.run, durable, fate)
    let mailbox = Mailbox<QueueMessage>()
    var policy = QueuePolicy()
    policy.gates = [QueueGate(name: "GATE_UNIT", key: "unit")]
    (policy.strategy, policy.slots, policy.window) = (.speculative, 2, 3)
    let machine = QueueMachine(policy: policy, state: ledger.lend())
    let hands = SceneQueueHands(
      scene: self, mailbox: mailbox, fate: fate, mergesEarly: mergesEarly)
    let driver = Driver(
      machine, hands, on: ledger, hearing: mailbox, clock: Clock { Self.now })
    var end: RunState?
    do { end = try await work(driver) } catch {}
    if !fate.isDead { await driver.close() }
    record.withLock { $0 = ledger.durable }
    return fate.isDead ? nil : end
  }

  /// As an integration goes about it.
  private func work(_ driver: Driver<SceneQueueHands>) async throws -> RunState? {
    let before = await driver.state
    if let landing = before.integration.landing, landing.new == world.withLock({ $0.target }) {
      try await driver.once([.landingDone(landing.new, .landed)], drawing: false)
    }
    if let published = before.integration.published { world.withLock { $0.branch = published } }
    await driver.finishBegun()
    try await driver.once([.start])
    let (start, tree) = target
    if before.workstreams.contains(where: { $0.state == .queued }) {
      try await driver.once([.begin(at: start, tree: tree)])
    }
    let candidates = before.workstreams.filter { $0.state == .succeeded }.map { record in
      let isHeir = record.id == DispatchScene.id("c")
      return Candidate(
        id: record.id, tip: record.tip ?? .zero, inputs: isHeir ? Self.inputs : [],
        dependencyCount: isHeir ? 1 : 0)
    }
    if !candidates.isEmpty {
      try await driver.once([.enqueue(candidates, start: start, tree: tree)])
    }
    var outcome = try await driver.run()
    while let found = outcome, found.pause == nil, !found.integrated.isEmpty {
      let (start, tree) = target
      try await driver.once([.land(target: Self.branch, at: start, tree: tree)])
      outcome = try await driver.run()
    }
    return outcome == nil ? nil : await driver.state
  }

  private var target: (ObjectID, ObjectID) {
    world.withLock { ($0.target, Self.tree($0.contents[$0.target] ?? [])) }
  }
}

/// The queue's hands in such a world.
final class SceneQueueHands: Hands {
  typealias Machine = QueueMachine

  private let scene: QueueScene
  private let mailbox: Mailbox<QueueMessage>
  private let fate: Fate
  private let mergesEarly: Bool

  init(scene: QueueScene, mailbox: Mailbox<QueueMessage>, fate: Fate, mergesEarly: Bool) {
    (self.scene, self.mailbox, self.fate) = (scene, mailbox, fate)
    self.mergesEarly = mergesEarly
  }

  func reply(to wish: QueueWish, _ machine: QueueMachine) -> Reply<QueueInput, QueueWish> {
    Reply(saying: .refused("nobody asks"))
  }

  func end(_ machine: QueueMachine) -> QueueOutcome?? {
    fate.isDead ? .some(nil) : machine.outcome.map { .some($0) }
  }

  nonisolated(nonsending) func early(
    _ effect: QueueEffect, _ machine: QueueMachine
  ) async -> QueueInput? {
    guard mergesEarly, case .merge(let order) = effect else { return nil }
    return .mergeDone(order.name, merge(order.name))
  }

  nonisolated(nonsending) func perform(_ effect: QueueEffect, _ machine: QueueMachine) async {
    if fate.isDead { return }
    if fate.strikes(.diesBeforeEffect) {
      _ = mailbox.close()
      return
    }
    let answer = act(effect)
    if fate.strikes(.diesAfterEffect) {
      _ = mailbox.close()
      return
    }
    if let answer { mailbox.send(answer) }
  }

  private func act(_ effect: QueueEffect) -> QueueInput? {
    switch effect {
    case .merge(let order): return .mergeDone(order.name, merge(order.name))
    case .probe(let order): return .probeDone(order.name, .fault("no probes here"))
    case .test(let name):
      return scene.world.withLock { world in
        world.gateRuns += 1
        let isRed = world.contents[name.commit]?.contains("e") == true
        return .gateDone(name, isRed ? .failed("e is red") : .passed, details: [:])
      }
    case .advance(let old, let new):
      return scene.world.withLock { world in
        if world.branch != old, world.branch != new { return .broken(reason: "moved") }
        world.branch = new
        return nil
      }
    case .land(_, let old, let new):
      return scene.world.withLock { world in
        if world.target != old, world.target != new {
          return .landingDone(new, .moved(to: world.target))
        }
        if world.target != new { world.landings.append(new) }
        world.target = new
        return .landingDone(new, .landed)
      }
    case .repair(let order): return .repairDone(order.name, .fault("no repairs here"))
    case .cancel, .cancelRepair, .keep: return nil
    }
  }

  private func merge(_ name: MergeName) -> MergeOutcome {
    scene.world.withLock { world in
      let new = String(name.workstream.rawValue.dropFirst(3))
      let all = (world.contents[name.onto] ?? []).union([new])
      if all.isSuperset(of: ["b", "d"]) { return .conflict(paths: ["b.txt"], message: "b") }
      let commit = QueueScene.object("\(name.onto.hex)+\(name.tip.hex)")
      world.contents[commit] = all
      return .clean(commit: commit, tree: QueueScene.tree(all))
    }
  }
}
