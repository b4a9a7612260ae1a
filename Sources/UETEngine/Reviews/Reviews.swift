import UETGit
import UETLedger
import UETModel
import UETPlanning
import UETWorkers

/// Shows what of a run waits for a person to look at it, and records what the person decides.
package struct Reviews: Sendable {
  let project: Project

  package init(_ project: Project) { self.project = project }

  /// What is shown of a run's reviews.
  package struct Overview: Sendable {
    package let state: RunState
    package let entries: [Entry]
    /// Decisions in inboxes that the holder has not recorded yet, in their order.
    package let pending: [EventDraft]
    package let untrusted: [Inbox]
    /// What waits for a person's word, beside results.
    package let waits: [PersonalWait]
    /// Whether this clone holds the run.
    package let isOwn: Bool
  }

  /// One workstream that asks for a review, or got one.
  package struct Entry: Sendable {
    package let record: WorkstreamRecord
    package let tip: ObjectID
    package let base: ObjectID?
    package let isRequired: Bool
  }

  /// What became of decisions.
  package enum Outcome: Sendable {
    /// They are on the run's main chain.
    case recorded([Event])
    /// They are in this clone's inbox, and the live process answered.
    case handed(SteeringAnswer, [Event])
    /// They are in this clone's inbox, whose name is `writer`, until the holder admits them.
    case waiting(writer: String, [Event])
  }

  package func overview(of run: RunID) throws -> Overview {
    let state = try project.reader.state(of: run)
    let root = try project.reader.root(of: run)
    let required = Self.required(root)
    let entries = state.workstreams.compactMap { record -> Entry? in
      guard let tip = record.tip, [.succeeded, .queued, .integrated].contains(record.state)
      else { return nil }
      let isRequired = required.contains(record.id) || record.isSuspect
      guard isRequired || record.reviews.contains(where: { $0.tip == tip }) else { return nil }
      let attempt = record.attempts.last { $0.tip == tip }
      return Entry(record: record, tip: tip, base: attempt?.base, isRequired: isRequired)
    }
    let news = project.news(for: state)
    return Overview(
      state: state, entries: entries,
      pending: news?.drafts.filter { draft in
        if case .reviewDecided = draft.fact { true } else { false }
      } ?? [],
      untrusted: news?.untrusted ?? [], waits: Self.waits(of: state), isOwn: try project.isOwn(run))
  }

  /// The workstreams whose bundle asks for a review.
  private static func required(_ root: RootRecord) -> Set<WorkstreamID> {
    let loaded = BundleLoader.load(root.bundles.map { BundleFile(path: $0.path, bytes: $0.bytes) })
    return Set(loaded.workstreams.filter { $0.wantsReview }.map(\.id))
  }
}

/// What a person says of results.
package struct ReviewDecision: Sendable {
  package var decision: ReviewRecord.Decision
  package var workstreams: [WorkstreamID]
  package var message: String?
  /// The commit that was looked at, where the person names it: it must be the result still.
  package var commit: String?

  package init(_ decision: ReviewRecord.Decision, of workstreams: [WorkstreamID]) {
    self.decision = decision
    self.workstreams = workstreams
  }

  /// The longest message in bytes; fits an inbox's line.
  package static let longestMessage = 4000
}

extension Reviews {
  /// Records decisions where they belong: on the main chain where this clone holds the run and
  /// nobody works on it, else in this clone's inbox; a live process of this clone is asked to take
  /// it at once.
  package func decide(
    _ decision: ReviewDecision, in run: RunID
  ) async throws -> Outcome {
    try project.requireNotArchived(run)
    try project.restoreOwnChains(run)
    let root = try project.reader.root(of: run)
    try project.requirePerson(
      to: "review what workers made", elsewhere: !project.isOwn(run))
    _ = try drafts(decision, try project.reader.state(of: run), isHolder: false)
    if try project.isOwn(run), try project.liveHolder(of: run) == nil,
      let events = try await record(decision, in: run)
    {
      return .recorded(events)
    }
    let writer = InboxWriter.name(ofClone: try await project.cloneID())
    let events = try append(decision, run, root, writer)
    guard try project.isOwn(run), try project.liveHolder(of: run) != nil else {
      return .waiting(writer: writer, events)
    }
    let answer = try? await Steering(project).send(.admit, to: run)
    return answer.map { .handed($0, events) } ?? .waiting(writer: writer, events)
  }

  /// On the main chain, after what others decided before; nil where a process has taken the run
  /// meanwhile.
  private func record(_ decision: ReviewDecision, in run: RunID) async throws -> [Event]? {
    do {
      return try await project.claiming(run, driving: Facts.init) { facts in
        try await project.admitInboxes(into: facts)
        return try await facts.once([try drafts(decision, await facts.state, isHolder: true)])
      }
    } catch let error as LedgerError {
      switch error {
      case .held, .fenced: return nil
      default: throw error
      }
    }
  }

  private func append(
    _ decision: ReviewDecision, _ run: RunID, _ root: RootRecord, _ writer: String
  ) throws -> [Event] {
    Repository.enableFsync()
    let state = try project.reader.state(of: run)
    let inbox = InboxWriter(
      repository: try project.reopened(), run: run, writer: writer, options: project.ledgerOptions)
    return try inbox.append(
      try drafts(decision, state, isHolder: try project.isOwn(run)), base: root.base,
      program: ProgramVersion.text, at: project.clock.now())
  }

  /// The events of a decision; throws where one of the workstreams has no result to decide on.
  private func drafts(
    _ decision: ReviewDecision, _ state: RunState, isHolder: Bool
  ) throws -> [EventDraft] {
    let identity = project.identity()
    var drafts: [EventDraft] = []
    for id in decision.workstreams {
      guard let record = state[id] else {
        throw Refusal.unknownWorkstream(
          id.rawValue, known: state.workstreams.map(\.id), run: state.run)
      }
      guard let tip = record.tip, record.state.isFinished || record.state == .ejected else {
        throw Refusal.nothingToReview(id, record.state)
      }
      if record.state == .landed { throw Refusal.nothingToReview(id, .landed) }
      if let name = decision.commit, try project.repository.resolve(name) != tip {
        throw Refusal(
          .usage, "the result of '\(id)' is not '\(name.terminalSafe)'; it is \(tip.short) by now",
          hint: "look at it: git uet review")
      }
      drafts.append(
        .review(
          decision.decision, record, tip, by: "\(identity.name) <\(identity.email)>",
          message: decision.message, overruling: isHolder))
    }
    return drafts
  }
}

extension Project {
  /// Who decides here, as git names them: `Ada <ada@example.com>`.
  package var person: String {
    let identity = identity()
    return "\(identity.name) <\(identity.email)>"
  }
}

extension Refusal {
  /// A workstream has no result that a person could decide on.
  static func nothingToReview(_ id: WorkstreamID, _ state: WorkstreamState) -> Refusal {
    if state == .landed {
      return Refusal(.usage, "'\(id)' has landed already, so a review comes too late")
    }
    return Refusal(
      .usage, "'\(id)' has no result to review: it is \(state.rawValue)",
      hint: "see how it stands: git uet status")
  }
}
