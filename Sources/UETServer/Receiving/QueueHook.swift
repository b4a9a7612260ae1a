import UETEngine
import UETGit
import UETLedger
import UETModel
import UETPlanning
import UETSystem

/// Puts what a push asks to be queued into the line of its branch: `proc-receive`.
///
/// `pre-receive` has judged it; what it could not know is judged here: what others pushed in the
/// same moment. A candidate is durable before git answers who pushed.
package struct QueueHook {
  private let directory: String
  private let environment: [String: String]

  package init(directory: String, environment: [String: String]) {
    (self.directory, self.environment) = (directory, environment)
  }

  /// Talks with git, over `read`, which gives exactly so many bytes, and `write`; `say` tells who
  /// pushes, a line at a time.
  ///
  /// Throws where git cannot be understood; git then refuses all that it asked for.
  package func perform(
    read: @escaping (Int) throws -> [UInt8], write: ([UInt8]) throws -> Void,
    say: (String) -> Void, refuse: (PushRefusal) -> Void
  ) async throws {
    let request = try QueueRequest(PacketLines(read), answer: write)
    let entry: LineEntry
    do {
      entry = try LineEntry(directory, environment, request.options)
    } catch {
      let refusal = error as? PushRefusal ?? PushRefusal(unreadable: error)
      refuse(refusal)
      let answers = request.updates.map {
        QueueAnswer.refused($0.name, reason: "not queued")
      }
      return try write(answers.flatMap(\.packets) + PacketLines.flush)
    }
    var answers: [QueueAnswer] = []
    let isTold = request.updates.count <= Self.mostTold
    for update in request.updates {
      do {
        let (answer, words) = try await entry.take(update, isTold: isTold)
        answers.append(answer)
        for line in words { say(line) }
      } catch {
        refuse(error as? PushRefusal ?? PushRefusal(unreadable: error))
        answers.append(.refused(update.name, reason: "not queued"))
      }
    }
    if !isTold {
      say("\(answers.count(where: \.isTaken)) of \(answers.count) are in line")
      say("  follow them: git uet queue --remote origin")
    }
    try write(answers.flatMap(\.packets) + PacketLines.flush)
  }

  /// Who pushes more at once is not told the place of each.
  private static let mostTold = 20
}

/// One push into the lines of a host.
private struct LineEntry {
  private let desk: CandidateDesk
  private let clock = Clock.system
  private let wake: ServeFiles

  init(_ directory: String, _ environment: [String: String], _ options: [String]) throws {
    let repository = try Repository.open(
      discoveringFrom: directory,
      environment: environment.filter { ReceiveHook.heeded.contains($0.key) })
    repository.shareNewFiles()
    let settings = try HostSettings(repository)
    let names = LedgerNames(of: repository)
    let identity = settings.configuration.server.identity
    desk = CandidateDesk(
      repository: repository,
      book: LineBook(
        repository, SealedGit(repository: repository, environment: environment), LineNames(names)),
      pusher: identity == .certificate
        ? PushHandover(repository).take() : Pusher(identity, nil, environment).name,
      identity: identity, options: options, stewards: settings.configuration.server.queue)
    wake = ServeFiles(repository)
  }

  func take(
    _ update: ReferenceUpdate, isTold: Bool
  ) async throws -> (QueueAnswer, [String]) {
    let now = clock.now()
    switch try desk.wish(update, at: now) {
    case .order(let order, let branch): return try await obey(order, branch, update, now)
    case .withdraw(let branch, let topic): return try withdraw(branch, topic, update, now)
    case .queue(let candidate, let isNamed):
      return try queue(candidate, isNamed, update, now, isTold: isTold)
    }
  }

  private func obey(
    _ order: LineOrder, _ branch: String, _ update: ReferenceUpdate, _ now: Timestamp
  ) async throws -> (QueueAnswer, [String]) {
    if let fault = try desk.fault(ordering: order, on: branch, update.name) { throw fault }
    do {
      let done = try await desk.book.obey(order, on: branch, by: desk.pusher, at: now)
      wake.call()
      return (.done(update.name), [done.terminalSafe])
    } catch let fault as OrderFault {
      throw PushRefusal(update.name, fault.message.terminalSafe, hint: fault.hint.terminalSafe)
    }
  }

  private func withdraw(
    _ branch: String, _ topic: String, _ update: ReferenceUpdate, _ now: Timestamp
  ) throws -> (QueueAnswer, [String]) {
    let withdrawn = try change(branch, topic, update, now) { old in
      if let fault = try desk.fault(withdrawing: branch, topic, update.name) { throw fault }
      return old?.withdrawn
    }
    wake.call()
    // It cannot land from here on; and what had before is not taken back.
    if let withdrawn, try desk.book.hasLanded(withdrawn) {
      let fault = OrderFault.landed(topic, branch)
      throw PushRefusal(update.name, fault.message.terminalSafe, hint: fault.hint)
    }
    let tip = withdrawn?.tip
    let name = desk.book.names.candidate(branch, topic)
    return (
      .taken(update.name, as: name, old: tip?.hex, new: ObjectID.zero.hex),
      ["took '\(topic)' out of the line of '\(branch)'".terminalSafe]
    )
  }

  private func queue(
    _ candidate: PushedCandidate, _ isNamed: Bool, _ update: ReferenceUpdate, _ now: Timestamp,
    isTold: Bool
  ) throws -> (QueueAnswer, [String]) {
    var candidate = candidate
    candidate.topic = try desk.topic(for: candidate, isNamed: isNamed)
    var before: ObjectID?
    var kept: PushedCandidate?
    let placed = try change(candidate.branch, candidate.topic, update, now) { old in
      if let fault = desk.fault(replacing: old, update.name) { throw fault }
      guard let old else { return candidate }
      before = old.state == .withdrawn ? nil : old.tip
      // The very same once more keeps its place.
      let isSame =
        old.state == .waiting && old.tip == candidate.tip && old.wishes == candidate.wishes
      kept = isSame ? old : nil
      return isSame ? nil : old.replaced(by: candidate)
    }
    let isServed = wake.call()
    let words =
      isTold
      ? try LineWords(desk.book, placed ?? kept ?? candidate, isServed: isServed, now: now)
        .lines(isKept: kept != nil, isReplaced: before != nil) : []
    return (
      .taken(
        update.name, as: desk.book.names.candidate(candidate.branch, candidate.topic),
        old: before?.hex, new: candidate.tip.hex),
      words
    )
  }

  private func change(
    _ branch: String, _ topic: String, _ update: ReferenceUpdate, _ now: Timestamp,
    _ body: (PushedCandidate?) throws -> PushedCandidate?
  ) throws -> PushedCandidate? {
    do {
      return try desk.book.change(branch, topic, at: now, body)
    } catch LineTrouble.inTheWay(let other) {
      let topic = String(
        other.dropFirst(desk.book.names.candidates.utf8.count + branch.utf8.count + 1))
      throw PushRefusal(
        update.name, "there is a candidate '\(topic.terminalSafe)' where this one would be",
        hint: "give it another topic: git push origin HEAD:refs/for/\(branch)/TOPIC")
    } catch LineTrouble.contended {
      throw PushRefusal(
        update.name, "others push the same topic all the time",
        hint: "try again, or give it another topic: git push origin HEAD:refs/for/\(branch)/TOPIC")
    }
  }
}
