import UETGit
import UETLedger
import UETModel
import UETScheduling

extension AttemptRunner {
  /// Commits what the tool changed, checks its scope and runs its gates.
  mutating func conclude(base: ObjectID) async throws -> (tip: ObjectID, files: [String]) {
    guard place.isWorktree else {
      for gate in attemptGates() { try await pass(gate, tip: base) }
      return (base, [])
    }
    let tip = try await keptWork(base: base)
    try checkScope(base: base, tip: tip)
    try checkStash(base: base, tip: tip)
    for gate in attemptGates() { try await pass(gate, tip: tip) }
    let files = try context.repository.changes(from: base, to: tip).map(\.path)
    // Nobody reviews in a slot, and the next switch asks neither its HEAD nor its index.
    if case .own = place, let worktree = context.repository.worktree(at: path) {
      try? await context.git.settle(worktree, at: tip)
    }
    return (tip, files)
  }

  /// Does as `commitWork` does, with a salvage reference where it is to last: gates may take long,
  /// and nothing else leads to the result before it is recorded. Who ends the run drops it.
  private func keptWork(base: ObjectID) async throws -> ObjectID {
    guard !attemptGates().isEmpty || GitCollection.isUnderWay(in: context.repository) else {
      return try await commitWork(base: base)
    }
    let kept = try await context.project.kept.keep(
      as: context.names.salvage(id, attempt: attempt), since: base,
      message: "git-uet: keep attempt \(attempt) for its gates"
    ) { isAgain in
      if isAgain, let worktree = context.repository.worktree(at: path) {
        context.git.forgetCheckout(worktree)
      }
      let tip = try await commitWork(base: base)
      return tip == base ? nil : tip
    }
    return kept ?? base
  }

  /// The commit that holds everything the attempt did on top of `base`; `base` when it did nothing.
  private func commitWork(base: ObjectID) async throws -> ObjectID {
    guard let worktree = context.repository.worktree(at: path) else {
      throw GitError.notAWorktree(path: path)
    }
    let identity = context.project.identity()
    let isSlot = if case .slot = place { true } else { false }
    let work = try await context.git.commitAll(
      worktree, base: base, message: commitMessage, author: identity, committer: identity,
      excluding: context.facts.local, declared: workstream.scope.creates, isPassing: isSlot,
      signs: true)
    if let work { try checkSecrets(in: worktree, base: base, tip: work.tip) }
    try await KeptApart(context.project, run: context.run, label: order.name.label)
      .takesLeftovers(of: worktree, besides: work?.tip ?? base, since: base)
    let reference = context.names.salvage(id, attempt: attempt)
    for unkept in await context.facts.keepInner(worktree, as: reference, of: id) {
      context.project.warn(
        "'\(id)' left a repository in \(unkept.path.quoted(limit: 60)) that cannot be kept "
          + "(\(unkept.reason)); '\(path)' stays for it")
    }
    guard let work else { return base }
    try await context.git.keepSubmodules(worktree, from: base, to: work.tip, as: reference)
    return work.tip
  }

  /// Nothing that is secret gets into a result.
  private func checkSecrets(in worktree: WorktreeHandle, base: ObjectID, tip: ObjectID) throws {
    let faults = try ResultSecrets(context.project, in: path).faults(in: tip, since: base)
    if !faults.isEmpty {
      throw AttemptFailure(.security, "its result is refused: \(faults.text)")
    }
    let inner = try ResultSecrets.faultsInSubmodules(
      of: worktree, from: base, to: tip, context.project)
    if let first = inner.first {
      throw AttemptFailure(
        .security,
        "its result is refused: in the submodule '\(first.path)' \(inner.map(\.fault).text)")
    }
  }

  private var commitMessage: String {
    let title = workstream.tasks.first.map { summary($0) } ?? "changes"
    return """
      \(id): \(title)

      UET-Run: \(context.run)
      UET-Workstream: \(id)
      UET-Attempt: \(attempt)

      """
  }

  /// The first line of a task, short enough for a commit's subject.
  private func summary(_ task: String) -> String {
    let line = task.split(whereSeparator: \.isNewline).first.map(String.init) ?? "changes"
    let clean = context.logs.redaction.redacted(line).filter {
      !$0.unicodeScalars.contains { $0.properties.generalCategory == .control }
    }
    let room = max(20, 70 - id.rawValue.count)
    return clean.count <= room ? clean : clean.prefix(room - 1) + "…"
  }

  /// Every commit of base..tip is checked by itself, without rename detection, and the sum as well.
  func checkScope(base: ObjectID, tip: ObjectID) throws {
    let violations = try ScopeCheck(
      repository: context.repository, scope: workstream.scope
    ).violations(base: base, tip: tip)
    guard !violations.isEmpty else { return }
    _ = report(
      EventDraft(
        .scopeViolation(.init { ($0.tip, $0.paths) = (tip, Array(violations.prefix(100))) }),
        workstream: id, attempt: attempt, worker: worker, anchors: [tip]))
    let history = ForeignHistory(
      context: context.facts, workstream: id, worktree: context.repository.worktree(at: path),
      base: base,
      tip: tip)
    let how = history.text.map { "\($0): " } ?? ""
    var failure = AttemptFailure(
      .scopeViolation, "\(how)changed \(violations.quoted(1)) outside its scope\(otherAuthors)")
    if let kept = try? Salvage(context).point(order.name, at: tip) {
      (failure.salvage, failure.tip) = (kept.name, kept.commit)
    }
    throw failure
  }

