import UETModel

/// Members of an event's `data`, for tests that write and read records by hand.
package enum EventKey: String, CaseIterable, Sendable {
  /// Commit a run, attempt or merge starts from.
  case base
  /// run_started: `[{"id", "after": [ids]}]` in plan order; landed: `[ids]`.
  case workstreams
  /// plan_changed: the commit that holds the new plan; `workstreams` lists all of it, as in
  /// run_started.
  case plan
  /// Full name of a branch.
  case target
  case workers
  case status
  case reason
  case message
  /// An `ErrorKind`.
  case kind
  /// Commit an attempt produced, or a candidate's commit.
  case tip
  /// task_assigned, task_started: `[{"workstream", "commit"}]` merged into the base.
  case inputs
  /// Full name of a salvage reference.
  case salvage
  /// No attempt before this time.
  case notBefore = "not_before"
  case percent
  case dependsOn = "depends_on"
  /// task_stopping: an `AttemptRecord.Stop.Intent`.
  case intent
  /// task_stopping: false asks for an end at once.
  case graceful
  /// worker_draining: when what still runs is ended; breaker_opened: when the tool is tried again.
  case until
  /// task_cancelled: the workstream whose failure or cancellation made this one impossible.
  case culprit
  /// The name of a tool; at the end of an attempt only where it says something of the tool.
  case tool
  /// task_assigned: the tool that this attempt tries out.
  case probe
  /// task_failed, task_completed: whether the tool itself is at fault.
  case toolFault = "tool_fault"
  /// breaker_opened: how many faults in a row.
  case failures
  /// task_failed: whether waiting may help, beyond what the kind says.
  case transient
  /// task_retried: true where the next attempt is not told of the earlier ones.
  case fresh
  case gate
  /// Of a gate; merge_conflict: `attempt` where it is two results that an attempt builds on.
  case stage
  case tree
  case required
  case seconds
  /// Merge commit, or the commit that landed.
  case commit
  /// Commit the integration branch starts from, and its tree.
  case start
  case startTree = "start_tree"
  /// candidate_queued, integration_restarted: what gates read of that, `{"GATE": tree}`.
  case startInputs = "start_inputs"
  /// merge_prepared, merge_succeeded, probe_prepared, landing_started, landed, candidate_ejected:
  /// what gates read of `tree`.
  case gateInputs = "gate_inputs"
  /// gate_started, gate_passed, gate_failed: the tree cut down to what the gate reads.
  case inputsTree = "inputs_tree"
  /// gate_passed, gate_failed: other trees that were known then, in which all is the same that the
  /// gate was seen to read.
  case sameInputs = "same_inputs"
  /// gate_passed, gate_failed: seconds under a tracer.
  case traced
  /// gate_passed, gate_failed: true where it looks at what is no part of a tree.
  case thisCommit = "this_commit"
  /// gate_passed, gate_failed: why what it reads could not be learned.
  case wholeTree = "whole_tree"
  /// gate_passed: the tree on which it ran, where that is another one with the same inputs.
  case testedTree = "tested_tree"
  /// probe_started, probe_prepared, merge_succeeded: true where they go before others in line.
  case ahead
  /// probe_prepared: the merges of those that may go ahead.
  case commits
  /// candidate_queued: what orders the queue; a smaller number goes first.
  case rank
  case priority
  case dependencies
  /// gate_started, gate_passed, gate_failed of a wave, wave_released: its number; `inputs` are its
  /// results.
  case wave
  /// gate_passed, gate_failed of a wave: `[{"workstream", "paths"}]`, what did not merge with the
  /// rest.
  case apart
  /// gate_passed: sequence number of the event that holds the verdict, where the gate did not run
  /// again.
  case reused
  /// A request: whether what depends on it is meant as well.
  case dependents
  /// Hash of a gate's command and environment: a verdict counts for this key alone.
  case gateKey = "gate_key"
  /// gate_failed: true where the gate could not be carried out, which is no verdict on the tree.
  /// candidate_ejected: true where it goes for that, or for a merge that cannot be carried out.
  case fault
  /// candidate_ejected: the candidates the result was tested on top of.
  case predecessors
  /// merge_succeeded: `[{"workstream", "commit"}]` of a batch that was tested as one, in order; the
  /// last is the event's own.
  case batch
  /// landing_started, landed: what the target points to before.
  case old
  /// landing_started, landed: `[{"workstream", "tip", "commit"}]`, the merges from `start` to
  /// `commit`, in order.
  case merges
  /// landing_started, landed: `[{"gate", "gate_key"}]`, the gates that have passed on `tree`.
  case gates
  /// candidate_ejected: sequence number of the event that holds the red result; its commit holds
  /// the log. compensation_started: of the event that made a policy begin it.
  case evidence
  /// gate_passed, gate_failed: name of its output, below `logs/` of the commit that holds the
  /// event.
  case log
  /// merge_succeeded: true where those before the last of a batch were not tested because their
  /// scopes are disjoint.
  case assumed
  /// candidate_queued: true where a person wants what was red on its trees to be tested once more.
  /// gate_started, gate_failed: true where it was red on this tree before, and was asked once more.
  case again
  /// candidate_queued: the tree of the tip.
  case tipTree = "tip_tree"
  case strategy
  /// Commit a candidate is merged onto.
  case onto
  /// merge_conflict: candidates that made the other side, else the commits that did, and some of
  /// the places.
  case makers
  case earlier
  case hunks
  /// candidate_queued: the tip before its repair.
  case repairs
  case paths
  /// repair_started, repair_failed, conflict_resolved: a `RepairMethod`.
  case method
  /// merge_conflict: `[{"method", "reason"}]`, what was tried along with the merge.
  case tried
  /// merge_prepared, conflict_resolved: the tip of the candidate's commits as they were put on top
  /// of `onto`.
  case replay
  /// Where an admitted event comes from: an `EventOrigin`.
  case from
  /// inbox_refused: the chain that could not be read on.
  case writer
  case reference
  /// inbox_refused: the type of the refused event.
  case type
  /// review_decided: a `ReviewRecord.Decision`.
  case decision
  /// Who decided, as git names them.
  case by
  /// review_decided: the rejections that it overrules, `[{"writer", "seq"}]`.
  case overrules
  /// budget_exceeded: the phase whose budget it is; without it and without a workstream the run's.
  case phase
  /// task_completed: how many files differ from the base, and paths of `files_create` that are not
  /// there.
  case files
  case missing
  /// protected_change_found: `[{"kind", "name", "protected", "restored", "old"}]`, and who may have
  /// done it: `[{"workstream", "attempt"}]`.
  case changes
  case suspects
  /// compensation_started: the single commit of a workstream that is taken back.
  case part
}

