import UETGit
import UETModel
import UETScheduling
import UETSystem
import UETWorkers

/// Runs one attempt from its base to its outcome: worktree, tool, commit, scope, gates.
///
/// It decides nothing about the run: it reports facts while it works and returns how it ended.
struct AttemptRunner: Sendable {
  /// What is the same all the time, once for all copies: thousands of attempts may wait for other
  /// machines.
  private let given: Shared<Given>
  /// The first of the ports that the attempt has for itself.
  private(set) var portBase = 0
  /// What the attempt before left when it ended to wait for an answer, and this one goes on with.
  private(set) var workInHand: ObjectID?
  var warmth = Warmth()
  /// What its agent said last.
  var lastMessage: String?
  /// What it is asked in place of what its workstream says.
  var ownPrompt: String?

  private struct Given: Sendable {
    let context: Shared<Ground>
    let seeds: BenchSeeds
    let workstream: Workstream
    let order: AttemptOrder
    let previous: Shared<AttemptRecord>?
    let notes: [String]
    let answers: [QuestionRecord]
    let stop: StopSwitch
    let report: @Sendable (EventDraft) -> AsyncStream<Void>
    let openQuestion: @Sendable () async -> QuestionRecord?
    let place: WorkPlace
    let begun: Shared<BegunAttempt>?
  }

  var context: Ground { given.value.context.value }
  /// Of what gates built in benches.
  var seeds: BenchSeeds { given.value.seeds }
  var workstream: Workstream { given.value.workstream }
  var order: AttemptOrder { given.value.order }
  var previous: AttemptRecord? { given.value.previous?.value }
  /// What people said of earlier results.
  var notes: [String] { given.value.notes }
  /// What earlier attempts asked and were answered.
  var answers: [QuestionRecord] { given.value.answers }
  /// Ends what runs at once, without a grace.
  var stop: StopSwitch { given.value.stop }
  /// Hands a fact to the record and returns at once; the stream ends when the fact is durable.
  var report: @Sendable (EventDraft) -> AsyncStream<Void> { given.value.report }
  /// The question of this attempt that must be answered before a result of it counts.
  var openQuestion: @Sendable () async -> QuestionRecord? { given.value.openQuestion }
  var place: WorkPlace { given.value.place }
  /// Where another process began it, and has this one carry it out.
  private var begun: BegunAttempt? { given.value.begun?.value }

  init(
    context: Shared<Ground>, seeds: BenchSeeds, workstream: Workstream, order: AttemptOrder,
    previous: AttemptRecord?,
    notes: [String] = [], answers: [QuestionRecord] = [], stop: StopSwitch,
    report: @escaping @Sendable (EventDraft) -> AsyncStream<Void>,
    openQuestion: @escaping @Sendable () async -> QuestionRecord? = { nil },
    begun: BegunAttempt? = nil
  ) {
    given = Shared(
      Given(
        context: context, seeds: seeds, workstream: workstream, order: order,
        previous: previous.map(Shared.init), notes: notes, answers: answers, stop: stop,
        report: report, openQuestion: openQuestion,
        place: begun?.place ?? context.value.facts.place(of: workstream.id, worker: order.worker),
        begun: begun.map(Shared.init)))
    ownPrompt = begun?.prompt
  }

