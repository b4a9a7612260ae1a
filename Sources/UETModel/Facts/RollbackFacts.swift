extension Fact {
  /// A rollback as a whole: begun, or ended.
  package struct Rollback: FactNames {
    package static let names = Self()
    /// What the target points to afterwards.
    package let commit = Member<ObjectID>("commit")
    /// Sequence number of the event that made a policy begin it.
    package let evidence = Member<Int>("evidence")
    /// What the target points to before.
    package let old = Member<ObjectID>("old")
    /// The single commit of a workstream that is taken back.
    package let part = Member<ObjectID>("part")
    package let reason = Member<String>("reason")
    /// `landed`, `abandoned`; `found` where others took it out.
    package let status = Member<String>("status")
    /// Full name of the branch.
    package let target = Member<String>("target")
    /// In the order in which they are undone.
    package let workstreams = Member<[WorkstreamID]>("workstreams")
  }

  /// The commit that undoes one workstream.
  package struct RollbackStep: FactNames {
    package static let names = Self()
    package let commit = Member<ObjectID>("commit")
    package let onto = Member<ObjectID>("onto")
  }

  /// A step, or a gate on the result, failed.
  package struct RollbackFailed: FactNames {
    package static let names = Self()
    package let gate = Member<String>("gate")
    package let reason = Member<String>("reason")
  }
}
