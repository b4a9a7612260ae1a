/// A rollback under way: what is taken out of the target again, and how far that is.
package struct RollbackRecord: Hashable, Sendable {
  /// One workstream's part: the commit that undoes it, on top of the step before.
  package struct Step: Hashable, Sendable {
    package var workstream: WorkstreamID
    package var onto: ObjectID
    package var commit: ObjectID

    package init(workstream: WorkstreamID, onto: ObjectID, commit: ObjectID) {
      self.workstream = workstream
      self.onto = onto
      self.commit = commit
    }
  }

  /// What a person is needed for.
  package struct Failure: Hashable, Sendable {
    package var workstream: WorkstreamID
    /// The gate that was red on the result; nil where the step itself failed.
    package var gate: String?
    package var reason: String

    package init(workstream: WorkstreamID, gate: String? = nil, reason: String) {
      self.workstream = workstream
      self.gate = gate
      self.reason = reason
    }
  }

  /// In the order in which they are undone.
  package var workstreams: [WorkstreamID]
  /// Full name of the branch they are taken out of, and its commit when the rollback began.
  package var target: String
  package var old: ObjectID
  /// The one commit that is taken back, where the workstream keeps the rest.
  package var part: ObjectID?
  package var steps: [Step] = []
  package var failure: Failure?

  package init(
    workstreams: [WorkstreamID], target: String, old: ObjectID, part: ObjectID? = nil
  ) {
    self.workstreams = workstreams
    self.target = target
    self.old = old
    self.part = part
  }

  /// The commit that holds every step so far.
  package var tip: ObjectID { steps.last?.commit ?? old }

  /// The workstream whose step comes next; nil when all are done.
  package var next: WorkstreamID? {
    steps.count < workstreams.count ? workstreams[steps.count] : nil
  }
}

extension RollbackRecord {
  package var json: JSONValue {
    var object = JSONObject([
      ("workstreams", .array(workstreams.map { .string($0.rawValue) })),
      ("target", .string(target)), ("old", .commit(old)),
    ])
    object.append("part", .commit(part))
    object.append(
      "steps",
      .list(steps) { step in
        [
          "workstream": .string(step.workstream.rawValue), "onto": .commit(step.onto),
          "commit": .commit(step.commit),
        ]
      })
    if let failure {
      var value = JSONObject([
        ("workstream", .string(failure.workstream.rawValue)), ("reason", .string(failure.reason)),
      ])
      value.append("gate", .text(failure.gate))
      object.append("failure", .object(value))
    }
    return .object(object)
  }

  package init(json: JSONValue) throws(JSONShapeError) {
    guard let object = json.object else { throw JSONShapeError("rollback") }
    self.init(
      workstreams: try object.list("workstreams", \.workstreamID),
      target: try object.required("target", \.string),
      old: try object.required("old", \.objectID), part: try object.optional("part", \.objectID))
    steps = try object.list("steps") { Step(json: $0) }
    if let value = try object.optional("failure", \.object) {
      failure = Failure(
        workstream: try value.required("workstream", \.workstreamID),
        gate: try value.optional("gate", \.string),
        reason: try value.required("reason", \.string))
    }
  }
}

extension RollbackRecord.Step {
  fileprivate init?(json: JSONValue) {
    guard let workstream = json["workstream"]?.workstreamID, let onto = json["onto"]?.objectID,
      let commit = json["commit"]?.objectID
    else { return nil }
    self.init(workstream: workstream, onto: onto, commit: commit)
  }
}
