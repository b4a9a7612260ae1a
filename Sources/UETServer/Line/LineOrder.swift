import UETModel

/// What a person asks of a line, on the host or by a push to `refs/uet/inbox/BRANCH/VERB[/TOPIC]`.
package enum LineOrder: Hashable, Sendable {
  /// Nothing lands until it is unfrozen; what is being tested is tested to its end.
  case freeze(reason: String)
  case unfreeze
  /// Takes a candidate before all others that wait.
  case promote(String)
  /// Takes a candidate out, as its pusher can.
  case dequeue(String)
  /// Tries once more what was set aside or taken back.
  case requeue(String)
  /// Somebody has looked at the commit that is pushed as the topic; nil for the one that is now.
  case approve(String, ObjectID? = nil)

  /// The words of a name below the inbox; nil where they are none of these.
  init?(_ words: ArraySlice<Substring>, with commit: ObjectID?, reason: String?) {
    let topic = words.count > 1 ? words.dropFirst().joined(separator: "/") : nil
    switch (words.first, topic) {
    case ("freeze", nil): self = .freeze(reason: reason ?? "no reason given")
    case ("unfreeze", nil): self = .unfreeze
    case ("promote", let topic?): self = .promote(topic)
    case ("dequeue", let topic?): self = .dequeue(topic)
    case ("requeue", let topic?): self = .requeue(topic)
    case ("approve", let topic?): self = .approve(topic, commit)
    default: return nil
    }
  }

  /// The end of the name that asks for it.
  package var path: String {
    switch self {
    case .freeze: "freeze"
    case .unfreeze: "unfreeze"
    case .promote(let topic): "promote/\(topic)"
    case .dequeue(let topic): "dequeue/\(topic)"
    case .requeue(let topic): "requeue/\(topic)"
    case .approve(let topic, _): "approve/\(topic)"
    }
  }

  package var reason: String? {
    if case .freeze(let reason) = self { return reason }
    return nil
  }

  var topic: String? {
    switch self {
    case .freeze, .unfreeze: nil
    case .promote(let topic), .dequeue(let topic), .requeue(let topic), .approve(let topic, _):
      topic
    }
  }

  /// Whether who pushed a candidate may ask it of that one without being one of `server.queue`.
  var isForOwner: Bool {
    switch self {
    case .dequeue, .requeue: true
    default: false
    }
  }
}

/// Why a line does not do what it is asked.
package struct OrderFault: Error, Hashable, Sendable {
  package let message: String
  package let hint: String
}

extension OrderFault {
  static func landed(_ topic: String, _ branch: String) -> OrderFault {
    OrderFault(
      message: "'\(topic)' has landed on '\(branch)' already",
      hint: "to take it out of there: git revert")
  }
}

extension LineBook {
  /// Carries an order out; gives what was done, for people.
  package func obey(
    _ order: LineOrder, on branch: String, by person: String?, at now: Timestamp
  ) async throws -> String {
    switch order {
    case .freeze(let reason):
      try await change(branch, "frozen: \(reason)", at: now) {
        ($0.frozen, $0.frozenBy) = (reason, person)
      }
      return "nothing lands on '\(branch)' until it is unfrozen"
    case .unfreeze:
      guard try line(of: branch).frozen != nil else {
        throw OrderFault(
          message: "'\(branch)' is not frozen", hint: "look at it: git uet queue")
      }
      try await change(branch, "unfrozen", at: now) { ($0.frozen, $0.frozenBy) = (nil, nil) }
      return "what is tested lands on '\(branch)' again"
    case .promote(let topic):
      let first = try candidates(of: branch).filter { $0.state == .waiting }
        .map(\.wishes.priority).min()
      try change(topic, of: branch, at: now) { candidate throws(OrderFault) in
        try Self.require(candidate, .waiting)
        candidate.wishes.priority = min(candidate.wishes.priority, (first ?? 0) - 1)
      }
      return "'\(topic)' is next on '\(branch)'"
    case .dequeue(let topic):
      try change(topic, of: branch, at: now) { candidate throws(OrderFault) in
        try Self.require(candidate, .waiting, .aside)
        candidate = candidate.withdrawn
      }
      // It cannot land from here on; and what had before is not taken back.
      if let old = try candidate(branch, topic), try hasLanded(old) {
        throw OrderFault.landed(topic, branch)
      }
      return "took '\(topic)' out of the line of '\(branch)'"
    case .requeue(let topic):
      try change(topic, of: branch, at: now) { candidate throws(OrderFault) in
        try Self.require(candidate, .aside, .withdrawn)
        (candidate.state, candidate.reason, candidate.pushedAt) = (.waiting, nil, now)
        (candidate.run, candidate.workstream) = (nil, nil)
      }
      return "'\(topic)' is in the line of '\(branch)' again"
    case .approve(let topic, let commit):
      guard let person else {
        throw OrderFault(
          message: "nobody knows who you are, and a review is somebody's",
          hint: "name yourself: git config user.name NAME")
      }
      try change(topic, of: branch, at: now) { candidate throws(OrderFault) in
        guard candidate.by != person else {
          throw OrderFault(
            message: "'\(topic)' is your own", hint: "ask somebody else to look at it")
        }
        guard commit == nil || commit == candidate.tip else {
          throw OrderFault(
            message: "'\(topic)' is another commit by now, \(candidate.tip.short)",
            hint: "look at that one, and approve it: git show \(candidate.tip.short)")
        }
        if !candidate.approvals.contains(person) { candidate.approvals.append(person) }
      }
      let tip = try candidate(branch, topic)?.tip.short ?? ""
      return "'\(topic)' at \(tip) is approved by \(person)"
    }
  }

  private func change(
    _ topic: String, of branch: String, at now: Timestamp,
    _ body: (inout PushedCandidate) throws(OrderFault) -> Void
  ) throws {
    try change(branch, topic, at: now) { old in
      guard var next = old else { throw try unknown(topic, branch) }
      let before = next
      try body(&next)
      let members = try line(of: branch).current?.members ?? []
      if next.state == .waiting, members.contains(where: { $0.candidate == before.id }) {
        throw OrderFault(
          message: "'\(topic)' is being tested already", hint: "look at the line: git uet queue")
      }
      return next == before ? nil : next
    }
  }

  private func unknown(_ topic: String, _ branch: String) throws -> OrderFault {
    let others = try candidates(of: branch).map(\.topic)
    return OrderFault(
      message: "'\(branch)' has no candidate '\(topic)'",
      hint: others.isEmpty ? "look at the line: git uet queue" : "there are: \(others.listed(5))")
  }

  private static func require(
    _ candidate: PushedCandidate, _ states: PushedCandidate.State...
  ) throws(OrderFault) {
    guard !states.contains(candidate.state) else { return }
    let standing =
      switch candidate.state {
      case .waiting: "is in line"
      case .aside: "was set aside"
      case .withdrawn: "was taken back"
      }
    throw OrderFault(
      message: "'\(candidate.topic)' \(standing)", hint: "look at the line: git uet queue")
  }
}
