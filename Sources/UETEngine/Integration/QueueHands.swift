import UETGit
import UETLedger
import UETMergeQueue
import UETModel

typealias QueueMessage = DriverMessage<QueueInput, QueueWish>

/// What the queue has come to, and why the last landing did not come about.
struct QueueEnd: Sendable {
  let outcome: QueueOutcome
  let refusal: String?
}

/// The queue's hands: merges, tests what was merged, and moves the integration branch and the
/// target.
final class QueueHands: Hands {
  typealias Machine = QueueMachine

  let context: Ground
  let mailbox: Mailbox<QueueMessage>
  let gates: [String: Gate]
  let bench: TestBench
  let session: MergeSession
  let reviews: IntegrationReviews
  let updatesCheckout: Bool
  /// The commit that this process wrote last.
  let recordTip: @Sendable () -> ObjectID
  var tests: [GateName: Task<Void, Never>] = [:]
  /// The files that gates under way write to.
  var logNames: [GateName: String] = [:]
  var merges: [Task<Void, Never>] = []
  var repairs: [RepairName: Task<Void, Never>] = [:]
  private var refusal: String?
  /// A person paused the queue while this process was at it: it waits for the word to go on.
  private var isPausedHere = false
  /// Merges since the last write.
  private var earlyMerges = 0

  init(
    _ context: Ground, _ mailbox: Mailbox<QueueMessage>, gates: [String: Gate],
    reviews: IntegrationReviews, updatesCheckout: Bool,
    recordTip: @escaping @Sendable () -> ObjectID
  ) {
    self.context = context
    self.mailbox = mailbox
    self.gates = gates
    self.reviews = reviews
    self.updatesCheckout = updatesCheckout
    self.recordTip = recordTip
    bench = TestBench(context)
    session = MergeSession(context.git)
  }

  nonisolated(nonsending) func perform(_ effect: QueueEffect, _ machine: QueueMachine) async {
    switch effect {
    case .merge(let order): begin { [merge = merge(machine)] in await merge.answer(to: order) }
    case .probe(let order): begin { [merge = merge(machine)] in await merge.answer(to: order) }
    case .test(let name): test(name, machine)
    case .cancel(let name): tests[name]?.cancel()
    case .repair(let order): repair(order, machine.state)
    case .cancelRepair(let name): repairs[name]?.cancel()
    case .keep(let id, let commit): keep(id, commit)
    case .advance(let old, let new): advance(from: old, to: new)
    case .land(let target, let old, let new): await land(target, old, new, machine)
    }
  }

  func end(_ machine: QueueMachine) -> QueueEnd? {
    guard let outcome = machine.outcome, !isPausedHere || outcome.pause?.intent != .person else {
      return nil
    }
    return QueueEnd(outcome: outcome, refusal: refusal)
  }

  func completed(_ input: QueueInput) -> (QueueInput, [File]) {
    switch input {
    case .drain, .stopNow: isPausedHere = false
    case .landingDone(_, .refused(let reason)), .landingDone(_, .fault(let reason)):
      refusal = reason
    case .landingDone: refusal = nil
    default: break
    }
    return withLog(input)
  }

  /// Merges are made on the way: they change nothing that anyone sees, so a chain of them is one
  /// batch of the record, one pack and one move of the branch.
  nonisolated(nonsending) func early(
    _ effect: QueueEffect, _ machine: QueueMachine
  ) async -> QueueInput? {
    guard earlyMerges < Self.mostEarly, !session.isFull else { return nil }
    let answer: QueueInput
    switch effect {
    case .merge(let order): answer = await merge(machine).answer(to: order)
    case .probe(let order): answer = await merge(machine).answer(to: order)
    default: return nil
    }
    earlyMerges += 1
    return answer
  }

  /// So many merges in a row, and then the record catches up: not everything is lost with a crash.
  private static let mostEarly = 1_000

  func holds(_ commit: ObjectID) -> Bool { session.stash.holds(commit) }

  func secure() throws { try session.stash.settle() }

  nonisolated(nonsending) func wrote(_ events: [Event], _ machine: QueueMachine) async {
    session.stash.release()
    earlyMerges = 0
    if events.contains(where: { $0.type == .integrationPaused }) { isPausedHere = true }
    await remember(events, machine.state)
  }

  /// Ends what runs and removes the test worktrees.
  nonisolated(nonsending) func close() async {
    for task in tests.values { task.cancel() }
    for task in tests.values { await task.value }
    for task in merges { await task.value }
    for task in repairs.values { task.cancel() }
    for task in repairs.values { await task.value }
    session.close()
    await bench.close()
  }
}
