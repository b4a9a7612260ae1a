import UETModel

/// A named set of workstreams with its own budget and rollback order.
package struct Phase: Hashable, Sendable {
  package var name: String
  /// Its workstreams, in the order of the file.
  package var workstreams: [WorkstreamID] = []
  package var maxCostUSD: Double?
  /// The order in which its workstreams are rolled back; empty where none is declared.
  package var rollbackOrder: [WorkstreamID] = []
  package var metadata = JSONObject()
  package var source: SourcePlace

  package init(name: String, source: SourcePlace = SourcePlace()) {
    self.name = name
    self.source = source
  }
}
