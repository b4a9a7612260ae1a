/// What one reviewer said last of a workstream's result.
package struct ReviewRecord: Hashable, Sendable {
  package enum Decision: String, CaseIterable, Hashable, Sendable {
    case approved, rejected
  }

  /// A decision of another writer, named by its place in that writer's chain.
  package struct Reference: Hashable, Sendable {
    package let writer: String
    package let seq: Int

    package init(writer: String, seq: Int) {
      self.writer = writer
      self.seq = seq
    }
  }

  /// Whose inbox it came from; `main` for the clone that holds the run.
  package let writer: String
  /// Its sequence number in the chain of `writer`.
  package let seq: Int
  package var decision: Decision
  /// The commit that was looked at.
  package var tip: ObjectID
  /// When it was decided, by the reviewer's clock.
  package var at: Timestamp
  /// As `Ada <ada@example.com>`: what the reviewer's git says, which nobody proves.
  package var by: String?
  package var message: String?
  /// Rejections that it was given in full knowledge of; counts for the clone that holds the run
  /// alone.
  package var overrules: [Reference] = []

  package init(
    writer: String, seq: Int, decision: Decision, tip: ObjectID, at: Timestamp
  ) {
    self.writer = writer
    self.seq = seq
    self.decision = decision
    self.tip = tip
    self.at = at
  }

  package var reference: Reference { Reference(writer: writer, seq: seq) }

  /// The writer's name of the clone that holds the run.
  package static let holder = "main"
}

/// How the reviews of one result stand together.
package enum ReviewStanding: Hashable, Sendable {
  case undecided
  case approved([ReviewRecord])
  /// Rejections that stand; approvals of others do not outweigh them.
  case rejected([ReviewRecord])
}

extension WorkstreamRecord {
  /// How the reviews of the commit `tip` stand; of the workstream's result unless another is given.
  ///
  /// Each writer's last decision counts. A rejection stands until who gave it decides anew, or the
  /// clone that holds the run overrules it; so the order in which inboxes are admitted makes no
  /// difference.
  package func review(of other: ObjectID? = nil) -> ReviewStanding {
    guard let tip = other ?? tip else { return .undecided }
    let given = reviews.filter { $0.tip == tip }
    let holder = given.first { $0.writer == ReviewRecord.holder }
    let overruled = Set(holder?.decision == .approved ? holder?.overrules ?? [] : [])
    let rejections = given.filter {
      $0.decision == .rejected && !overruled.contains($0.reference)
    }
    if !rejections.isEmpty { return .rejected(rejections) }
    let approvals = given.filter { $0.decision == .approved }
    return approvals.isEmpty ? .undecided : .approved(approvals)
  }

  /// Whether its result waits for a person to look at it.
  package var waitsForReview: Bool {
    guard let tip, reviewRequested == tip else { return false }
    return review() == .undecided
  }
}