  /// The outcome, and what else is recorded of it.
  ///
  /// Whatever it is, work that was done is in a commit that a reference or the record keeps, unless
  /// the disk or git failed as well; then the worktree keeps it.
  mutating func run() async -> (AttemptOutcome, JSONObject) {
    var base: ObjectID?
    portBase = context.ports.take(for: order.place)
    defer {
      context.ports.release(portBase)
      if context.sandbox != nil { EnclosedRoom(context.logs, owner: id.rawValue).clear() }
    }
    do {
      let made = if let begun { begun.base } else { try await makeBase() }
      base = made
      workInHand = begun.map(\.workInHand) ?? workToTakeUp(on: made)
      let started = begun == nil ? reportStart(at: made) : nil
      try await preparePlace(at: made)
      // Nothing works in the worktree before the record knows its base: a crash then finds the
      // work.
      if place.isWorktree, let started { for await _ in started {} }
      try Task.checkCancellation()
      context.guardian?.began(
        order.name, in: place.isWorktree ? context.repository.worktree(at: path) : nil)
      try await takeUpWork(on: made)
      try clone?.make(at: made)
      try await runSetup()
      noteUntouched()
      try await runToolOrAsk()
      try await fetchClone()
      // What gates judge by is as it was.
      try await examine()
      let result = try await conclude(base: made)
      try await examine(asEnd: true)
      await leavePlace(at: result.tip, succeeded: true)
      if case .own = place { context.guardian?.left(id, at: path, result.files) }
      return (.succeeded(tip: result.tip, base: made), details(of: result, base: made))
    } catch {
      // What was committed in a clone is work as well.
      try? await clone?.fetch(context.git)
      let found = await examine(after: blamed(failure(from: error)))
      let failure = await keepWork(after: found, base: base)
      if Task.isCancelled { return (.cancelled(salvage: failure.salvage), [:]) }
      return (.failed(failure), [:])
    }
  }

  /// How much came of it, and what was to be made and is not there.
  private func details(
    of result: (tip: ObjectID, files: [String]), base: ObjectID
  ) -> JSONObject {
    let missing = place.isWorktree ? missing(in: result) : []
    let handoff = handOff(result.tip, since: base)
    return Told<Fact.TaskEnd> {
      $0.files = place.isWorktree ? result.files.count : nil
      $0.missing = missing.nonEmpty
      $0.handoff = handoff
    }.members
  }

  /// Paths of `files_create` that name one file or folder, and nothing is there.
  private func missing(in result: (tip: ObjectID, files: [String])) -> [String] {
    guard let tree = try? context.repository.commit(result.tip).tree else { return [] }
    return workstream.scope.creates.compactMap { pattern in
      guard let path = pattern.spelledPath, !path.isEmpty else { return nil }
      // Brackets may have been meant as a glob.
      if case .globs = pattern.form, result.files.contains(where: pattern.matches) { return nil }
      let entry = try? context.repository.entry(at: path, in: tree)
      return entry == .some(nil) ? path : nil
    }
  }

  /// The failure with the reference that keeps what the attempt did.
  private func keepWork(after failure: AttemptFailure, base: ObjectID?) async -> AttemptFailure {
    var failure = failure
    if failure.salvage == nil, let base {
      switch await Salvage(context).keep(order.name, at: place, base: base) {
      case .kept(let name, let commit): (failure.salvage, failure.tip) = (name, commit)
      case .nothing: break
      case .failed(let reason):
        // It stays where it is, marked as this attempt's; whoever comes next keeps it.
        context.project.warn("the work of '\(id)' is only in '\(path)': \(reason)")
        return failure
      }
    }
    if let end = failure.tip ?? base { await leavePlace(at: end, succeeded: false) }
    return failure
  }

  var id: WorkstreamID { workstream.id }
  var attempt: Int { order.name.number }
  var worker: String { order.worker }
  var path: String { place.path }

  /// What the attempt before left when it ended to wait for an answer.
  func workToTakeUp(on base: ObjectID) -> ObjectID? {
    place.isWorktree ? previous?.workInHand(on: base) : nil
  }

  /// The commit that it starts from.
  func makeBase() async throws -> ObjectID {
    order.inputs.isEmpty ? context.facts.base : try await mergeBase()
  }

  private func mergeBase() async throws -> ObjectID {
    // Each conflict that is resolved is one less.
    for _ in order.inputs {
      do { return try await tryBase() } catch let conflict as BaseBuilder.Conflict {
        try await settle(conflict)
      }
    }
    return try await tryBase()
  }

  private func settle(_ conflict: BaseBuilder.Conflict) async throws {
    try await BaseRepair(context: context, name: order.name, stop: stop, report: report)
      .settle(conflict)
  }