extension JSONObject {
  package subscript(key: EventKey) -> JSONValue? {
    get { self[key.rawValue] }
    set { self[key.rawValue] = newValue }
  }

  /// Data from pairs; nil values are left out.
  package init(_ pairs: KeyValuePairs<EventKey, JSONValue?>) {
    self.init()
    for (key, value) in pairs { append(key.rawValue, value) }
  }
}

extension Event {
  package func text(_ key: EventKey) -> String? { data[key]?.string }

  package func commit(_ key: EventKey) -> ObjectID? {
    data[key]?.string.flatMap { ObjectID($0) }
  }

  /// The candidates that were integrated as one.
  package var batch: [AttemptRecord.Input] {
    (data[.batch]?.array ?? []).compactMap { AttemptRecord.Input(json: $0) }
  }

  /// A list of names.
  package func workstreams(_ key: EventKey) -> [WorkstreamID] {
    (data[key]?.array ?? []).compactMap { entry in entry.string.flatMap { WorkstreamID($0) } }
  }
}

extension EventDraft {
  package init(
    _ type: EventType, workstream: WorkstreamID? = nil, attempt: Int? = nil, worker: String? = nil,
    data: JSONObject = JSONObject(), anchors: [ObjectID] = []
  ) {
    self.init(
      Fact(type, data), workstream: workstream, attempt: attempt, worker: worker, anchors: anchors)
  }
}
