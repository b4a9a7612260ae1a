import Synchronization
import UETModel
import UETScheduling
import UETTestSupport

@testable import UETEngine

/// A run whose attempts only say that they were made: what outlives each process that drives it.
final class DispatchScene: Sendable {
  /// What was done in the world.
  struct World {
    /// How often the tool of an attempt ran.
    var runs: [AttemptName: Int] = [:]
    var branches: [WorkstreamID: ObjectID] = [:]
    var moves: [WorkstreamID: [ObjectID]] = [:]
    var tests: [WaveTest] = []
  }

  let plan: DispatchPlan
  let world = Mutex(World())
  private let record = Mutex<[Event]>([])
  static let run = RunID(startedAt: Timestamp(seconds: 0), salt: 7)

  /// Of five the second builds on the first, the third must not run beside the fourth, and the last
  /// fails at first; a gate is run on the first three.
  init() throws {
    var items = ["a", "b", "c", "d", "e"].map { DispatchPlan.Item(id: Self.id($0)) }
    items[1].dependsOn = [0]
    var plan = try DispatchPlan(
      items: items,
      conflicts: [DispatchPlan.ConflictGroup(name: "f", sharesPaths: true, owners: [2, 3])])
    plan.waves = [
      DispatchPlan.Wave(
        number: 1, members: [0, 1, 2],
        gates: [DispatchPlan.WaveGate(name: "GATE_UNIT", isRequired: true)])
    ]
    self.plan = plan
    let entries = plan.entries
    let started = EventDraft(.runStarted(.init { ($0.workstreams, $0.workers) = (entries, 2) }))
    record.withLock {
      $0 = [Event(started, seq: 1, writer: "main", at: Self.now) { _ in .zero }]
    }
  }

  static let now = Timestamp(seconds: 1_000_000)

  static func id(_ name: String) -> WorkstreamID {
    guard let id = WorkstreamID("ws-\(name)") else { preconditionFailure("no id: \(name)") }
    return id
  }

  /// What an attempt makes.
  static func tip(_ name: AttemptName) -> ObjectID {
    let text = Array("\(name.workstream)#\(name.number)".utf8)
    return ObjectID(bytes: (text + [UInt8](repeating: 7, count: 20)).prefix(20)) ?? .zero
  }

  var durable: [Event] { record.withLock { $0 } }

  /// One process that drives the run until it ends or something happens to it; nil where it did not
  /// come to the end.
  func live(_ fate: Fate = Fate()) async throws -> RunState? {
    let ledger = try MemoryRecord(Self.run, durable, fate)
    let mailbox = Mailbox<RunMessage>()
    var policy = DispatchPolicy(workers: 2)
    policy.retry.initial = 0
    let machine = DispatchMachine(plan: plan, policy: policy, state: ledger.lend())
    let isNew = durable.count == 1
    let ended = machine.underWay.map { name in
      (name, AttemptOutcome.failed(AttemptFailure(.orchestratorCrash, "died", isTransient: true)))
    }
    let first: DispatchInput =
      isNew
      ? .start
      : .recover(ended: Dictionary(ended, uniquingKeysWith: { $1 }), adopted: [])
    let hands = SceneHands(scene: self, mailbox: mailbox, fate: fate)
    let driver = Driver(
      machine, hands, on: ledger, hearing: mailbox, clock: Clock { Self.now })
    mailbox.send(first)
    await driver.finishBegun()
    let end: Result<RunState?, any Error>
    do { end = .success(try await driver.run()) } catch { end = .failure(error) }
    if !fate.isDead { await driver.close() }
    record.withLock { $0 = ledger.durable }
    guard !fate.isDead, case .success(let state?) = end else { return nil }
    return state
  }
}

/// The dispatcher's hands in such a world.
final class SceneHands: Hands {
  typealias Machine = DispatchMachine

  private let scene: DispatchScene
  private let mailbox: Mailbox<RunMessage>
  private let fate: Fate
  private var hasEnded = false

  init(scene: DispatchScene, mailbox: Mailbox<RunMessage>, fate: Fate) {
    (self.scene, self.mailbox, self.fate) = (scene, mailbox, fate)
  }

  func reply(to wish: RunWish, _ machine: DispatchMachine) -> Reply<DispatchInput, RunWish> {
    Reply(saying: .refused("nobody asks"))
  }

  func end(_ machine: DispatchMachine) -> RunState?? {
    fate.isDead ? .some(nil) : hasEnded ? machine.state : nil
  }

  func perform(_ effect: DispatchEffect, _ machine: DispatchMachine) {
    if fate.isDead { return }
    if fate.strikes(.diesBeforeEffect) { return die() }
    let answer = act(effect)
    if fate.strikes(.diesAfterEffect) { return die() }
    if let answer { mailbox.send(answer) }
  }

  private func die() { _ = mailbox.close() }

  /// Gives what comes of it at once.
  private func act(_ effect: DispatchEffect) -> DispatchInput? {
    switch effect {
    case .prepareWorker(let name): return .workerReady(name)
    case .startAttempt(let order):
      start(order)
    case .publish(let name, let tip):
      scene.world.withLock { world in
        if world.branches.updateValue(tip, forKey: name.workstream) != tip {
          world.moves[name.workstream, default: []].append(tip)
        }
      }
    case .testWave(let test):
      scene.world.withLock { $0.tests.append(test) }
      let outcome = WaveOutcome(.passed, commit: .zero, tree: .zero)
      return .waveTested(test, outcome, details: [:])
    case .cancelAttempt: break
    case .runEnded:
      hasEnded = true
      _ = mailbox.close()
    }
    return nil
  }

  /// The tool runs once the record knows of the attempt.
  private func start(_ order: AttemptOrder) {
    let (scene, mailbox, fate) = (scene, mailbox, fate)
    let name = order.name
    let started = EventDraft(
      .taskStarted, workstream: name.workstream, attempt: name.number, worker: order.worker,
      data: JSONObject([.base: .commit(.zero)]))
    mailbox.ask(.input(.fact(started))) { answer in
      guard answer.outcome != .refused, !fate.isDead else { return }
      scene.world.withLock { $0.runs[name, default: 0] += 1 }
      if fate.strikes(.diesAfterEffect) {
        _ = mailbox.close()
        return
      }
      let fails = name.workstream == DispatchScene.id("e") && name.number == 1
      let outcome: AttemptOutcome =
        fails
        ? .failed(AttemptFailure(.toolFailure, "exit 75", isTransient: true))
        : .succeeded(tip: DispatchScene.tip(name), base: nil)
      mailbox.send(.attemptEnded(name, outcome))
    }
  }
}