  private func tryBase() async throws -> ObjectID {
    do {
      return try await context.bases.base(
        for: order.inputs, within: context.configuration.run.baseTimeout)
    } catch let overdue as BaseBuilder.Overdue {
      throw AttemptFailure(
        .timeout,
        "merging what it builds on took more than \(seconds(overdue.seconds)) (run.base_timeout)",
        isTransient: true)
    }
  }

  /// Tells the record that it has begun; `executor` says what carries it out elsewhere.
  func reportStart(at base: ObjectID, by executor: String? = nil) -> AsyncStream<Void> {
    report(
      EventDraft(
        .taskStarted(
          .init { ($0.base, $0.inputs, $0.executor) = (base, order.inputs, executor) }),
        workstream: id,
        attempt: attempt, worker: worker, anchors: [base] + order.inputs.map(\.commit)))
  }

  /// Less than this is no room: what the worker's tool wrote failed, however it says so.
  private static let leastDisk = 1 << 20

  /// The failure, with the disk to blame where it is full.
  private func blamed(_ failure: AttemptFailure) -> AttemptFailure {
    guard [.toolFailure, .resourceLimit, .unknown].contains(failure.kind), failure.asks == nil,
      let free = MachineRoom.freeDisk(at: path) ?? MachineRoom.freeDisk(at: context.logs.folder),
      free < Self.leastDisk
    else { return failure }
    var failure = failure
    failure.isDiskFull = true
    return failure
  }

  /// An unexpected error of git or the system as the failure that is recorded.
  func failure(from error: any Error) -> AttemptFailure {
    switch error {
    case let failure as AttemptFailure: return failure
    case let system as SystemFailure:
      var failure = AttemptFailure(
        .resourceLimit, "cannot \(system.operation) '\(system.path)': \(system.reason)")
      failure.isDiskFull = system.isFullDisk
      return failure
    case GitError.diskFull:
      var failure = AttemptFailure(.resourceLimit, "\(error)")
      failure.isDiskFull = true
      return failure
    case GitError.gitOverdue:
      return AttemptFailure(.timeout, "\(error) (run.git_timeout)", isTransient: true)
    case GitError.refusedTree(_, let fault):
      return AttemptFailure(.security, "its result is refused: \(fault)")
    default: return AttemptFailure(.unknown, "\(error)")
    }
  }
}

/// What carries attempts out.
protocol Executor: Sendable {
  /// Carries one out to its end, whatever comes between; a cancelled task ends it early, and what
  /// it left is kept.
  func run(_ attempt: AttemptRunner) async -> (AttemptOutcome, JSONObject)

  /// Goes on with one that a process before this one began, from `base`.
  func adopt(_ attempt: AttemptRunner, base: ObjectID?) async -> (AttemptOutcome, JSONObject)
}

/// This machine: each attempt in a worktree here, under a supervisor of this process, which ends
/// with it.
struct LocalExecutor: Executor {
  func run(_ attempt: AttemptRunner) async -> (AttemptOutcome, JSONObject) {
    var attempt = attempt
    return await attempt.run()
  }

  func adopt(_ attempt: AttemptRunner, base: ObjectID?) async -> (AttemptOutcome, JSONObject) {
    let failure = AttemptFailure(
      .orchestratorCrash, "the orchestrator ended while it ran", isTransient: true)
    return (.failed(failure), [:])
  }
}

/// An attempt that another process began: what it starts from is decided, and on record.
struct BegunAttempt: Sendable {
  let base: ObjectID
  /// What the attempt before left, and this one goes on with.
  let workInHand: ObjectID?
  let prompt: String
  let place: WorkPlace
}

extension AttemptFailure: Error {}

