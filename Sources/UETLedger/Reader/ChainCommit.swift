import UETGit
import UETModel

/// One commit of a chain, as its reader sees it.
package struct ChainCommit: Hashable, Sendable {
  package let id: ObjectID
  package let tree: ObjectID
  /// The commit before it in the chain; nil for the root.
  package let previous: ObjectID?
  /// The commits that its events name.
  package let anchors: [ObjectID]
  package let message: ChainMessage
  package let at: Timestamp
}
