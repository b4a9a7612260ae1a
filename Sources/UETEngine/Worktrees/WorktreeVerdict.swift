import UETModel

/// Whether a worktree may be removed, and why: the one place where that is decided.
///
/// Pure, so that `clean`, the end of a run, landing and garbage collection judge alike. Whoever
/// removes gathers the facts anew right before.
package enum WorktreeVerdict: Hashable, Sendable {
  /// Nothing is lost with it, for this reason.
  case removable(String)
  /// Nothing is lost once its files and its HEAD are under a salvage reference.
  case afterSalvage(String)
  /// It stays.
  case held(Hold)

  /// What holds a worktree.
  package struct Hold: Hashable, Sendable {
    package enum Kind: String, CaseIterable, Hashable, Sendable {
      case attempt, crash, run, lock, process, unmounted, operation, repository, unreadable, unknown
      case unlanded, kept
    }

    package let kind: Kind
    package let reason: String
    /// The command that releases it, or shows how; nil where only waiting helps.
    package let command: String?
  }

  /// The first thing that holds it decides; where nothing does, what would be lost.
  package init(_ facts: WorktreeFacts, policy: WorktreePolicy = .clean) {
    if let hold = Hold(work: facts) ?? Hold(others: facts)
      ?? Hold(presence: facts, policy) ?? Hold(contents: facts) ?? Hold(policy: policy, facts)
    {
      self = .held(hold)
    } else if facts.contents == .dirty || facts.hasLooseHead {
      self = .afterSalvage(Self.salvageReason(facts))
    } else {
      self = .removable(Self.reason(facts))
    }
  }

  private static func salvageReason(_ facts: WorktreeFacts) -> String {
    switch (facts.contents == .dirty, facts.hasLooseHead) {
    case (true, true): "its commits and changes are on no branch"
    case (false, _): "its commits are on no branch"
    default: "it has changes that are in no commit"
    }
  }

  private static func reason(_ facts: WorktreeFacts) -> String {
    if facts.isScratch { return "its workstream needs no worktree" }
    if facts.presence != .registered { return "its folder is gone" }
    switch (facts.role, facts.work) {
    case (_, .landed(let branch)): return "landed in '\(RunNames.short(branch))'"
    case (_, .unlanded(let branch, _)): return "its result is on '\(RunNames.short(branch))'"
    case (_, .failed(let salvage?)): return "its work is kept as \(salvage)"
    case (.workstream, .failed): return "its attempt left nothing"
    case (.test, _): return "it was for testing combinations"
    case (.bench, _): return "the next gate builds all anew"
    case (.slot, _): return "the slot is free"
    default:
      return facts.keeper.map { "its commit is kept by \($0)" } ?? "there is nothing in it"
    }
  }
}

extension WorktreeVerdict.Hold {
  init(_ kind: Kind, _ reason: String, _ command: String? = nil) {
    self.kind = kind
    self.reason = reason
    self.command = command
  }

  /// The run is at work there.
  fileprivate init?(work facts: WorktreeFacts) {
    let run = facts.run.map { " \($0)" } ?? ""
    switch facts.work {
    case .running(let number):
      let id = facts.workstream.map { " \($0)" } ?? ""
      self.init(
        .attempt, "attempt \(number) is under way", "git uet logs --follow\(run)\(id)")
    case .crashed(let number):
      self.init(
        .crash, "attempt \(number) was under way when its run crashed", "git uet recover\(run)")
    case .live:
      self.init(.run, "its run is going on", "git uet status\(run)")
    case .waiting: self.init(waiting: facts.role)
    case .unlanded, .landed, .failed, .idle: return nil
    }
  }

  /// A person is to go on in it, and how that is done.
  private init(waiting role: WorktreeFacts.Role) {
    switch role {
    case .conflict(let run, let id):
      self.init(
        .operation, "the conflict of '\(id)' is being resolved in it",
        "git uet resolve \(run) \(id) --continue, or --abort")
    case .rollback:
      self.init(
        .operation, "a rollback waits for a person in it", "git uet rollback --continue, or --abort"
      )
    default: self.init(.operation, "a person is to go on in it")
    }
  }

  /// Somebody else wants it to stay as it is.
  fileprivate init?(others facts: WorktreeFacts) {
    if facts.hasForeignLock, let lock = facts.lock {
      let words = lock.isEmpty ? "" : " (\(lock.prefix(60).terminalSafe))"
      self.init(
        .lock, "somebody locked it\(words)",
        "git worktree unlock \(facts.path.shellQuoted)")
    } else if let user = facts.users.first {
      let more = facts.users.more(than: 1)
      self.init(
        .process, "process \(user.pid) (\(user.program.terminalSafe))\(more) works in it",
        "leave the folder, or: kill \(user.pid)")
    } else {
      return nil
    }
  }

  /// Git and the folder do not agree.
  fileprivate init?(presence facts: WorktreeFacts, _ policy: WorktreePolicy) {
    switch facts.presence {
    case .registered, .vanished: return nil
    case .unregistered where facts.isScratch: return nil
    case .unreachable(let parent):
      if policy == .force { return nil }
      self.init(
        .unmounted, "'\(parent.terminalSafe)' is gone as a whole: a disk that is not mounted?",
        "git uet clean --force")
    case .unregistered:
      self.init(
        .unknown,
        facts.role == .aside
          ? "it was moved out of the way, and git does not know it" : "git does not know it",
        "look into it, then: rm -r \(facts.path.shellQuoted)")
    }
  }

  /// Nobody can tell what would be lost.
  fileprivate init?(contents facts: WorktreeFacts) {
    let path = facts.path.shellQuoted
    switch facts.contents {
    case .kept, .dirty: return nil
    case .busy(let operation):
      self.init(.operation, "\(operation) is under way in it", "git -C \(path) status")
    case .repositories(let paths):
      self.init(
        .repository,
        "the repository in \((paths.first ?? "it").quoted(limit: 60)) may have commits of its own",
        "push or move them, then: git worktree remove --force --force \(path)")
    case .unknown(let reason):
      self.init(
        .unreadable, "it cannot be looked at: \(reason.terminalSafe)", "git -C \(path) status")
    }
  }

  /// Nothing would be lost, but somebody may want to look at it.
  fileprivate init?(policy: WorktreePolicy, _ facts: WorktreeFacts) {
    guard case .workstream(let run, _) = facts.role, facts.presence == .registered,
      policy.keeps(facts.work)
    else { return nil }
    guard case .unlanded(_, let target) = facts.work, policy != .configured(.all) else {
      self.init(.kept, "'run.keep' says so", "git uet clean \(run)")
      return
    }
    let name = target.map { RunNames.short($0).shellQuoted } ?? "BRANCH"
    self.init(.unlanded, "its result has not landed", "git uet integrate --land \(name) \(run)")
  }
}
