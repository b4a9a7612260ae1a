/// An event that is not recorded yet: what happened, without its place in a chain.
package struct EventDraft: Hashable, Sendable {
  package var fact: Fact
  package var workstream: WorkstreamID?
  package var attempt: Int?
  package var worker: String?
  /// Commits the event names: the ledger commit that records it becomes their child, so that no
  /// garbage collection takes them and a clone of the ledger is complete.
  package var anchors: [ObjectID]

  package init(
    _ fact: Fact, workstream: WorkstreamID? = nil, attempt: Int? = nil, worker: String? = nil,
    anchors: [ObjectID] = []
  ) {
    self.fact = fact
    self.workstream = workstream
    self.attempt = attempt
    self.worker = worker
    self.anchors = anchors
  }

  package var type: EventType {
    get { fact.type }
    set { fact = Fact(newValue, fact.members) }
  }

  package var data: JSONObject {
    get { fact.members }
    set { fact = Fact(fact.type, newValue) }
  }
}
