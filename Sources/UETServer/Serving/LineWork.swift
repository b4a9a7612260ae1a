import UETEngine
import UETGit
import UETLedger
import UETModel

/// Takes one line a step on: has a run test and land what may go now, or goes on with the run of a
/// process before this one, and writes down what came of it.
struct LineWork {
  let served: ServedRepository
  let branch: String
  let project: Project
  let control: RunControl
  let say: @Sendable (ServeEvent.Kind) -> Void

  enum End: Sendable {
    /// Something was decided: look again.
    case decided
    /// Nothing may be taken now.
    case idle
    /// Nothing lands until somebody lets it, or that moment comes.
    case rests(String, until: Timestamp? = nil)
    /// It was told to stop; the run goes on with the next process.
    case stopped
  }

  private var book: LineBook { served.book }
  private var target: String { "refs/heads/\(branch)" }
  private var now: Timestamp { project.clock.now() }

  func perform() async throws -> End {
    book.removeStaleLocks()
    let line = try book.line(of: branch)
    if let current = line.current { return try await resume(current) }
    if let reason = line.frozen { return .rests("landing is frozen: \(reason)") }
    return try await begin(line)
  }
}

extension LineWork {
  private func begin(_ line: LineState) async throws -> End {
    let candidates = try book.candidates(of: branch)
    guard let start = try project.repository.reference(target) else {
      return .rests("there is no branch '\(branch)' any more")
    }
    let commits: (ObjectID) throws -> Set<ObjectID> = { [repository = project.repository] tip in
      Set(try repository.commits(in: tip, notIn: [start]))
    }
    let choice = try LineChoice(
      candidates, landed: Set(line.landed), limit: LineOutlook.mostAtOnce,
      reviews: try reviews(), commits: commits)
    try await dropWithdrawn(candidates, start)
    try await note(choice.held, line)
    if try setAsideUnfit(choice.batch) { return .decided }
    guard let first = choice.batch.first else { return .idle }
    let batch = CandidateBatch(
      target: target, members: choice.batch.map(member), gates: first.wishes.gates)
    let vetted = try await batch.vetted(in: project)
    for (member, refusal) in vetted.refused {
      try set(
        member.name, member.candidate, aside: refusal.messages.first ?? "it cannot be queued")
    }
    guard !vetted.accepted.isEmpty else { return .decided }
    let run = RunID(startedAt: now, after: try project.reader.runs())
    let current = LineState.Current(
      run: run, startedAt: now,
      members: vetted.accepted.map { member, id in
        LineState.Member(
          topic: member.name, candidate: member.candidate, tip: member.tip, workstream: id)
      })
    let topics = current.members.map(\.topic)
    // What is in it is on record before it begins: a crash in between leaves no run that nobody
    // knows.
    try await book.change(branch, "run \(run) begins with \(topics.listed(5))", at: now) {
      $0.current = current
    }
    let integration: Integration
    do {
      integration = try await batch.begin(vetted, as: run, in: project)
    } catch {
      // Its candidates are in line again, for others or for a better time.
      try await forget(current)
      throw error
    }
    say(.began(run, topics))
    return try await work(integration, current)
  }

  /// How many others must have looked at each: the host's rule, whatever the branch says.
  private func reviews() throws -> Int {
    do throws(PushRefusal) {
      return try HostSettings(project.repository).configuration.server.reviews
    } catch {
      throw Refusal(.usage, error.message, hint: error.hint)
    }
  }

  /// Sets aside what no run could be begun with, or after; whether there was some.
  private func setAsideUnfit(_ batch: [PushedCandidate]) throws -> Bool {
    var hasSome = false
    for candidate in batch {
      let missing = candidate.wishes.gates.filter { project.configuration.gates[$0] == nil }
      let reason =
        try missing.first.map {
          "it asks for gate '\($0)', which '\(branch)' has no more"
        } ?? HostSettings.problem(at: candidate.tip, project.repository)
      guard let reason else { continue }
      hasSome = true
      try set(candidate.topic, candidate.id, aside: reason)
    }
    return hasSome
  }

