import UETModel

/// A run as its record says.
///
/// States are the words of the record, as `LANDED`; a later version may know more of them. Moments
/// are RFC 3339 in UTC with six decimals, as `2026-11-21T01:30:55.123456Z`; commits are
/// hexadecimal.
public struct RecordedRun: Sendable, Hashable {
  /// Its name: `YYYYMMDD-HHMMSS-xxxx`, the UTC time of its start and four hexadecimal digits.
  public let id: String
  /// `RUNNING`, `PAUSED`, `SUCCEEDED`, `FAILED`, `INTERRUPTED` or `HALTED`.
  public let status: String
  /// Why it is in that status, where that needs a word.
  public let reason: String?
  /// The commit that it started from.
  public let base: String?
  /// The full name of the branch that it was started on; nil for a detached HEAD.
  public let target: String?
  public let startedAt: String?
  public let endedAt: String?
  /// The number of the last event, from 1.
  public let eventCount: Int
  /// In the plan's order.
  public let workstreams: [RecordedWorkstream]
  /// The whole of the run but its workstreams, as a checkpoint of the record has it: one JSON
  /// object.
  public let json: String

  init(_ state: RunState) {
    (id, status, reason) = (state.run.rawValue, state.status.rawValue, state.reason)
    (base, target) = (state.base?.hex, state.target)
    (startedAt, endedAt) = (state.startedAt?.description, state.endedAt?.description)
    eventCount = state.sequence
    workstreams = state.workstreams.map(RecordedWorkstream.init)
    json = state.summaryJSON.encoded()
  }
}

/// A workstream of a run.
public struct RecordedWorkstream: Sendable, Hashable {
  public let id: String
  /// `PENDING`, `READY`, `RUNNING`, `SUCCEEDED`, `FAILED`, `CANCELLED`, `QUARANTINED`, `QUEUED`,
  /// `EJECTED`, `INTEGRATED`, `LANDED` or `ROLLED_BACK`.
  public let state: String
  /// Why it is in that state, where that needs a word.
  public let reason: String?
  /// Names of those that it waits for.
  public let dependsOn: [String]
  public let attempts: [RecordedAttempt]
  /// The commit that its branch points to, once an attempt succeeded.
  public let tip: String?
  /// The commit that merged it into the integration branch.
  public let integrated: String?
  /// The whole of it, as a checkpoint of the record has it: one JSON object.
  public let json: String

  init(_ record: WorkstreamRecord) {
    (id, state, reason) = (record.id.rawValue, record.state.rawValue, record.reason)
    dependsOn = record.dependsOn.map(\.rawValue)
    attempts = record.attempts.map(RecordedAttempt.init)
    (tip, integrated) = (record.tip?.hex, record.integrated?.hex)
    json = record.json.encoded()
  }
}

/// One try at a workstream.
public struct RecordedAttempt: Sendable, Hashable {
  /// From 1.
  public let number: Int
  /// `RUNNING`, `SUCCEEDED`, `FAILED` or `CANCELLED`.
  public let outcome: String
  /// The kind of its failure, as `E_GATE_FAILURE`.
  public let error: String?
  /// What is said of its failure.
  public let message: String?
  public let startedAt: String?
  public let endedAt: String?
  /// The commit that it worked on top of.
  public let base: String?
  /// The commit that it made.
  public let tip: String?

  init(_ record: AttemptRecord) {
    (number, outcome) = (record.number, record.outcome.rawValue)
    (error, message) = (record.error?.rawValue, record.message)
    (startedAt, endedAt) = (record.startedAt?.description, record.endedAt?.description)
    (base, tip) = (record.base?.hex, record.tip?.hex)
  }
}

/// One fact of a run.
public struct RecordedEvent: Sendable, Hashable {
  /// Its place in the record, from 1, without gaps.
  public let number: Int
  /// When it was recorded: RFC 3339 in UTC with six decimals.
  public let at: String
  /// What happened, as `task_completed`: the names stand in docs/design/ledger.md, and a later
  /// version may have more.
  public let type: String
  /// The workstream that it is about.
  public let workstream: String?
  /// The attempt that it is about.
  public let attempt: Int?
  /// The worker that it is about.
  public let worker: String?
  /// What else is known of it: one JSON object, whose members stand in docs/design/ledger.md.
  public let data: String

  init(_ event: Event) {
    (number, at, type) = (event.seq, event.at.description, event.type.rawValue)
    (workstream, attempt) = (event.workstream?.rawValue, event.attempt)
    worker = event.worker
    data = JSONValue.object(event.data).encoded()
  }
}
