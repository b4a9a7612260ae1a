import UETGit
import UETModel

/// Merges what was fetched from a remote into this repository's own references, each by
/// compare-and-swap.
///
/// Nothing of ours is ever overwritten: a chain is only moved along itself.
package struct Intake: Sendable {
  package let git: SealedGit
  package let names: ShareNames
  private let clone: String?
  private let options: LedgerOptions

  var repository: Repository { git.repository }

  /// `clone` is this clone's name; nil before it has one.
  package init(git: SealedGit, names: ShareNames, clone: String?, options: LedgerOptions) {
    self.git = git
    self.names = names
    self.clone = clone
    self.options = options
  }

  var judgement: Judgement { Judgement(repository, names.ledger, clone: clone) }

  /// Brings everything in. Gives what changed here, and what could not be brought together.
  package func perform() async throws(LedgerError) -> (
    changes: [SyncReport.Change], faults: [SyncReport.Fault]
  ) {
    let theirs = try LedgerError.wrap { () throws(GitError) in try names.theirs(repository) }
    guard !theirs.isEmpty else { return ([], []) }
    var (changes, unread) = try join(theirs)
    let rest = theirs.filter { unread[$0.key] == nil }
    for _ in 0..<Self.rounds {
      var round = Round()
      do throws(GitError) {
        try judge(rest, &round)
      } catch {
        throw .git(error)
      }
      if let failure = round.failure { throw failure }
      round.faults += unread.sorted { $0.key < $1.key }.map(\.value)
      if round.updates.contains(where: { $0.new == nil }) {
        // What the archive holds goes; a collection under way may not have seen it there.
        try await GitCollection.end(in: repository, options: options)
      }
      guard try await update(&round) else {
        options.patience.pause()
        continue
      }
      changes += round.updates.map { update in
        let shared = String(update.name.dropFirst(names.ledger.prefix.utf8.count + 1))
        let old = update.old.flatMap { $0.isZero ? nil : $0 }
        return SyncReport.Change(
          name: update.name, kind: SharedKind(shared), old: old, new: update.new)
      }
      return (changes, round.faults)
    }
    throw .contended(names.remote, rounds: Self.rounds)
  }

  /// Moves the references, all at once or, where one cannot be moved at all, one by one, so that it
  /// stops no other. False where another process of this clone was at work; what it did is judged
  /// anew.
  private func update(_ round: inout Round) async throws(LedgerError) -> Bool {
    let message = "uet: from \(names.remote)"
    do throws(GitError) {
      try await git.updateReferences(round.updates, message: message)
      return true
    } catch {
      switch error {
      case .referenceMoved, .referenceLocked: return false
      case .readOnly, .diskFull, .gitMissing: throw .git(error)
      default: break
      }
    }
    var done: [ReferenceChange] = []
    for update in round.updates {
      do throws(GitError) {
        try await git.updateReferences([update], message: message)
        done.append(update)
      } catch {
        round.faults.append(
          SyncReport.Fault(
            name: update.name, reason: "not taken from '\(names.remote)': \(error)",
            hint: "see what is in its way: git for-each-ref \(update.name.asArgument)"))
      }
    }
    round.updates = done
    return true
  }

  private static let rounds = 20

  /// What one look at all references decided.
  private struct Round {
    var updates: [ReferenceChange] = []
    var faults: [SyncReport.Fault] = []
    var failure: LedgerError?
  }

  private func judge(_ theirs: [String: ObjectID], _ round: inout Round) throws(GitError) {
    let ours = try names.ours(repository)
    var judgement = judgement
    let all = Set(ours.keys).union(theirs.keys).sorted()
    do throws(LedgerError) {
      for name in all {
        do throws(LedgerError) {
          try judge(name, ours, theirs, &judgement, &round)
        } catch {
          guard error.isOfOneObject else { throw error }
          round.faults.append(unreadable(name, error))
        }
      }
    } catch {
      round = Round()
      round.failure = error
    }
  }

  private func judge(
    _ name: String, _ ours: [String: ObjectID], _ theirs: [String: ObjectID],
    _ judgement: inout Judgement, _ round: inout Round
  ) throws(LedgerError) {
    let (own, other) = (ours[name], theirs[name])
    let full = names.local(name)
    switch try judgement.meeting(name, own, other) {
    case .same, .send, .join: return
    case .take:
      round.updates.append(ReferenceChange(name: full, new: other, old: own ?? .zero))
    case .drop:
      guard let own, let run = SharedKind(name)?.run, try !isHeld(run) else { return }
      round.updates.append(ReferenceChange(name: full, new: nil, old: own))
    case .keep(let fault):
      if fault == .diverged, let own, let other { try pin(name, [own, other], ours, &round) }
      round.faults.append(text(of: fault, name, other))
    }
  }

  /// What came is of no use; everything else goes on.
  private func unreadable(_ name: String, _ error: LedgerError) -> SyncReport.Fault {
    SyncReport.Fault(
      name: names.local(name),
      reason: "not taken from '\(names.remote)': \(error.reason)",
      hint: "look at it: git log --oneline \(names.tracked(name).asArgument)")
  }

  /// A process that is at work on a run has it taken away by nobody.
  private func isHeld(_ run: RunID) throws(LedgerError) -> Bool {
    let holder = RunHolder(
      repository: repository, names: names.ledger, processes: options.processes)
    do throws(LedgerError) {
      if case .held = try holder.answer(for: run) { return true }
      return false
    } catch {
      if error.isOfOneObject { return false }
      throw error
    }
  }

  /// Keeps both ends of a chain that two have written to, under names that say so, for all clones.
  private func pin(
    _ name: String, _ ends: [ObjectID], _ ours: [String: ObjectID], _ round: inout Round
  ) throws(LedgerError) {
    for end in ends {
      let shared = "diverged/\(name.dropFirst(5))/\(end.hex.prefix(16))"
      guard ours[shared] == nil else { continue }
      round.updates.append(
        ReferenceChange(name: names.local(shared), new: end, old: .zero))
    }
  }

  private func text(
    of fault: Meeting.Fault, _ name: String, _ other: ObjectID?
  ) -> SyncReport.Fault {
    let full = names.local(name)
    let (ours, theirs) = (full.asArgument, names.tracked(name).asArgument)
    let (host, remote) = (names.host(name).asArgument, names.remote.asArgument)
    let look = "compare them: git log --oneline --first-parent \(ours)...\(theirs)"
    switch fault {
    case .grown:
      return SyncReport.Fault(
        name: full,
        reason:
          "'\(names.remote)' has commits on it that this clone did not write; they do not count, "
          + "and are kept as \(theirs)",
        hint: "look at them: git log -p \(ours)..\(theirs); to put yours back there: git push "
          + "--force-with-lease=\(host):\(other?.hex ?? "") \(remote) \(ours):\(host)")
    case .notWrittenHere:
      return SyncReport.Fault(
        name: full,
        reason:
          "not taken from '\(names.remote)': it is said to be of this clone, which did not make it; "
          + "it is kept as \(theirs)",
        hint: "look at it: git log -p \(theirs); to take it away there: git push "
          + "\(remote) :\(host)")
    case .diverged:
      return SyncReport.Fault(
        name: full,
        reason: "two clones wrote to it; ours stays, theirs is kept as \(theirs)", hint: look)
    case .notAChain(let reason):
      return SyncReport.Fault(
        name: full, reason: "not taken from '\(names.remote)': \(reason)",
        hint: "look at it: git log --oneline \(theirs)")
    case .cannotJoin:
      return SyncReport.Fault(
        name: full, reason: "differs from '\(names.remote)', and this version cannot join the two",
        hint: look)
    }
  }
}