extension AttemptRunner {
  /// A fresh checkout of the base, or an empty directory, with what the tool needs beside it.
  mutating func preparePlace(at base: ObjectID) async throws {
    try Files.makeDirectory(context.logs.folder)
    // Nobody reads it before the tool starts.
    try writePrompt()
    switch place {
    case .own:
      let (worktree, _) = try await worktree(keeping: []).prepare(order.name, at: base)
      try await beginWarm(in: worktree, at: base, builtOn: nil)
    case .slot:
      let (worktree, tree) = try await slot.prepare(order.name, at: base)
      try await beginWarm(in: worktree, at: base, builtOn: tree)
    case .scratch(let path):
      Folder.remove(path)
      try Files.makeDirectory(path)
      return
    }
    try LocalFiles(context.project).copy(into: path)
    try await shareCaches(at: base)
    try await context.git.fillSubmodules(at: path)
  }

  /// A tool that asks and ends, with whatever status, waits for the answer.
  private mutating func runToolOrAsk() async throws {
    do { try await runTool() } catch let failure as AttemptFailure {
      guard failure.kind == .toolFailure, !failure.isToolBroken, let question = await openQuestion()
      else { throw failure }
      throw AttemptFailure(asking: question)
    }
    if let question = await openQuestion() { throw AttemptFailure(asking: question) }
  }

  /// Puts what the attempt before left back into the worktree, staged.
  private func takeUpWork(on base: ObjectID) async throws {
    guard let workInHand, let worktree = context.repository.worktree(at: path) else { return }
    let isSparse = SparseChoice(workstream, context.configuration) != nil
    try await context.git.stage(workInHand, onto: base, in: worktree, isSparse: isSparse)
  }

  /// Lets the place go when all that was done there is in `commit`.
  func leavePlace(at commit: ObjectID, succeeded: Bool) async {
    switch place {
    case .own(let path):
      await worktree(keeping: []).release(order.name, at: commit, isTouched: hasGates)
      await WorktreeUpkeep(context.facts, context.room).attemptEnded(
        at: path, commit: commit, succeeded: succeeded)
    case .slot:
      await worktree(keeping: []).release(order.name, at: commit, isTouched: hasGates)
    case .scratch(let path): Folder.remove(path)
    }
  }

  var slot: ReusableWorktree { worktree(keeping: context.configuration.run.caches) }

  private func worktree(keeping: [String]) -> ReusableWorktree {
    ReusableWorktree(
      context: context.facts, path: path, seenPath: context.onePath ?? path, keeping: keeping,
      sparse: SparseChoice(workstream, context.configuration)?.paths)
  }

  private var hasGates: Bool { !Gate.ofAttempt(workstream, context.configuration).isEmpty }

  /// The caches of the main work tree, which a worktree gets a clone of where nothing ties them to
  /// it.
  private func shareCaches(at base: ObjectID) async throws {
    guard let source = context.repository.workTree else { return }
    var brought: [String] = []
    for name in context.configuration.run.caches {
      guard let cache = LocalFile(name), cache.isReached(in: path) else { continue }
      // What a slot kept of its own was made in it.
      let isBuilt = !BuildDescription.isInstalled(cache.path)
      guard Files.kind("\(path)/\(cache.path)") == nil, warmth.tree == nil || !isBuilt,
        Files.kind("\(source)/\(cache.path)") == .directory
      else { continue }
      if let tie = await context.caches.tie(of: cache) {
        context.notes.once(
          tie.reason(name) + "; worktrees start without it (see: git uet doctor)")
        continue
      }
      let copy = CacheCopy(
        source: "\(source)/\(cache.path)", target: "\(path)/\(cache.path)",
        fallback: context.configuration.run.cacheFallback)
      switch try copy.make() {
      case .cloned, .copied: brought.append(cache.path)
      case .linked, .absent: break
      case .impossible:
        context.notes.once(
          "the file system cannot clone '\(name)', so worktrees start without it; set "
            + "'run.cache_fallback' to 'copy' or 'link' to change that")
      }
    }
    // It was made from other files than those that stand here, by whatever times.
    guard let worktree = context.repository.worktree(at: path) else { return }
    let built = KeptOutput(
      in: path, folders: brought.filter { !BuildDescription.isInstalled($0) })
    if !built.isEmpty { try context.git.freshen(worktree, base, beyond: built) }
  }
}
