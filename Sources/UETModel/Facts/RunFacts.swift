extension Fact {
  /// What a run is started with.
  package struct RunStarted: FactNames {
    package static let names = Self()
    /// The commit that it starts from.
    package let base = Member<ObjectID>("base")
    /// Another program's run: this one is its history, and nothing goes on from it.
    package let imported = Member<ImportedRun>("imported")
    /// How many workers there are at least, where they come and go with the work.
    package let leastWorkers = Member<Int>("least_workers")
    /// Full name of the branch that was checked out or named.
    package let target = Member<String>("target")
    /// How many work at a time, or at most.
    package let workers = Member<Int>("workers")
    /// All of the plan, in its order.
    package let workstreams = Member<[Told<PlanEntry>]>("workstreams")
  }

  /// Another plan for a run that goes on.
  package struct PlanChanged: FactNames {
    package static let names = Self()
    /// The commit that holds it.
    package let plan = Member<ObjectID>("plan")
    package let reason = Member<String>("reason")
    /// All of the new plan, in its order.
    package let workstreams = Member<[Told<PlanEntry>]>("workstreams")
  }

  /// A workstream of a plan; with a `tip` one that no attempt of the run made.
  package struct PlanEntry: FactNames {
    package static let names = Self()
    /// What it waits for.
    package let after = Member<[WorkstreamID]>("after")
    package let id = Member<WorkstreamID>("id")
    /// The other branches whose tips it contains.
    package let inputs = Member<[AttemptRecord.Input]>("inputs")
    /// Full name of the branch that it was taken from.
    package let source = Member<String>("source")
    package let tip = Member<ObjectID>("tip")
  }

  /// The end of a run, or of a process that worked on it.
  package struct RunFinished: FactNames {
    package static let names = Self()
    /// What it was halted by.
    package let budget = Member<BudgetScope>("budget")
    package let reason = Member<String>("reason")
    package let status = Member<RunState.Status>("status")
  }
}
