extension RunState {
  /// Each event of an inbox is admitted or refused exactly once, in the order of its chain.
  func checkOrigin(_ origin: EventOrigin) throws(Illegal) {
    let expected = (inbox(origin.writer)?.sequence ?? 0) + 1
    guard origin.seq == expected else {
      throw Illegal(
        message: "event \(origin.seq) of '\(origin.writer)' is not the next one, \(expected)")
    }
  }

  mutating func foldOrigin(_ origin: EventOrigin, isRefused: Bool) {
    updateInbox(origin.writer) { inbox in
      inbox.last = origin
      inbox.problems = []
      if isRefused { inbox.refused += 1 }
    }
  }

  /// A whole chain that cannot be read on; a single refused event is told by its origin.
  mutating func foldRefusedInbox(_ fact: Told<Fact.InboxRefused>, _ event: Event) {
    guard event.origin == nil, let writer = fact.writer, let reference = fact.reference else {
      return
    }
    let problem = InboxRecord.Problem(
      reference: reference, reason: fact.reason ?? "no reason recorded")
    updateInbox(writer) { inbox in
      inbox.problems.removeAll { $0.reference == reference }
      inbox.problems.append(problem)
    }
  }

  /// The workstream and the commit that a review is about.
  private func reviewed(
    _ tip: ObjectID?, _ event: Event
  ) throws(Illegal) -> (WorkstreamID, ObjectID) {
    guard let id = event.workstream else { throw Illegal(message: "it names no workstream") }
    guard self[id] != nil else { throw Illegal(message: "unknown workstream '\(id)'") }
    guard let tip else { throw Illegal(message: "it names no commit") }
    return (id, tip)
  }

  mutating func foldReviewRequest(
    _ fact: Told<Fact.ReviewRequested>, _ event: Event
  ) throws(Illegal) {
    let (id, tip) = try reviewed(fact.tip, event)
    update(id) { record in
      record.reviewRequested = tip
      record.reason = fact.reason ?? record.reason
    }
  }

  mutating func foldReview(_ fact: Told<Fact.ReviewDecided>, _ event: Event) throws(Illegal) {
    let (id, tip) = try reviewed(fact.tip, event)
    // A decision that a newer version knows: kept in the record, without effect here.
    guard let decision = fact.decision else { return }
    let origin = event.origin
    let isHolder = origin?.isOwn ?? true
    var review = ReviewRecord(
      writer: isHolder ? ReviewRecord.holder : origin?.writer ?? ReviewRecord.holder,
      seq: isHolder ? event.seq : origin?.seq ?? event.seq, decision: decision, tip: tip,
      at: origin?.at ?? event.at)
    (review.by, review.message) = (fact.by, fact.message)
    if isHolder { review.overrules = fact.overrules ?? [] }
    update(id) { record in
      record.reviews.removeAll { $0.writer == review.writer }
      record.reviews.append(review)
      record.reviews.sort { $0.writer < $1.writer }
    }
  }
}
