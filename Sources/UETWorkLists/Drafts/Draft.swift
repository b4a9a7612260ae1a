import UETModel

/// A workstream that is made of an item.
package struct Draft: Sendable {
  package var item: WorkItem
  package var id: WorkstreamID
  package var tasks: [String]
  package var scope: ScopeProposal
  package var dependsOn: [WorkstreamID] = []
  package var conflictGroup: String?
  package var tool: String

  /// Whether a person has to look at its scope before it is run.
  package var isProposed: Bool { scope.ground != .declared }
}

/// The workstreams of one list, and the file that they are written to.
package struct DraftList: Sendable {
  package var list: WorkList
  /// The file's name without folder and ending, and the name of the phase.
  package var stem: String
  package var drafts: [Draft] = []
  package var findings: [Finding] = []
}

package struct DraftOptions: Sendable {
  /// Who does the work.
  package var tool: String
  /// Whether phases and numbered groups are to come one after the other.
  package var ordersPhases: Bool
  /// Ids that items have already, by list and key.
  package var known: [ItemName: WorkstreamID]
  /// Ids that others have.
  package var taken: Set<WorkstreamID>

  package init(
    tool: String, ordersPhases: Bool = false, known: [ItemName: WorkstreamID] = [:],
    taken: Set<WorkstreamID> = []
  ) {
    (self.tool, self.ordersPhases) = (tool, ordersPhases)
    (self.known, self.taken) = (known, taken)
  }
}

/// What tells an item from all others, whatever file it stands in.
package struct ItemName: Hashable, Sendable {
  package var format: WorkListFormat
  package var list: String
  package var key: String

  package init(format: WorkListFormat, list: String, key: String) {
    (self.format, self.list, self.key) = (format, list, key)
  }
}
