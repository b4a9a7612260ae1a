import UETGit
import UETModel

/// Merges what was fetched from a remote into this repository's own references, each by compare-and-swap.
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
    var changes = try join(theirs)
    for _ in 0..<Self.rounds {
      var round = Round()
      do throws(GitError) {
        try judge(theirs, &round)
      } catch {
        throw .git(error)
      }
      if let failure = round.failure { throw failure }
      if round.updates.contains(where: { $0.new == nil }) {
        // What the archive holds goes; a collection under way may not have seen it there.
        try await GitCollection.end(in: repository, options: options)
      }
      do throws(GitError) {
        try await git.updateReferences(round.updates, message: "uet: from \(names.remote)")
      } catch {
        // Another process of this clone was at work; what it did is judged anew.
        switch error {
        case .referenceMoved, .referenceLocked:
          options.patience.pause()
          continue
        default: throw .git(error)
        }
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
      for name in all { try judge(name, ours, theirs, &judgement, &round) }
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
      round.faults.append(text(of: fault, name))
    }
  }

  /// A process that is at work on a run has it taken away by nobody.
  private func isHeld(_ run: RunID) throws(LedgerError) -> Bool {
    let holder = RunHolder(
      repository: repository, names: names.ledger, processes: options.processes)
    do throws(LedgerError) {
      if case .held = try holder.answer(for: run) { return true }
      return false
    } catch {
      if case .noSuchRun = error { return false }
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

  private func text(of fault: Meeting.Fault, _ name: String) -> SyncReport.Fault {
    let full = names.local(name)
    let (ours, theirs) = (full, names.tracked(name))
    let look = "compare them: git log --oneline --first-parent \(ours)...\(theirs)"
    switch fault {
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
  /// Brings in what grows on both sides: archives first, since they decide what becomes of the rest.
  private func join(
    _ theirs: [String: ObjectID]
  ) throws(LedgerError) -> [SyncReport.Change] {
    var changes: [SyncReport.Change] = []
    for (name, tip) in theirs.sorted(by: { $0.key < $1.key }) {
      guard let kind = SharedKind(name) else { continue }
      let full = names.local(name)
      let before = try LedgerError.wrap { () throws(GitError) in try repository.reference(full) }
      if before == tip { continue }
      let after: ObjectID?
      switch kind {
      case .archive:
        after = try ArchiveReference(repository: repository, name: full, options: options)
          .merge(tip)
      case .notes(let verdicts):
        after = try LedgerNotes(repository: repository, options: options)
          .merge(tip, verdicts: verdicts)
      case .resolutions:
        after = try FileUnion(repository: repository, name: full, options: options).merge(tip)
      default: continue
      }
      if after != before {
        changes.append(SyncReport.Change(name: full, kind: kind, old: before, new: after))
      }
    }
    return changes
  }
}