  /// Whose doing it may be as well: workers can write to each other's worktrees.
  private var otherAuthors: String {
    let others = Set((context.guardian?.beside(order.name) ?? []).map(\.workstream))
      .subtracting([id]).sorted()
    if others.isEmpty { return "" }
    let names = others.map(\.rawValue).quoted(2)
    return ", unless \(names), which ran beside it, wrote there"
  }

  /// Runs one gate on the committed result; a red required gate fails the attempt.
  private mutating func pass(_ gate: Gate, tip: ObjectID) async throws {
    let tree = try context.repository.commit(tip).tree
    let key = gateEnvironment.key(
      of: gate, on: .commit(tip), declaring: workstream.environment)
    // Without a tree of its own it reads what is elsewhere.
    let inputs = place.isWorktree ? try context.facts.cuts.cut(tree, for: gate, key) : nil
    let facts = GateFacts(
      gate: gate, stage: .attempt, tree: tree, workstream: id, attempt: attempt, key: key,
      inputs: inputs)
    if let known = context.verdicts.green(on: tree, inputs: inputs, key) {
      _ = report(facts.reused(known))
      return
    }
    try await settleWarmth(at: tip)
    _ = report(facts.started)
    let log = context.logs.gate(gate.name, order.name)
    if !gate.isWarm, warmth.tree != nil {
      try await goCold("'gates.\(gate.name).warm' is false")
    }
    var result = try await result(of: gate, on: tree, key, log, knowing: inputs)
    if case .failed = result.verdict, warmth.tree != nil, !Task.isCancelled {
      // What was built before is never the last word.
      try await goCold("the gate was red with what was built before")
      let seconds = result.seconds
      result = await ask(gate, log)
      result.seconds += seconds
      result.wasRedWarm = true
    }
    if Task.isCancelled { throw CancellationError() }
    _ = report(facts.ended(result))
    switch result.verdict {
    case .passed: return
    case .failed(let reason):
      let words = context.logs.lastWords(log)
      if gate.required {
        throw AttemptFailure(.gateFailure, "\(gate.name) is red (\(reason))\(words)")
      }
    case .fault(let reason):
      throw AttemptFailure(
        .resourceLimit, "\(gate.name) gave no verdict: \(reason)", isTransient: true)
    }
  }

  func ask(_ gate: Gate, _ log: String, _ tracing: Tracing? = nil) async -> GateResult {
    let run = tracing?.gate(gate) ?? gate
    var result = await GateResult.of(gate) {
      var enclosure = enclosure
      enclosure.hasNetwork = gate.hasNetwork
      enclosure.writing += run.traces.map { [$0] } ?? []
      let report = await supervise(
        run.command.argv, timeout: run.timeout, log: log, enclosure: enclosure)
      tracing?.keepTry()
      return report
    }
    (result.warm, result.cold) = (warmth.tree, warmth.cold)
    return result
  }

  private var gateEnvironment: GateEnvironment {
    let sparse = SparseChoice(workstream, context.configuration)?.paths
    return GateEnvironment(
      context.project, in: place.isWorktree ? .worktree(path: path, sparse: sparse) : .scratch)
  }

  private func attemptGates() -> [Gate] {
    Gate.ofAttempt(workstream, context.configuration)
  }
}

extension AttemptRunner {
  /// Looks at what no worker may change. Throws where this attempt alone can have changed something
  /// of it.
  func examine(asEnd isEnd: Bool = false) async throws {
    guard let finding = await context.examined(ending: isEnd ? order.name : nil, report) else {
      return
    }
    let grave = finding.changes.filter(\.isProtected)
    guard !grave.isEmpty, finding.suspects == [order.name] else { return }
    throw AttemptFailure(.security, "changed what is not its own: " + grave.text(3))
  }

  /// Examines once more after a failure; a graver one takes its place.
  func examine(after failure: AttemptFailure) async -> AttemptFailure {
    do {
      try await examine(asEnd: true)
      return failure
    } catch let graver as AttemptFailure {
      var graver = graver
      graver.message += "; besides, \(failure.message)"
      (graver.salvage, graver.tip) = (failure.salvage, failure.tip)
      return graver
    } catch {
      return failure
    }
  }

  /// Nothing of the user's stash gets into a result.
  func checkStash(base: ObjectID, tip: ObjectID) throws {
    guard base != tip, let guardian = context.guardian else { return }
    let stashed = guardian.stashed
    if stashed.isEmpty { return }
    var own: [[UInt8]: ObjectID] = [:]
    for change in try context.repository.changes(from: base, to: tip) {
      own[change.pathBytes] = change.new?.id
    }
    for entry in stashed {
      guard let commit = try? context.repository.commit(entry), let first = commit.parents.first
      else { continue }
      let sides = [(first, entry)] + commit.parents.dropFirst(2).map { (ObjectID?.none, $0) }
      for (old, new) in sides {
        let changes = (try? context.repository.changes(from: old, to: new)) ?? []
        guard
          let taken = changes.first(where: { change in
            change.new.map { own[change.pathBytes] == $0.id } ?? false
          })
        else { continue }
        _ = report(
          .protectedChange(
            [SharedChange(.stash, entry.short, isProtected: true)], [order.name], for: order.name))
        throw AttemptFailure(
          .security,
          "its result holds '\(taken.path)' as the user's stash entry \(entry.short) has it")
      }
    }
  }
}
