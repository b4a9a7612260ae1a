import UETModel

/// What is known of one worktree at one moment; `WorktreeVerdict` judges it.
package struct WorktreeFacts: Hashable, Sendable {
  /// What git-uet made it for.
  package enum Role: Hashable, Sendable {
    /// The worktree of a workstream.
    case workstream(RunID, WorkstreamID)
    /// A view of one attempt, made by `git uet open`.
    case attempt(RunID, WorkstreamID, number: Int)
    /// A fixed place that is re-used by one workstream after the other.
    case slot(Int)
    /// A checkout in which combinations are tested.
    case test(RunID)
    /// A fixed place for gates, in which what they built stays.
    case bench(Int)
    /// The conflict of a workstream, opened for a person by `git uet resolve`.
    case conflict(RunID, WorkstreamID)
    /// A conflict as the tool has it that resolves them.
    case resolver(RunID, WorkstreamID)
    /// A rollback, where its actions run and a person mends what failed.
    case rollback(RunID)
    /// An empty directory in which a workstream without a worktree ran: nobody's work.
    case scratch(RunID, WorkstreamID)
    /// A folder that was in the way and was moved aside.
    case aside
    /// It lies where worktrees are made, but nothing says what for.
    case stranger
  }

  package enum Presence: Hashable, Sendable {
    case registered
    /// Git has it on its list, the folder is gone.
    case vanished
    /// The folder that it was in is gone as well: perhaps a disk that is not mounted.
    case unreachable(parent: String)
    /// A folder that git does not have on its list.
    case unregistered
  }

  /// What stands in it, ignored files aside.
  package enum Contents: Hashable, Sendable {
    /// The files of a commit that is kept.
    case kept
    /// Files that no kept commit holds.
    case dirty
    /// In the middle of a merge, rebase or bisection, as the word says.
    case busy(String)
    /// Repositories inside it, whose commits nobody else has.
    case repositories([String])
    /// It could not be looked at, for this reason.
    case unknown(String)
  }

  /// How its run and workstream stand in the record.
  package enum Work: Hashable, Sendable {
    /// An attempt is under way, by its number.
    case running(Int)
    /// An attempt is under way on record, and whoever drove it is dead.
    case crashed(Int)
    /// A process holds the run, which may use the worktree again at any time.
    case live
    /// The result is on this branch, and not in the target, where one is known.
    case unlanded(branch: String, target: String?)
    /// The result is in this branch.
    case landed(branch: String)
    /// The last attempt failed; this reference keeps what it left, where it left anything.
    case failed(salvage: String?)
    /// Git-uet waits for a person to go on in it.
    case waiting
    /// Nothing of a workstream: nobody waits for it.
    case idle
  }

  /// A process with its working directory inside.
  package struct User: Hashable, Sendable {
    package let pid: Int32
    package let program: String

    package init(pid: Int32, program: String) {
      self.pid = pid
      self.program = program
    }
  }

  package var path: String
  package var role: Role
  package var presence: Presence
  package var contents: Contents
  package var work: Work
  /// Its HEAD; nil where it has none, or is on no list.
  package var head: ObjectID?
  /// What keeps the commit of its HEAD, as a reference or the record; nil for nothing.
  package var keeper: String?
  /// The reason of a lock; nil where it is not locked.
  package var lock: String?
  package var users: [User]

  package init(
    path: String, role: Role, presence: Presence = .registered, contents: Contents = .kept,
    work: Work = .idle, head: ObjectID? = nil, keeper: String? = nil, lock: String? = nil,
    users: [User] = []
  ) {
    self.path = path
    self.role = role
    self.presence = presence
    self.contents = contents
    self.work = work
    self.head = head
    self.keeper = keeper
    self.lock = lock
    self.users = users
  }
}

extension WorktreeFacts {
  /// Every lock that git-uet sets has a reason that begins so.
  package static let lockPrefix = "git-uet"

  /// The run it belongs to; nil for slots and what nobody knows.
  package var run: RunID? {
    switch role {
    case .workstream(let run, _), .attempt(let run, _, _), .test(let run), .scratch(let run, _),
      .conflict(let run, _), .resolver(let run, _), .rollback(let run):
      run
    case .slot, .bench, .aside, .stranger: nil
    }
  }

  package var workstream: WorkstreamID? {
    switch role {
    case .workstream(_, let id), .attempt(_, let id, _), .scratch(_, let id),
      .conflict(_, let id), .resolver(_, let id):
      id
    case .slot, .test, .bench, .rollback, .aside, .stranger: nil
    }
  }

  var isScratch: Bool { if case .scratch = role { true } else { false } }

  /// Whether somebody else than git-uet locked it.
  package var hasForeignLock: Bool { lock.map { !$0.hasPrefix(Self.lockPrefix) } ?? false }

  /// Whether its HEAD is a commit that nothing else holds.
  package var hasLooseHead: Bool { head != nil && keeper == nil }
}
