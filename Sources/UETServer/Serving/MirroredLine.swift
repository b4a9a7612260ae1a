import Synchronization
import UETEngine
import UETGit
import UETModel

/// The lines of a host that runs none of our hooks, made from what is seen there.
final class MirroredLine: Sendable {
  /// Something that the host has for a line.
  struct Wish: Hashable, Sendable {
    /// As people know it there.
    let name: String
    let branch: String
    let topic: String
    let tip: ObjectID
    var by: String?
  }

  private let remote: String
  private let project: Project
  private let book: LineBook
  /// What was said of each name last, by its tip: once is enough.
  private let warned = Mutex<[String: ObjectID]>([:])

  init(remote: String, project: Project, book: LineBook) {
    (self.remote, self.project, self.book) = (remote, project, book)
  }

  /// The branch here is what it is there.
  func follow(_ branch: String, in there: [String: ObjectID]) throws {
    guard let id = there[branch] else { return }
    let name = "refs/heads/\(branch)"
    let old = try project.repository.reference(name)
    if old == id { return }
    do throws(GitError) {
      try project.repository.setReference(
        name, to: id, expecting: old ?? .zero, message: "git-uet: as on '\(remote)'")
    } catch {
      guard case .referenceCollides = error else { throw error }
      warn(
        branch, id, "cannot be followed: another branch here is in the way",
        hint: "delete that if the host has it no more: git branch --list, git branch -D NAME")
    }
  }

  /// The line has just these wishes of those kinds of topics that `isOfKind` tells; one that cannot
  /// be had is in nobody's way. With `isRefused`, the run under way has landed nothing.
  func take(
    _ wishes: [Wish], in there: [String: ObjectID], isRefused: Bool, isOfKind: (String) -> Bool
  ) async throws {
    let now = project.clock.now()
    var open: [Wish] = []
    for wish in wishes {
      // A branch of what is in it already is its owner's to take away.
      if let target = there[wish.branch], project.repository.isCommit(wish.tip),
        try project.repository.isAncestor(wish.tip, of: target)
      {
        continue
      }
      open.append(wish)
    }
    let names = Set(open.map { book.names.candidate($0.branch, $0.topic) })
    for candidate in try book.candidates()
    where candidate.state != .withdrawn && isOfKind(candidate.topic)
      && !names.contains(book.names.candidate(candidate.branch, candidate.topic))
    {
      if try !isRefused && isLanding(candidate, there[candidate.branch]) { continue }
      try withdraw(candidate, now)
    }
    // Pushed again since a list was made: the next look has it.
    for wish in open where project.repository.isCommit(wish.tip) { try await queue(wish, now) }
  }

  /// Whether it has landed by the run under way, which has not written that down yet.
  private func isLanding(_ candidate: PushedCandidate, _ target: ObjectID?) throws -> Bool {
    guard let target, try project.repository.isAncestor(candidate.tip, of: target) else {
      return false
    }
    let current = try book.line(of: candidate.branch).current
    return current?.members.contains { $0.candidate == candidate.id } ?? false
  }

  private func withdraw(_ candidate: PushedCandidate, _ now: Timestamp) throws {
    try book.change(candidate.branch, candidate.topic, at: now) { old in
      old?.id == candidate.id ? candidate.withdrawn : nil
    }
  }
}

extension MirroredLine {
  private func queue(_ wish: Wish, _ now: Timestamp) async throws {
    do {
      try await put(wish, now)
    } catch let refusal as PushRefusal {
      if let old = try book.candidate(wish.branch, wish.topic), old.state != .withdrawn,
        old.tip != wish.tip
      {
        try withdraw(old, now)
      }
      warn(wish.name, wish.tip, "is not queued: \(refusal.message)", hint: refusal.hint)
    } catch LineTrouble.inTheWay(let name) {
      let other = name.dropFirst(book.names.candidates.utf8.count)
      warn(
        wish.name, wish.tip,
        "is not queued: there is a candidate '\(other)' where this one would be",
        hint: "give the branch another name")
    } catch LineTrouble.contended {
      // Others write to it all the time; the next look is soon.
    }
  }

  private func put(_ wish: Wish, _ now: Timestamp) async throws {
    let desk = CandidateDesk(
      repository: project.repository, book: book, pusher: wish.by, identity: nil, options: [],
      stewards: [])
    let update = ReferenceUpdate(
      name: "\(LineNames.pushed)\(wish.branch)/\(wish.topic)", old: nil, new: wish.tip)
    guard case .queue(let candidate, _) = try desk.wish(update, at: now) else { return }
    var hasRoom = true
    while hasRoom {
      do {
        try book.change(wish.branch, wish.topic, at: now) { old in
          guard let old else { return candidate }
          if old.tip == wish.tip, old.state != .withdrawn { return nil }
          return old.replaced(by: candidate)
        }
        return
      } catch LineTrouble.inTheWay(let name) {
        hasRoom = try await makeRoom(at: name, now)
        if !hasRoom { throw LineTrouble.inTheWay(name: name) }
      }
    }
  }

  /// What was taken back leaves the line at once where its name is needed.
  private func makeRoom(at name: String, _ now: Timestamp) async throws -> Bool {
    guard let id = try project.repository.reference(name),
      let other = try book.candidate(at: id), other.state == .withdrawn
    else { return false }
    try await book.change(
      other.branch, "\(other.topic) taken back", at: now, finished: [other]
    ) { _ in }
    return try project.repository.reference(name) != id
  }

  private func warn(_ name: String, _ tip: ObjectID, _ words: String, hint: String) {
    guard warned.withLock({ $0.updateValue(tip, forKey: name) }) != tip else { return }
    project.warn(
      "'\(name)' on '\(remote)' \(words); "
        + hint.replacing(LineNames.pushed, with: "refs/heads/\(RemoteMirror.folder)"))
  }
}
