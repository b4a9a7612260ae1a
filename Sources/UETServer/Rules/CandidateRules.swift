import UETEngine
import UETGit
import UETModel

/// What may be queued: a commit that the branch lacks, under a topic that is free or one's own,
/// with options that can be heeded, and inside of the scope that they declare.
struct CandidateRules {
  let view: PushView

  func refusals(at now: Timestamp) throws -> [PushRefusal] {
    var refusals: [PushRefusal] = []
    var topics = KnownTopics(view.desk.book)
    for (update, kind) in view.updates where kind == .queue || kind == .order {
      do {
        if let refusal = try refusal(update, now, &topics) { refusals.append(refusal) }
      } catch let refusal as PushRefusal {
        refusals.append(refusal)
      }
    }
    return refusals
  }

  private func refusal(
    _ update: ReferenceUpdate, _ now: Timestamp, _ topics: inout KnownTopics
  ) throws -> PushRefusal? {
    let desk = view.desk
    switch try desk.wish(update, at: now) {
    case .order(let order, let branch):
      return try desk.fault(ordering: order, on: branch, update.name)
    case .withdraw(let branch, let topic):
      return try desk.fault(withdrawing: branch, topic, update.name)
    case .queue(let candidate, let isNamed):
      let topic = try desk.topic(for: candidate, isNamed: isNamed)
      if let twin = try topics.twin(of: topic, candidate.branch) {
        return PushRefusal(
          update.name, "the topic differs from '\(twin.terminalSafe)' by case or spelling alone",
          hint: "use that one, or another: git push origin HEAD:refs/for/\(candidate.branch)/TOPIC")
      }
      let old = try desk.book.candidate(candidate.branch, topic)
      if let fault = desk.fault(replacing: old, update.name) { return fault }
      return try brokenSettings(candidate, update) ?? priority(candidate, update)
        ?? outOfScope(candidate, update) ?? unknownDependency(candidate, topic, update)
    }
  }

  /// By each of its own commits and by all together, as for a workstream's branch.
  private func outOfScope(
    _ candidate: PushedCandidate, _ update: ReferenceUpdate
  ) throws -> PushRefusal? {
    let scope = candidate.wishes.scope.compactMap { try? ScopePattern($0) }
    guard !scope.isEmpty,
      let target = try view.repository.reference("refs/heads/\(candidate.branch)")
    else { return nil }
    let others = try view.desk.book.candidates(of: candidate.branch).map(\.tip).filter {
      try $0 != candidate.tip && view.repository.isAncestor($0, of: candidate.tip)
    }
    let work = ScopedWork(
      repository: view.repository, tip: candidate.tip, known: others, targets: [target])
    guard
      let fault = try work.fault(where: { path in scope.contains { $0.matches(path) } })
    else { return nil }
    let what = fault.commit.map { "commit \($0.short) changes" } ?? "all together it changes"
    return PushRefusal(
      update.name, "\(what) '\(fault.path.terminalSafe)', which is outside of its own uet.scope",
      hint: fault.commit.map { "take that out: git rebase -i \($0.short)~1" }
        ?? "see it: git log -p -- \(fault.path.shellQuoted)")
  }

  /// The host could not judge anything any more once that has landed.
  private func brokenSettings(
    _ candidate: PushedCandidate, _ update: ReferenceUpdate
  ) throws -> PushRefusal? {
    try HostSettings.problem(at: candidate.tip, view.repository).map { problem in
      PushRefusal(
        update.name, "its settings are broken: \(problem)",
        hint: "see what is wrong with them: git uet validate")
    }
  }

  /// To go before others is for those who may steer the line.
  private func priority(
    _ candidate: PushedCandidate, _ update: ReferenceUpdate
  ) -> PushRefusal? {
    let desk = view.desk
    guard candidate.wishes.priority < 0, desk.identity != nil, !desk.stewards.isEmpty,
      !desk.stewards.contains(desk.pusher ?? "")
    else { return nil }
    return PushRefusal(
      update.name, "only those who steer the line put theirs before others (server.queue)",
      hint: "push it without uet.priority, or ask one of them: \(desk.stewards.listed(5))")
  }

  private func unknownDependency(
    _ candidate: PushedCandidate, _ name: String, _ update: ReferenceUpdate
  ) throws -> PushRefusal? {
    guard !candidate.wishes.depends.isEmpty else { return nil }
    let book = view.desk.book
    let landed = try book.line(of: candidate.branch).landed
    if candidate.wishes.depends.contains(name) {
      return PushRefusal(
        update.name, "it depends on itself",
        hint: "name what has to land first: git push -o uet.depends=TOPIC ...")
    }
    for topic in candidate.wishes.depends {
      if try landed.contains(topic) || book.candidate(candidate.branch, topic) != nil { continue }
      return PushRefusal(
        update.name,
        "it depends on '\(topic.terminalSafe)', which is neither in the line of "
          + "'\(candidate.branch.terminalSafe)' nor among what has landed",
        hint: "push that one first: git push origin "
          + "COMMIT:\("refs/for/\(candidate.branch)/\(topic)".shellQuoted)")
    }
    return nil
  }
}

/// The topics of each line, those of this push among them, read once.
private struct KnownTopics {
  private let book: LineBook
  private var branches: [String: [String: String]] = [:]

  init(_ book: LineBook) { self.book = book }

  /// One that differs from the topic by case or spelling alone; nil where none does.
  mutating func twin(of topic: String, _ branch: String) throws -> String? {
    var known = try branches[branch] ?? topics(of: branch)
    let other = known[topic.lowercased()]
    known[topic.lowercased()] = other ?? topic
    branches[branch] = known
    return other.flatMap { $0.utf8.elementsEqual(topic.utf8) ? nil : $0 }
  }

  private func topics(of branch: String) throws -> [String: String] {
    let names = try book.topics(of: branch)
    return Dictionary(names.map { ($0.lowercased(), $0) }, uniquingKeysWith: { first, _ in first })
  }
}

extension PushView {
  /// What reads candidates of this push.
  var desk: CandidateDesk {
    CandidateDesk(
      repository: repository, book: LineBook(repository, git, LineNames(reader.names)),
      pusher: pusher.name, identity: policy.settings.identity, options: options,
      stewards: policy.settings.queue)
  }
}
