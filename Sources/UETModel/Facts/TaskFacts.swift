extension Fact {
  /// A worker gets a workstream.
  package struct TaskAssigned: FactNames {
    package static let names = Self()
    /// What is to carry it out, where there was a choice and that is not this machine.
    package let executor = Member<String>("executor")
    /// The results that its base is made of.
    package let inputs = Member<[AttemptRecord.Input]>("inputs")
    /// The tool that this attempt tries out.
    package let probe = Member<String>("probe")
    /// Why another tool is used than the one that the bundle names.
    package let reason = Member<String>("reason")
    /// The tool, where it is not the one that the bundle names.
    package let tool = Member<String>("tool")
  }

  /// The attempt's worktree stands.
  package struct TaskStarted: FactNames {
    package static let names = Self()
    /// The commit that it starts from.
    package let base = Member<ObjectID>("base")
    /// What carries it out, where that is not this machine.
    package let executor = Member<String>("executor")
    /// The results that were merged into the base.
    package let inputs = Member<[AttemptRecord.Input]>("inputs")
  }

  /// What an attempt says of itself.
  package struct TaskProgress: FactNames {
    package static let names = Self()
    package let message = Member<String>("message")
    package let percent = Member<Int>("percent")
  }

  /// An attempt is told to stop.
  package struct TaskStopping: FactNames {
    package static let names = Self()
    /// false asks for an end at once.
    package let graceful = Member<Bool>("graceful")
    package let intent = Member<AttemptRecord.Stop.Intent>("intent")
    package let reason = Member<String>("reason")
  }

  /// How an attempt, or a workstream without one, ended.
  package struct TaskEnd: FactNames {
    package static let names = Self()
    /// The number of the question that it waits for; its end is no failure then.
    package let asks = Member<Int>("asks")
    /// The commit that the result starts from.
    package let base = Member<ObjectID>("base")
    /// The workstream whose failure or cancellation made this one impossible.
    package let culprit = Member<WorkstreamID>("culprit")
    /// How many files differ from the base.
    package let files = Member<Int>("files")
    /// Who wrote what its result leaves to others, and in one line what that is; the whole lies
    /// beside the event, as `WORKSTREAM.TIP.handoff`.
    package let handoff = Member<Handoff.Head>("handoff")
    package let kind = Member<ErrorKind>("kind")
    /// What went wrong.
    package let message = Member<String>("message")
    /// Declared files that are not there.
    package let missing = Member<[String]>("missing")
    /// Whom its tool asked, where the end says something of that.
    package let provider = Member<String>("provider")
    /// Why it was cancelled.
    package let reason = Member<String>("reason")
    /// Full name of the reference that keeps what it left.
    package let salvage = Member<String>("salvage")
    /// The commit that it made, or left.
    package let tip = Member<ObjectID>("tip")
    /// The tool, where the end says something of it.
    package let tool = Member<String>("tool")
    /// Whether the tool can do nothing at all, as when it is not logged in.
    package let toolBroken = Member<Bool>("tool_broken")
    /// Whether the tool itself is at fault.
    package let toolFault = Member<Bool>("tool_fault")
    /// Whether waiting may help, beyond what the kind says.
    package let transient = Member<Bool>("transient")
    /// The tree of what a failed attempt left.
    package let tree = Member<ObjectID>("tree")
  }

  /// A workstream is tried once more.
  package struct TaskRetried: FactNames {
    package static let names = Self()
    /// The next attempt is not told of the earlier ones.
    package let fresh = Member<Bool>("fresh")
    /// What a person says of the result that is sent back; the next attempts are told.
    package let note = Member<String>("note")
    /// No attempt before this time.
    package let notBefore = Member<Timestamp>("not_before")
    package let reason = Member<String>("reason")
  }

  /// A result changes what is not its own.
  package struct ScopeViolation: FactNames {
    package static let names = Self()
    package let paths = Member<[String]>("paths")
    package let tip = Member<ObjectID>("tip")
  }

  /// What an attempt asks people, and what it is answered.
  package struct Question: FactNames {
    package static let names = Self()
    package let answer = Member<String>("answer")
    /// Who answers, as git names them.
    package let by = Member<String>("by")
    /// Counted from 1 within the attempt.
    package let number = Member<Int>("number")
    /// Whether the result counts without an answer.
    package let optional = Member<Bool>("optional")
    /// What may be answered; anything where it names none.
    package let options = Member<[String]>("options")
    package let question = Member<String>("question")
  }

  /// A workstream turns out to need another one.
  package struct DependencyFound: FactNames {
    package static let names = Self()
    package let dependsOn = Member<WorkstreamID>("depends_on")
    package let reason = Member<String>("reason")
  }
}
