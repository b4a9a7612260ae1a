import UETModel

/// One try at one workstream.
package struct AttemptName: Hashable, Sendable {
  package let workstream: WorkstreamID
  package let number: Int

  package init(_ workstream: WorkstreamID, _ number: Int) {
    self.workstream = workstream
    self.number = number
  }
}

/// How an attempt ended.
package enum AttemptOutcome: Hashable, Sendable {
  /// Its result is the commit `tip`, made on `base`.
  case succeeded(tip: ObjectID, base: ObjectID?)
  case failed(AttemptFailure)
  /// It was ended on request; what it left is kept under `salvage`.
  case cancelled(salvage: String?)
}

package struct AttemptFailure: Hashable, Sendable {
  package var kind: ErrorKind
  package var message: String
  /// Full name of the reference that keeps what it left.
  package var salvage: String?
  /// The commit `salvage` points to.
  package var tip: ObjectID?
  /// Waiting may help, as the tool's entry says of this exit status.
  package var isTransient: Bool
  /// The tool could not be run at all.
  package var isToolBroken = false
  /// No room was left on the disk: no attempt can do better, and the run ends until there is.
  package var isDiskFull = false
  /// Seconds that the provider asks to wait; nil where it does not say.
  package var wait: Double?
  /// The number of the question that it ended for, which is no failure.
  package var asks: Int?

  package init(
    _ kind: ErrorKind, _ message: String, salvage: String? = nil, tip: ObjectID? = nil,
    isTransient: Bool = false
  ) {
    self.kind = kind
    self.message = message
    self.salvage = salvage
    self.tip = tip
    self.isTransient = isTransient
  }

  /// It ended so that its worker is free until the question is answered.
  package init(asking question: QuestionRecord) {
    self.init(.unknown, "waits for an answer: \(question.question)")
    asks = question.number
  }
}

/// What reaches the dispatcher from the world and from people.
package enum DispatchInput: Hashable, Sendable {
  /// A new run, after run_started is recorded.
  case start
  /// The run goes on after a crash or stop: how each attempt ended that the record has under way.
  /// One that is missing here ended with the orchestrator; `adopted` ones still run.
  case recover(ended: [AttemptName: AttemptOutcome], adopted: Set<AttemptName>)
  /// The run does not go on after a crash or stop: it is put in order, for whoever resumes it.
  case release(ended: [AttemptName: AttemptOutcome])
  case attemptEnded(AttemptName, AttemptOutcome, details: JSONObject)
  case waveTested(WaveTest, WaveOutcome, details: JSONObject)
  /// A worker is ready for work, or cannot be made so.
  case workerReady(String)
  case workerLost(String, reason: String)
  /// A moment asked for by `nextWake` has come.
  case timerFired
  /// Start nothing more, let go on what runs for the time the policy gives.
  case drain
  case stopNow
  case pause(reason: String?)
  case resume
  /// All of these or none; an empty list means all that are not settled.
  case cancelAll([WorkstreamID], reason: String)
  case setWorkers(WorkerCount)
  /// How much there is from now on of some of the resources that are counted.
  case room(Resources)
  case addDependency(WorkstreamID, on: WorkstreamID, reason: String?)
  /// The plan is another one from now on.
  case changePlan(PlanChange)
  /// A person wants workstreams tried again: all of them or none.
  case retry(RetryRequest)
  /// A person sets other limits: all of these or none.
  case changeBudget([BudgetChange])
  /// The machine is in another tier.
  case tier(TierChange)
  /// The machine is in no state to start anything, and was not for long: if nothing is at work, the
  /// run ends, to be resumed.
  case yield
  /// What an attempt reports of itself; dropped when that attempt is not under way any more.
  case fact(EventDraft)

  package static func attemptEnded(_ name: AttemptName, _ outcome: AttemptOutcome) -> Self {
    .attemptEnded(name, outcome, details: JSONObject())
  }
}

/// What the engine must do now; doing it twice does no harm.
package enum DispatchEffect: Hashable, Sendable {
  case startAttempt(AttemptOrder)
  /// Makes a worker ready; the answer is `workerReady` or `workerLost`.
  case prepareWorker(String)
  /// Ends an attempt; its end is reported as an input like any other.
  case cancelAttempt(AttemptName, graceful: Bool)
  /// Moves the workstream's branch to the result of a finished attempt.
  case publish(AttemptName, tip: ObjectID)
  /// Puts the results of a wave together and runs a gate on them; the answer is `waveTested`.
  case testWave(WaveTest)
  case runEnded(RunState.Status)
}

/// All that the engine needs to start an attempt.
package struct AttemptOrder: Hashable, Sendable {
  package let name: AttemptName
  /// The item's place in the plan.
  package let place: Int
  package let worker: String
  /// What is merged into the run's base, in plan order: results of dependencies and of finished
  /// workstreams that write the same paths, without those that another of them contains.
  package let inputs: [AttemptRecord.Input]
  package let tool: String
  /// What is to carry it out.
  package let executor: String
  package let timeout: Double?
  /// US dollars that its program is told to stop at; nil where no budget says so.
  package var cap: Money?

  package init(
    name: AttemptName, place: Int, worker: String, inputs: [AttemptRecord.Input], tool: String,
    executor: String = AttemptRecord.localExecutor, timeout: Double?, cap: Money? = nil
  ) {
    (self.name, self.place, self.worker) = (name, place, worker)
    (self.inputs, self.tool, self.executor) = (inputs, tool, executor)
    (self.timeout, self.cap) = (timeout, cap)
  }

  /// Of a workstream that builds on nothing, and that no plan holds.
  package init(name: AttemptName, worker: String, tool: String) {
    self.init(name: name, place: 0, worker: worker, inputs: [], tool: tool, timeout: nil)
  }
}
