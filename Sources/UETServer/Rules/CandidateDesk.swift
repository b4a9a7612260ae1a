import UETEngine
import UETGit
import UETModel
import UETPlanning

/// Reads what a push to `refs/for` asks for, and says what stands against it. The rules ask before
/// anything is in the repository, and the line once more when it is.
struct CandidateDesk {
  let repository: Repository
  let book: LineBook
  /// What the pusher is called, where the host knows.
  let pusher: String?
  /// How the host knows who pushes; nil where it does not.
  let identity: Configuration.PusherIdentity?
  let options: [String]
  /// Who may steer a line.
  let stewards: [String]

  /// What one reference of a push comes to.
  enum Wish {
    case queue(PushedCandidate, isNamed: Bool)
    case withdraw(branch: String, topic: String)
    case order(LineOrder, branch: String)
  }

  func wish(_ update: ReferenceUpdate, at now: Timestamp) throws -> Wish {
    if update.name.hasPrefix(book.names.inbox) { return try order(update) }
    guard
      let name = try name(update.name, below: LineNames.pushed, evenIfGone: update.new == nil)
    else {
      throw PushRefusal(
        update.name, "the host has no branch of this name to queue for",
        hint: "see which there are: git ls-remote --heads origin")
    }
    guard let new = update.new else {
      guard let topic = name.topic else {
        throw PushRefusal(
          update.name, "it is not said what is to be taken back",
          hint: "name it: git push origin :refs/for/\(name.branch)/TOPIC")
      }
      return .withdraw(branch: name.branch, topic: topic)
    }
    if let topic = name.topic, topic.utf8.count > Topic.longest {
      throw PushRefusal(
        update.name, "the topic is longer than \(Topic.longest) bytes",
        hint: "give it a shorter one: git push origin HEAD:refs/for/\(name.branch)/TOPIC")
    }
    return .queue(
      try candidate(update, new, name, at: now), isNamed: name.topic != nil)
  }

  /// Reads a name by the branches that are there; else, for what may still be said of one that is
  /// gone, by those for which something is queued.
  private func name(
    _ text: String, below prefix: String, evenIfGone: Bool
  ) throws -> PushedName? {
    let found = try PushedName(
      text, below: prefix, isBranch: { try repository.reference("refs/heads/\($0)") != nil })
    if found != nil || !evenIfGone { return found }
    let queued = Set(try book.candidates().map(\.branch))
    return PushedName(text, below: prefix, isBranch: queued.contains)
  }

  private static let reasonOption = "uet.reason="

  private func order(_ update: ReferenceUpdate) throws -> Wish {
    let name = try name(update.name, below: book.names.inbox, evenIfGone: true)
    let reason = options.first { $0.hasPrefix(Self.reasonOption) }
      .map { String($0.dropFirst(Self.reasonOption.utf8.count).prefix(500)).terminalSafe }
    guard let name, let words = name.topic?.split(separator: "/"), update.new != nil,
      let order = LineOrder(words[...], with: update.new, reason: reason)
    else {
      throw PushRefusal(
        update.name, "this is nothing that a line can be asked for",
        hint: "there are freeze, unfreeze, promote/TOPIC, dequeue/TOPIC, requeue/TOPIC and "
          + "approve/TOPIC")
    }
    return .order(order, branch: name.branch)
  }

  /// What stands against carrying an order out; nil where nothing does.
  func fault(ordering order: LineOrder, on branch: String, _ name: String) throws -> PushRefusal? {
    guard let pusher else {
      return PushRefusal(
        name, "the host does not know who you are, and a line is steered by who may",
        hint: "set 'server.identity' in \(Project.configurationPath), or do it on the host: "
          + "git uet queue")
    }
    if stewards.contains(pusher) { return nil }
    if case .approve = order { return nil }
    if order.isForOwner, let topic = order.topic,
      try book.candidate(branch, topic)?.by == pusher
    {
      return nil
    }
    return PushRefusal(
      name, "'\(pusher.terminalSafe)' is not one of those who may (server.queue)",
      hint: "ask one of them: \(stewards.isEmpty ? "who runs the host" : stewards.listed(5))")
  }

