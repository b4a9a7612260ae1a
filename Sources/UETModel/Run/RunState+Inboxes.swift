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
  mutating func foldRefusedInbox(_ event: Event) {
    guard event.origin == nil, let writer = event.text(.writer),
      let reference = event.text(.reference)
    else { return }
    let problem = InboxRecord.Problem(
      reference: reference, reason: event.text(.reason) ?? "no reason recorded")
    updateInbox(writer) { inbox in
      inbox.problems.removeAll { $0.reference == reference }
      inbox.problems.append(problem)
    }
  }

  mutating func foldReview(_ event: Event) throws(Illegal) {
    guard let id = event.workstream else { throw Illegal(message: "it names no workstream") }
    guard self[id] != nil else { throw Illegal(message: "unknown workstream '\(id)'") }
    guard let tip = event.commit(.tip) else { throw Illegal(message: "it names no commit") }
    if event.type == .reviewRequested {
      update(id) { record in
        record.reviewRequested = tip
        record.reason = event.text(.reason) ?? record.reason
      }
      return
    }
    // A decision that a newer version knows: kept in the record, without effect here.
    guard let decision = event.text(.decision).flatMap(ReviewRecord.Decision.init) else { return }
    let origin = event.origin
    let isHolder = origin?.isOwn ?? true
    var review = ReviewRecord(
      writer: isHolder ? ReviewRecord.holder : origin?.writer ?? ReviewRecord.holder,
      seq: isHolder ? event.seq : origin?.seq ?? event.seq, decision: decision, tip: tip,
      at: origin?.at ?? event.at)
    review.by = event.text(.by)
    review.message = event.text(.message)
    if isHolder {
      review.overrules = (event.data[.overrules]?.array ?? []).compactMap {
        ReviewRecord.Reference(json: $0)
      }
    }
    update(id) { record in
      record.reviews.removeAll { $0.writer == review.writer }
      record.reviews.append(review)
      record.reviews.sort { $0.writer < $1.writer }
    }
  }
}
