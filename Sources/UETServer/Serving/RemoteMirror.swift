import Synchronization
import UETEngine
import UETGit
import UETModel

/// A host that runs none of our hooks, served from a bare clone: its branches
/// `uet/for/BRANCH/TOPIC` are the candidates, and landing is a push that takes them away.
final class RemoteMirror: Sendable {
  let remote: String
  /// Pull requests that wear the label are candidates as well.
  private let requests: (program: ReviewProgram, label: String)?
  private let told = Mutex<[ObjectID: ReviewProgram.Status]>([:])
  private let project: Project
  private let book: LineBook
  private let network: SealedGit.Network

  /// Throws where the clone has a work tree, or no such remote; and where a label is given and the
  /// host's program is not there.
  init(_ remote: String, label: String?, _ project: Project, _ book: LineBook) throws {
    guard project.repository.isBare else {
      throw Refusal(
        .usage, "'--remote' is served from a bare clone: branches follow the host's there",
        hint: "make one: git clone --bare URL FOLDER && git -C FOLDER uet serve --remote origin")
    }
    self.remote = try project.remote(named: remote)
    (self.project, self.book) = (project, book)
    network = SealedGit.Network()
    requests = try label.map { label in
      let address = project.repository.config("remote.\(remote).url") ?? ""
      guard
        let program = ReviewProgram(
          for: address, in: project.repository.commonDirectory, environment: project.environment)
      else {
        throw Refusal(
          .usage, "pull requests are read by 'gh' or 'glab', and it is not installed",
          hint: "install it and log in: gh auth login")
      }
      return (program, label)
    }
  }

  private static let folder = "uet/for/"
  private var heads: String { "\(project.refPrefix)-remote/\(remote)/heads/" }

  /// Brings what is on the host: branches first, then what is queued for them.
  ///
  /// Throws where the host cannot be talked to.
  func fetch() async throws {
    try await project.git.fetch(
      remote, refspecs: ["+refs/heads/*:\(heads)*"], prune: true, network: network)
    project.repository.renew()
    let now = project.clock.now()
    var there: [String: ObjectID] = [:]
    for (name, id) in try project.repository.references(under: heads) {
      there[String(name.dropFirst(heads.utf8.count))] = id
    }
    var seen: Set<String> = []
    for (name, tip) in there where name.hasPrefix(Self.folder) {
      let pushed = "\(LineNames.pushed)\(name.dropFirst(Self.folder.utf8.count))"
      guard let wish = PushedName(pushed, isBranch: { there[$0] != nil }), let topic = wish.topic,
        !isRequest(topic), let target = there[wish.branch]
      else { continue }
      seen.insert(book.names.candidate(wish.branch, topic))
      try follow(wish.branch, to: target)
      try queue(tip, as: topic, for: wish.branch, target, now)
    }
    seen.formUnion(try await queueRequests(there, now))
    for line in try book.lines() {
      if let target = there[line.branch] { try follow(line.branch, to: target) }
    }
    try drop(besides: seen, there, now)
  }

  /// What people asked for by labelling a pull request, as `pr-NUMBER`; gives their references
  /// here.
  private func queueRequests(
    _ there: [String: ObjectID], _ now: Timestamp
  ) async throws -> Set<String> {
    guard let (program, label) = requests else { return [] }
    let found = try await program.requests(labelled: label).filter { there[$0.base] != nil }
    if found.isEmpty { return [] }
    try await project.git.fetch(
      remote,
      refspecs: found.map {
        "+\(program.reference(of: $0.number)):\(project.refPrefix)-remote/\(remote)/pull/\($0.number)"
      }, prune: false, network: network)
    project.repository.renew()
    var seen: Set<String> = []
    for request in found {
      let topic = "\(Self.ofRequests)\(request.number)"
      seen.insert(book.names.candidate(request.base, topic))
      // Pushed again since the list was made: the next look has it.
      guard let target = there[request.base], project.repository.isCommit(request.tip) else {
        continue
      }
      try follow(request.base, to: target)
      try queue(
        request.tip, as: topic, for: request.base, target, now, by: request.author)
    }
    return seen
  }

  private static let ofRequests = "pr-"

  /// Whether a topic is one of a pull request, and of no branch.
  func isRequest(_ topic: String) -> Bool {
    requests != nil && topic.hasPrefix(Self.ofRequests)
      && Int(topic.dropFirst(Self.ofRequests.utf8.count)) != nil
  }

  /// The branch here is what it is there.
  private func follow(_ branch: String, to id: ObjectID) throws {
    let name = "refs/heads/\(branch)"
    let old = try project.repository.reference(name)
    if old == id { return }
    try project.repository.setReference(
      name, to: id, expecting: old ?? .zero, message: "git-uet: as on '\(remote)'")
  }

  private func queue(
    _ tip: ObjectID, as topic: String, for branch: String, _ target: ObjectID, _ now: Timestamp,
    by author: String? = nil
  ) throws {
    // What is in it already: the branch goes with the next landing, or its owner takes it away.
    if try project.repository.isAncestor(tip, of: target) { return }
    let desk = CandidateDesk(
      repository: project.repository, book: book, pusher: author, identity: nil, options: [],
      stewards: [])
    let update = ReferenceUpdate(
      name: "\(LineNames.pushed)\(branch)/\(topic)", old: nil, new: tip)
    guard case .queue(let candidate, _) = try desk.wish(update, at: now) else { return }
    try book.change(branch, topic, at: now) { old in
      guard let old else { return candidate }
      if old.tip == tip, old.state != .withdrawn { return nil }
      return old.replaced(by: candidate)
    }
  }

