import UETGit
import UETLedger
import UETModel

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The candidates and lines of a host, as its repository has them. Any number of processes may
/// write: each change is a compare-and-swap of one reference, or of several in one transaction.
package struct LineBook: Sendable {
  let repository: Repository
  let git: SealedGit
  package let names: LineNames

  package init(_ repository: Repository, _ git: SealedGit, _ names: LineNames) {
    (self.repository, self.git, self.names) = (repository, git, names)
  }

  /// All candidates, of one branch where it is given, in the order in which they are taken.
  package func candidates(of branch: String? = nil) throws(GitError) -> [PushedCandidate] {
    let folder = branch.map { names.candidates + $0 } ?? names.candidates
    var found: [PushedCandidate] = []
    for (_, id) in try repository.references(under: folder) {
      guard let candidate = try candidate(at: id) else { continue }
      if branch == nil || candidate.branch == branch { found.append(candidate) }
    }
    return found.sorted(by: PushedCandidate.isBefore)
  }

  /// The topics of a branch's candidates, by the names of their references alone.
  func topics(of branch: String) throws(GitError) -> [String] {
    let folder = names.candidates + branch + "/"
    return try repository.referenceNames().filter { $0.utf8.starts(with: folder.utf8) }
      .map { String($0.dropFirst(folder.utf8.count)) }
  }

  package func candidate(_ branch: String, _ topic: String) throws(GitError) -> PushedCandidate? {
    guard let id = try repository.reference(names.candidate(branch, topic)) else { return nil }
    return try candidate(at: id)
  }

  /// Whether the branch has a candidate by now: for a moment it is in line all the same.
  func hasLanded(_ candidate: PushedCandidate) throws(GitError) -> Bool {
    guard let end = try repository.reference("refs/heads/\(candidate.branch)") else { return false }
    return try repository.isAncestor(candidate.tip, of: end)
  }

  func candidate(at id: ObjectID) throws(GitError) -> PushedCandidate? {
    PushedCandidate(message: try repository.commit(id).message, id: id)
  }

  /// What is known of a branch's line; an empty one where nothing is.
  package func line(of branch: String) throws(GitError) -> LineState {
    guard let id = try repository.reference(names.line(branch)),
      let state = LineState(message: try repository.commit(id).message, id: id)
    else { return LineState(branch: branch) }
    return state
  }

  /// The branches that have a line, in the order of their names.
  package func lines() throws(GitError) -> [LineState] {
    var found: [LineState] = []
    for (_, id) in try repository.references(under: names.lines) {
      if let state = LineState(message: try repository.commit(id).message, id: id) {
        found.append(state)
      }
    }
    return found
  }
}

/// A topic that cannot be had.
package enum LineTrouble: Error, Hashable, Sendable {
  /// Another's reference is where this one would be, as `a` is for `a/b`.
  case inTheWay(name: String)
  /// Somebody else pushes the same topic again and again.
  case contended
}

extension LineBook {
  /// How long others may hold a reference that this one needs.
  private static let patience: UInt32 = 10_000_000

  /// Makes `change` of what the reference holds and puts it in its place, durably; `change` is
  /// asked again where somebody else was faster. It gives nil where nothing is to be done.
  @discardableResult
  func change(
    _ branch: String, _ topic: String, at now: Timestamp,
    _ change: (PushedCandidate?) throws -> PushedCandidate?
  ) throws -> PushedCandidate? {
    let name = names.candidate(branch, topic)
    var pause: UInt32 = 1_000
    var waited: UInt32 = 0
    while true {
      let old = try repository.reference(name)
      let known = try old.flatMap { (id) throws(GitError) in try candidate(at: id) }
      guard var next = try change(known) else { return nil }
      next.id = try write(
        next.message, parents: [old, next.tip].compactMap { $0 }, at: now)
      do throws(GitError) {
        try repository.setReference(
          name, to: next.id, expecting: old ?? .zero, message: "git-uet: \(next.state.rawValue)")
        return next
      } catch .referenceMoved where waited < Self.patience {
        // Decided anew on what it is now.
      } catch .referenceLocked where waited < Self.patience {
        // One that was killed leaves its lock.
        removeStaleLocks(under: names.candidates + branch)
      } catch {
        switch error {
        case .referenceMoved, .referenceLocked: throw LineTrouble.contended
        case .referenceCollides(_, _): throw LineTrouble.inTheWay(name: try other(than: name))
        default: throw error
        }
      }
      usleep(pause)
      waited += pause
      pause = min(pause * 2, 64_000)
    }
  }

  /// The reference above or below which nothing of this name can be.
  private func other(than name: String) throws(GitError) -> String {
    if let above = try repository.reference(inTheWayOf: name) { return above }
    return try repository.references(under: name).first?.name ?? name
  }

  /// What is known of a line becomes what `change` makes of it, and what is `finished` leaves the
  /// line with it, unless something else was pushed in its place meanwhile; all in one transaction.
  @discardableResult
  package func change(
    _ branch: String, _ subject: String, at now: Timestamp, finished: [PushedCandidate] = [],
    _ change: (inout LineState) throws -> Void
  ) async throws -> LineState {
    var attempt = 0
    while true {
      var next = try line(of: branch)
      let old = next.id
      try change(&next)
      let leaving = try finished.filter {
        try repository.reference(names.candidate(branch, $0.topic)) == $0.id
      }
      let id = try write(
        next.message(subject), parents: [old].compactMap { $0 } + finished.map(\.id), at: now)
      let changes =
        [ReferenceChange(name: names.line(branch), new: id, old: old ?? .zero)]
        + leaving.map {
          ReferenceChange(name: names.candidate(branch, $0.topic), new: nil, old: $0.id)
        }
      do throws(GitError) {
        try await git.updateReferences(changes, message: "git-uet: \(subject)")
        next.id = id
        return next
      } catch {
        switch error {
        case .referenceMoved, .referenceLocked:
          guard attempt < 50 else { throw LineTrouble.contended }
          removeStaleLocks()
          try await Task.sleep(for: .milliseconds(min(100, 2 << min(attempt, 6))))
          attempt += 1
        default: throw error
        }
      }
    }
  }

  /// Hooks, pushes and servers that were killed leave locks, of whatever they had in hand: none of
  /// them may be in the way of a landing for ever.
  func removeStaleLocks(under prefix: String = "refs") {
    let locks = StaleLocks(repository)
    for lock in locks.locks(under: [prefix]) { _ = locks.remove(lock) }
  }

  private func write(
    _ message: String, parents: [ObjectID], at now: Timestamp
  ) throws(GitError) -> ObjectID {
    Repository.enableFsync()
    let identity = Signature.engine(at: now)
    return try repository.writeCommit(
      tree: repository.writeTree([]), parents: parents, message: message, author: identity,
      committer: identity)
  }
}

extension LedgerNames {
  /// Those of a host's repository.
  init(of repository: Repository) {
    self.init(prefix: repository.config("uet.refprefix") ?? LedgerNames.standard.prefix)
  }
}
