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
  private let line: MirroredLine
  private let network: SealedGit.Network
  /// What a look found before a landing must not be acted on after it.
  private let turn = AsyncMutex()

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
    line = MirroredLine(remote: self.remote, project: project, book: book)
    network = SealedGit.Network()
    requests = try label.map { label in
      let kind = ReviewProgram.Kind(of: project.repository.config("remote.\(remote).url") ?? "")
      guard
        let program = ReviewProgram(
          kind, in: project.repository.commonDirectory, environment: project.environment)
      else {
        throw Refusal(
          .usage, "\(kind.requests) are read by '\(kind.rawValue)', and it is not installed",
          hint: "install it and log in: \(kind.rawValue) auth login")
      }
      return (program, label)
    }
  }

  /// Of the branches that are candidates.
  static let folder = "uet/for/"
  private var heads: String { "\(project.refPrefix)-remote/\(remote)/heads/" }

  /// Brings what is on the host: branches first, then what is queued for them.
  ///
  /// Throws where the host cannot be talked to.
  func fetch() async throws {
    try await turn.withLock { try await look() }
  }

  /// With `isRefused`, a push of the run under way was just refused: what the target has of its
  /// candidates came there by somebody else.
  private func look(isRefused: Bool = false) async throws {
    try await project.git.fetch(
      remote, refspecs: ["+refs/heads/*:\(heads)*"], prune: true, network: network)
    project.repository.renew()
    var there: [String: ObjectID] = [:]
    for (name, id) in try project.repository.references(under: heads) {
      there[String(name.dropFirst(heads.utf8.count))] = id
    }
    let branches = wishes(among: there)
    let followed = Set(try book.lines().map(\.branch) + branches.map(\.branch))
    for branch in followed.sorted() { try line.follow(branch, in: there) }
    try await line.take(branches, in: there, isRefused: isRefused) { !isRequest($0) }
    guard requests != nil else { return }
    let requested = try await requestWishes(there)
    for branch in Set(requested.map(\.branch)).subtracting(followed).sorted() {
      try line.follow(branch, in: there)
    }
    try await line.take(requested, in: there, isRefused: isRefused) { isRequest($0) }
  }

  /// What people asked for by pushing a branch.
  private func wishes(among there: [String: ObjectID]) -> [MirroredLine.Wish] {
    there.sorted { $0.key < $1.key }.compactMap { name, tip in
      guard name.hasPrefix(Self.folder),
        let wish = PushedName(
          name, below: Self.folder, isBranch: { there[$0] != nil }),
        let topic = wish.topic, !isRequest(topic)
      else { return nil }
      return MirroredLine.Wish(name: name, branch: wish.branch, topic: topic, tip: tip)
    }
  }

  /// What people asked for by labelling a pull request, as `pr-NUMBER`.
  private func requestWishes(
    _ there: [String: ObjectID]
  ) async throws -> [MirroredLine.Wish] {
    guard let (program, label) = requests else { return [] }
    let found = try await program.requests(labelled: label).filter { there[$0.base] != nil }
    if found.isEmpty { return [] }
    try await project.git.fetch(
      remote,
      refspecs: found.map {
        "+\(program.reference(of: $0.number)):\(project.refPrefix)-remote/\(remote)/pull/\($0.number)"
      }, prune: false, network: network)
    project.repository.renew()
    return found.map { request in
      let topic = "\(Self.ofRequests)\(request.number)"
      return MirroredLine.Wish(
        name: topic, branch: request.base, topic: topic, tip: request.tip, by: request.author)
    }
  }

  private static let ofRequests = "pr-"

  /// Whether a topic is one of a pull request, and of no branch.
  private func isRequest(_ topic: String) -> Bool {
    requests != nil && topic.hasPrefix(Self.ofRequests)
      && Int(topic.dropFirst(Self.ofRequests.utf8.count)) != nil
  }
}

extension RemoteMirror {
  /// Lands on the host: the branch goes from `old` to `new` and the branches of what is in it go,
  /// all or nothing, and only where each is what it was. Nil where it is done.
  func land(
    _ target: String, from old: ObjectID, to new: ObjectID, with fences: [ReferenceChange]
  ) async -> LandingRefusal? {
    await turn.withLock {
      do {
        return try await push(target, old, new, fences)
      } catch {
        return .refused(Refusal(error).messages.first ?? "\(error)")
      }
    }
  }

  private func push(
    _ target: String, _ old: ObjectID, _ new: ObjectID, _ fences: [ReferenceChange]
  ) async throws -> LandingRefusal? {
    // A request is no branch that could be compared in the same push.
    if requests != nil { try await look() }
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
    switch try await project.git.push(remote, [move] + members, isAtomic: true, network: network) {
    case .cannotBeAtomic:
      return .refused("'\(remote)' cannot change several branches at once")
    case .ended(let ended):
      if ended.refused.isEmpty { return nil }
      return try await answer(to: ended.refused, target, new)
    }
  }

  /// What a push that was refused comes to, by what the host has now.
  private func answer(
    to refused: [PushResult.Refusal], _ target: String, _ new: ObjectID
  ) async throws -> LandingRefusal? {
    try await look()
    // It was done before, by a process that was killed then; others may have gone on from there.
    let found = try project.repository.reference(target)
    if let found, try project.repository.isAncestor(new, of: found) { return nil }
    if refused.contains(where: { $0.update.name == target && $0.reason == .moved }) {
      return found.map { .moved(to: $0) } ?? .refused("'\(target)' is gone on '\(remote)'")
    }
    // What was pushed again or taken back there is known here then.
    try await look(isRefused: true)
    let first = refused.first { $0.reason != .withOthers }
    return .refused(
      "'\(remote)' refused " + (first.map { "'\($0.update.name)': \($0.text)" } ?? "it"))
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