  private func member(_ candidate: PushedCandidate) -> CandidateBatch.Member {
    CandidateBatch.Member(
      reference: book.names.candidate(branch, candidate.topic), candidate: candidate.id,
      name: candidate.topic, tip: candidate.tip)
  }

  /// What was taken back leaves the line once nobody builds on it.
  private func dropWithdrawn(
    _ candidates: [PushedCandidate], _ start: ObjectID
  ) async throws {
    let withdrawn = candidates.filter { $0.state == .withdrawn }
    if withdrawn.isEmpty { return }
    let others = candidates.filter { $0.state != .withdrawn }.map(\.tip)
    let needed =
      others.isEmpty
      ? [] : Set(try project.repository.commits(inAnyOf: others, notIn: [start]))
    let gone = withdrawn.filter { !needed.contains($0.tip) }
    if gone.isEmpty { return }
    let subject = "\(gone.map(\.topic).listed(5)) taken back"
    try await book.change(branch, subject, at: now, finished: gone) { _ in }
  }

  private func note(_ held: [String: String], _ line: LineState) async throws {
    if held == line.held { return }
    try await book.change(branch, "who waits for what", at: now) { $0.held = held }
  }

  /// The run is not the line's any more; what it had is in line again.
  private func forget(_ current: LineState.Current) async throws {
    try await book.change(branch, "run \(current.run) is given up", at: now) { line in
      if line.current?.run == current.run { line.current = nil }
    }
  }
}

extension LineWork {
  private func resume(_ current: LineState.Current) async throws -> End {
    guard try project.reader.runs().contains(current.run) else {
      try await forget(current)
      return .decided
    }
    say(.resumed(current.run))
    let integration: Integration
    do {
      integration = try await Integration.prepare(
        resuming: current.run, landingIn: target, in: project)
    } catch {
      // One that another process has is in good hands; any other would never be gone on with.
      guard Refusal(error).status != .held else { throw error }
      try await settle(
        try project.reader.state(of: current.run), current, mayBeOpen: true)
      throw error
    }
    return try await work(integration, current)
  }

  private func work(
    _ integration: Integration, _ current: LineState.Current
  ) async throws -> End {
    let fences = current.members.map { member in
      (
        member.workstream,
        ReferenceChange(
          name: book.names.candidate(branch, member.topic), new: member.candidate,
          old: member.candidate)
      )
    }
    // A line changes while one of its runs goes on only by what people order.
    let line = try book.line(of: branch)
    if let reason = line.frozen { return .rests("landing is frozen: \(reason)") }
    let fenced = integration.fenced(
      Dictionary(fences, uniquingKeysWith: { first, _ in first }),
      always: [ReferenceChange(name: book.names.line(branch), new: line.id, old: line.id)],
      publisher: publisher)
    let result: Integration.Result
    do {
      result = try await fenced.perform(observer: { _, _ in }, control: control)
    } catch let closed as ClosedWindow {
      return .rests(closed.refusal.messages.first ?? "", until: closed.opens)
    } catch {
      let state = try project.reader.state(of: current.run)
      if let reason = state.integration.freeze { return .rests("landing is frozen: \(reason)") }
      let now = try book.line(of: branch)
      if let reason = now.frozen { return .rests("landing is frozen: \(reason)") }
      if now.id != line.id { return .decided }
      // One was pushed again or taken back meanwhile: the others begin anew.
      guard try hasMoved(current) else { throw error }
      try await settle(state, current)
      return .decided
    }
    switch result.outcome.pause?.intent {
    case nil:
      try await settle(result.state, current)
      return .decided
    case .stop: return .stopped
    case .person: return .rests("run '\(current.run)' is paused")
    case .fault:
      // The next run may have what mends it.
      try await settle(result.state, current, mayBeOpen: true)
      throw Refusal(
        .failed, "run '\(current.run)' rests: \(result.outcome.pause?.reason ?? "")".terminalSafe,
        hint: "see it: git uet queue \(current.run)",
        "a candidate that mends it goes first: git uet queue promote --branch \(branch) TOPIC")
    }
  }

