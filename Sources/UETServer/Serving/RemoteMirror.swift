import UETEngine
import UETGit
import UETModel

/// A host that runs none of our hooks, served from a bare clone: its branches
/// `uet/for/BRANCH/TOPIC` are the candidates, and landing is a push that takes them away.
struct RemoteMirror: Sendable {
  let remote: String
  private let project: Project
  private let book: LineBook
  private let network: SealedGit.Network

  /// Throws where the clone has a work tree, or no such remote.
  init(_ remote: String, _ project: Project, _ book: LineBook) throws {
    guard project.repository.isBare else {
      throw Refusal(
        .usage, "'--remote' is served from a bare clone: branches follow the host's there",
        hint: "make one: git clone --bare URL FOLDER && git -C FOLDER uet serve --remote origin")
    }
    self.remote = try project.remote(named: remote)
    (self.project, self.book) = (project, book)
    network = SealedGit.Network()
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
        let target = there[wish.branch]
      else { continue }
      seen.insert(book.names.candidate(wish.branch, topic))
      try follow(wish.branch, to: target)
      try queue(tip, as: topic, for: wish.branch, target, now)
    }
    for line in try book.lines() {
      if let target = there[line.branch] { try follow(line.branch, to: target) }
    }
    try drop(besides: seen, there, now)
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
    _ tip: ObjectID, as topic: String, for branch: String, _ target: ObjectID, _ now: Timestamp
  ) throws {
    // What is in it already: the branch goes with the next landing, or its owner takes it away.
    if try project.repository.isAncestor(tip, of: target) { return }
    let desk = CandidateDesk(
      repository: project.repository, book: book, pusher: nil, identity: nil, options: [],
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
      for fence in fences {
        guard try project.repository.reference(fence.name) == fence.old else {
          return .refused("'\(fence.name)' has changed since the run began")
        }
      }
      let members = try fences.compactMap { fence -> PushUpdate? in
        guard fence.name.hasPrefix(book.names.candidates), let id = fence.old,
          let tip = try book.candidate(at: id)?.tip
        else { return nil }
        let name =
          "refs/heads/\(Self.folder)\(fence.name.dropFirst(book.names.candidates.utf8.count))"
        return PushUpdate(name: name, new: nil, expected: tip)
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

  /// Shows the lines on the host, for `git uet queue --remote`; one that takes no such references
  /// goes without.
  func publish() async {
    let names = [book.names.candidates, book.names.lines]
    _ = try? await project.git.mirror(remote, names, network: network)
  }
}
