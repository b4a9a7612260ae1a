/// An event that is not recorded yet: what happened, without its place in a chain.
package struct EventDraft: Hashable, Sendable {
  package var type: EventType
  package var workstream: WorkstreamID?
  package var attempt: Int?
  package var worker: String?
  package var data: JSONObject
  /// Commits the event names: the ledger commit that records it becomes their child, so that no
  /// garbage collection takes them and a clone of the ledger is complete.
  package var anchors: [ObjectID]

  package init(
    _ type: EventType, workstream: WorkstreamID? = nil, attempt: Int? = nil, worker: String? = nil,
    data: JSONObject = JSONObject(), anchors: [ObjectID] = []
  ) {
    self.type = type
    self.workstream = workstream
    self.attempt = attempt
    self.worker = worker
    self.data = data
    self.anchors = anchors
  }
}