  /// Where it lands first, for a host that is another.
  private var publisher: LandingPublisher? {
    guard let mirror = served.mirror else { return nil }
    return { target, old, new, fences in
      await mirror.land(target, from: old, to: new, with: fences)
    }
  }

  private func hasMoved(_ current: LineState.Current) throws -> Bool {
    try !current.members.allSatisfy(isUnchanged)
  }

  /// Whether nothing else was pushed in its place since the run began.
  private func isUnchanged(_ member: LineState.Member) throws -> Bool {
    try project.repository.reference(book.names.candidate(branch, member.topic))
      == member.candidate
  }
}

extension LineWork {
  /// Writes down what became of each. `mayBeOpen`: that nothing was decided has a reason.
  private func settle(
    _ state: RunState, _ current: LineState.Current, mayBeOpen: Bool = false
  ) async throws {
    var landed: [LineState.Member] = []
    var open: [LineState.Member] = []
    for member in current.members {
      guard let record = state[member.workstream] else { continue }
      switch record.state {
      case .landed: landed.append(member)
      case .ejected, .quarantined, .failed, .cancelled:
        try set(
          member.topic, member.candidate, aside: record.reason ?? "no reason is on record",
          by: (current.run, member.workstream))
      default: open.append(member)
      }
    }
    open = try open.filter(isUnchanged)
    // A run that decides nothing about anybody must not be begun again and again.
    if open.count == current.members.count, !mayBeOpen {
      let reason = "run '\(current.run)' ended without deciding it"
      for member in open {
        try set(
          member.topic, member.candidate, aside: reason, by: (current.run, member.workstream))
      }
      open = []
    }
    let finished = try landed.compactMap { try book.candidate(at: $0.candidate) }
    let topics = landed.map(\.topic)
    let subject =
      "run \(current.run) ended" + (topics.isEmpty ? "" : ": \(topics.listed(5)) landed")
    let end = now
    try await book.change(branch, subject, at: end, finished: finished) { line in
      guard line.current?.run == current.run else { return }
      line.current = nil
      line.note(seconds: end.seconds(since: current.startedAt))
      line.note(landed: topics)
    }
    await dropIntegrationBranch(of: current.run)
    if !topics.isEmpty { say(.landed(current.run, topics)) }
    await served.mirror?.tellLanded(finished)
    if !open.isEmpty { say(.returned(current.run, open.map(\.topic))) }
  }

  /// What has landed is in the target: every clone would fetch one more branch for each run.
  private func dropIntegrationBranch(of run: RunID) async {
    let name = RunNames(prefix: project.refPrefix, run: run).integration
    guard let tip = try? project.repository.reference(name),
      let end = try? project.repository.reference(target),
      (try? project.repository.isAncestor(tip, of: end)) == true
    else { return }
    try? await project.git.updateReferences(
      [ReferenceChange(name: name, new: nil, old: tip)], message: "git-uet: landed")
  }

  /// Sets a candidate aside, unless something else was pushed in its place; by a run, where one has
  /// judged it.
  private func set(
    _ topic: String, _ candidate: ObjectID, aside reason: String,
    by judge: (run: RunID, workstream: WorkstreamID)? = nil
  ) throws {
    let changed = try book.change(branch, topic, at: now) { old in
      guard var next = old, next.id == candidate else { return nil }
      (next.state, next.reason) = (.aside, reason)
      (next.run, next.workstream) = (judge?.run, judge?.workstream)
      return next
    }
    if changed != nil { say(.aside(judge?.run, topic, reason: reason)) }
  }
}