extension Intake {
  /// Brings in what grows on both sides: archives first, since they decide what becomes of the
  /// rest. What cannot be read is named, and stops nothing else.
  private func join(
    _ theirs: [String: ObjectID]
  ) throws(LedgerError) -> (changes: [SyncReport.Change], unread: [String: SyncReport.Fault]) {
    var changes: [SyncReport.Change] = []
    var unread: [String: SyncReport.Fault] = [:]
    for (name, tip) in theirs.sorted(by: { $0.key < $1.key }) {
      guard let kind = SharedKind(name) else { continue }
      let full = names.local(name)
      let before = try LedgerError.wrap { () throws(GitError) in try repository.reference(full) }
      if before == tip { continue }
      let after: ObjectID?
      do throws(LedgerError) {
        after = try joined(kind, full, tip) ?? before
      } catch {
        guard error.isOfOneObject else { throw error }
        unread[name] = unreadable(name, error)
        continue
      }
      if after != before {
        changes.append(SyncReport.Change(name: full, kind: kind, old: before, new: after))
      }
    }
    return (changes, unread)
  }

  /// nil for what is not joined.
  private func joined(
    _ kind: SharedKind, _ full: String, _ tip: ObjectID
  ) throws(LedgerError) -> ObjectID? {
    switch kind {
    case .archive, .notes, .resolutions: break
    default: return nil
    }
    // A reference may hold anything; only a commit with a tree can be joined with ours.
    try LedgerError.wrap { () throws(GitError) in
      _ = try repository.tree(repository.commit(tip).tree)
    }
    switch kind {
    case .archive:
      return try ArchiveReference(repository: repository, name: full, options: options).merge(tip)
    case .notes(let verdicts):
      return try LedgerNotes(repository: repository, options: options)
        .merge(tip, verdicts: verdicts)
    default:
      let own = clone.map { InboxWriter.name(ofClone: $0) }
      return try FileUnion(repository: repository, name: full, options: options, own: own)
        .merge(tip)
    }
  }
}
