import UETGit
import UETModel

extension Repository {
  /// Moves a branch of the engine's own on, and gives where it stands: `new`, or further on where
  /// it holds that already, as after an end of the process that came before the record of it.
  ///
  /// Throws where somebody moved it elsewhere; then it stays there.
  func advance(
    _ branch: String, to new: ObjectID, from old: ObjectID?, message: String
  ) throws(GitError) -> ObjectID {
    do throws(GitError) {
      try setReference(branch, to: new, expecting: old ?? .zero, message: message)
      return new
    } catch {
      guard case .referenceMoved(_, let found?) = error,
        (try? isAncestor(new, of: found)) == true
      else { throw error }
      return found
    }
  }
}
