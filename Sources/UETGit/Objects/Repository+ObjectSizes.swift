import CLibgit2
import UETModel

extension Repository {
  /// The bytes of an object's content, found without reading it; for what others made, which may be
  /// huge.
  package func size(of id: ObjectID) throws(GitError) -> Int {
    try locked { (handle) throws(GitError) in
      var oid = id.oid
      var size = 0
      var kind = GIT_OBJECT_INVALID
      let code = git_odb_read_header(&size, &kind, handle.objects, &oid)
      guard code == 0 else { throw handle.objectFailure(code, id) }
      return size
    }
  }
}