  /// A branch that is gone takes its candidate back, unless it went because that has landed.
  private func drop(
    besides seen: Set<String>, _ there: [String: ObjectID], _ now: Timestamp
  ) throws {
    for candidate in try book.candidates() where candidate.state != .withdrawn {
      guard !seen.contains(book.names.candidate(candidate.branch, candidate.topic)) else {
        continue
      }
      if let target = there[candidate.branch],
        try project.repository.isAncestor(candidate.tip, of: target)
      {
        continue
      }
      try book.change(candidate.branch, candidate.topic, at: now) { old in
        guard var next = old, next.id == candidate.id else { return nil }
        next.state = .withdrawn
        return next
      }
    }
  }
}

extension RemoteMirror {
  /// Lands on the host: the branch goes from `old` to `new` and the branches of what is in it go,
  /// all or nothing, and only where each is what it was. Nil where it is done.
  func land(
    _ target: String, from old: ObjectID, to new: ObjectID, with fences: [ReferenceChange]
  ) async -> LandingRefusal? {
    do {
      // A request is no branch that could be compared in the same push.
      if requests != nil { try await fetch() }
      for fence in fences {
        guard try project.repository.reference(fence.name) == fence.old else {
          return .refused("'\(fence.name)' has changed since the run began")
        }
      }
      let members = try fences.compactMap { fence -> PushUpdate? in
        guard fence.name.hasPrefix(book.names.candidates), let id = fence.old,
          let candidate = try book.candidate(at: id),
          !isRequest(candidate.topic)
        else { return nil }
        let name =
          "refs/heads/\(Self.folder)\(fence.name.dropFirst(book.names.candidates.utf8.count))"
        return PushUpdate(name: name, new: nil, expected: candidate.tip)
      }
      let move = PushUpdate(name: target, new: new, expected: old)
      switch try await project.git.push(
        remote, [move] + members, isAtomic: true, network: network)
      {
      case .cannotBeAtomic:
        return .refused("'\(remote)' cannot change several branches at once")
      case .ended(let ended):
        guard let first = ended.refused.first(where: { $0.reason != .withOthers }) else {
          return ended.refused.isEmpty ? nil : .refused("'\(remote)' refused it")
        }
        if first.update.name == target, first.reason == .moved {
          try await fetch()
          let found = try project.repository.reference(target)
          if found == new { return nil }
          return found.map { .moved(to: $0) } ?? .refused("'\(target)' is gone on '\(remote)'")
        }
        // What was pushed again or taken back there is known here then.
        try await fetch()
        return .refused("'\(remote)' refused '\(first.update.name)': \(first.text)")
      }
    } catch {
      return .refused(Refusal(error).messages.first ?? "\(error)")
    }
  }

  /// Shows the lines on the host, for `git uet queue --remote`, and how it stands with each
  /// request; one that takes no such references goes without.
  func publish() async {
    await tellRequests()
    let names = [book.names.candidates, book.names.lines]
    _ = try? await project.git.mirror(remote, names, network: network)
  }

  /// Writes the statuses that have changed.
  private func tellRequests() async {
    guard let (program, _) = requests, let candidates = try? book.candidates() else { return }
    let now = project.clock.now()
    let lines = Dictionary(grouping: candidates, by: \.branch)
    for (branch, candidates) in lines {
      guard let line = try? book.line(of: branch) else { continue }
      let outlook = LineOutlook(line, candidates, now: now)
      for candidate in candidates where isRequest(candidate.topic) {
        await tell(status(of: candidate, line, outlook), on: candidate.tip, program)
      }
    }
  }

  private func status(
    of candidate: PushedCandidate, _ line: LineState, _ outlook: LineOutlook
  ) -> ReviewProgram.Status? {
    switch candidate.state {
    case .withdrawn: nil
    case .aside: .init(state: .failure, words: candidate.reason ?? "set aside")
    case .waiting:
      .init(
        state: .pending,
        words: line.held[candidate.topic]
          ?? (outlook.isUnderWay(candidate) ? "it is being tested" : "it is in line"))
    }
  }

  /// Writes that requests have landed, of whatever candidates are among these.
  func tellLanded(_ candidates: [PushedCandidate]) async {
    guard let (program, _) = requests else { return }
    for candidate in candidates where isRequest(candidate.topic) {
      await tell(
        .init(state: .success, words: "landed in \(candidate.branch)"), on: candidate.tip, program)
    }
  }

  private func tell(
    _ status: ReviewProgram.Status?, on tip: ObjectID, _ program: ReviewProgram
  ) async {
    guard let status, told.withLock({ $0[tip] }) != status else { return }
    do {
      try await program.write(status, on: tip)
      told.withLock { $0[tip] = status }
    } catch {
      project.warn(
        "a status could not be written: \((error as? ReviewProgram.Failure)?.words ?? "\(error)")")
    }
  }
}