  private func candidate(
    _ update: ReferenceUpdate, _ new: ObjectID, _ name: PushedName, at now: Timestamp
  ) throws -> PushedCandidate {
    guard repository.isCommit(new) else {
      throw PushRefusal(
        update.name, "what is queued is a commit; \(new.short) is none",
        hint: "push the commit: git push origin '\(new.short)^{commit}:\(update.name)'")
    }
    guard let target = try repository.reference("refs/heads/\(name.branch)") else {
      throw GitError.unknownRevision(name.branch)
    }
    let own = try repository.commits(in: new, notIn: [target])
    guard let first = own.first else {
      throw PushRefusal(
        update.name, "'\(name.branch.terminalSafe)' has it already",
        hint: "see it: git log origin/\(name.branch.shellQuoted)")
    }
    guard try !repository.mergeBases(target, new).isEmpty else {
      throw PushRefusal(
        update.name, "it has no common history with '\(name.branch.terminalSafe)'",
        hint: "start from the branch: git fetch origin && git rebase origin/\(name.branch)")
    }
    let commit = try repository.commit(first)
    return PushedCandidate(
      state: .waiting, branch: name.branch, topic: name.topic ?? Topic.telling(commit.message),
      tip: new, by: pusher, author: "\(commit.author.name) <\(commit.author.email)>",
      subject: String(commit.message.prefix { !$0.isNewline }.prefix(200)),
      wishes: try wishes(update, target), pushedAt: now)
  }

  private func wishes(
    _ update: ReferenceUpdate, _ target: ObjectID
  ) throws -> CandidateWishes {
    if !options.contains(where: { $0.hasPrefix("uet.") }) { return CandidateWishes() }
    let gates = try HostSettings.configuration(at: target, repository).gates.keys
    do throws(OptionFault) {
      return try CandidateWishes(options: options, gates: Array(gates))
    } catch {
      throw PushRefusal(update.name, error.message, hint: error.hint)
    }
  }
}

extension CandidateDesk {
  /// The topic under which a candidate is kept: its own, or where the push left it to the host,
  /// that of the same change, else the first that is free.
  func topic(for candidate: PushedCandidate, isNamed: Bool) throws -> String {
    if isNamed { return candidate.topic }
    for number in 1... {
      let topic = number == 1 ? candidate.topic : "\(candidate.topic)-\(number)"
      guard let other = try book.candidate(candidate.branch, topic) else { return topic }
      if other.isSameChange(as: candidate) { return topic }
    }
    return candidate.topic
  }

  /// What stands against putting it in the place of `old`; nil where nothing does.
  func fault(
    replacing old: PushedCandidate?, _ name: String
  ) -> PushRefusal? {
    guard identity != nil else { return nil }
    guard let pusher else {
      return PushRefusal(
        name, "the host does not know who you are",
        hint: identity == .certificate
          ? "sign the push: git push --signed origin ..."
          : "push by an address at which you log in; ask who runs the host")
    }
    guard let old, let owner = old.by, owner != pusher, old.state != .withdrawn else { return nil }
    return PushRefusal(
      name, "'\(old.topic.terminalSafe)' is a candidate of \(owner.terminalSafe)",
      hint: "give yours another topic: git push origin HEAD:refs/for/\(old.branch)/TOPIC")
  }

  /// What stands against taking one back.
  func fault(withdrawing branch: String, _ topic: String, _ name: String) throws -> PushRefusal? {
    guard let old = try book.candidate(branch, topic), old.state != .withdrawn else {
      let others = try book.candidates(of: branch).filter { $0.state != .withdrawn }.map(\.topic)
      return PushRefusal(
        name, "'\(branch.terminalSafe)' has no candidate '\(topic.terminalSafe)'",
        hint: others.isEmpty
          ? "nothing is queued for it: git uet queue" : "there are: \(others.listed(5))")
    }
    return fault(replacing: old, name)
  }
}
