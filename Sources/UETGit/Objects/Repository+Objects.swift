import CLibgit2
import UETModel

extension Repository {
  /// Whether the object is in this repository, packed, loose or borrowed.
  package func contains(_ id: ObjectID) -> Bool {
    let found = try? locked { (handle) throws(GitError) in
      var oid = id.oid
      return git_odb_exists(handle.objects, &oid) == 1
    }
    return found ?? false
  }

  /// The content of a blob.
  package func blob(_ id: ObjectID) throws(GitError) -> [UInt8] {
    let (kind, content) = try read(id)
    guard kind == GIT_OBJECT_BLOB else { throw .wrongKind(id, expected: "blob") }
    return content
  }

  /// An object of any kind, without its header.
  func read(_ id: ObjectID) throws(GitError) -> (kind: git_object_t, content: [UInt8]) {
    try locked { (handle) throws(GitError) in
      var oid = id.oid
      var object: OpaquePointer?
      let code = git_odb_read(&object, handle.objects, &oid)
      guard code == 0, let object else { throw handle.objectFailure(code, id) }
      defer { git_odb_object_free(object) }
      let kind = git_odb_object_type(object)
      let size = git_odb_object_size(object)
      guard size > 0, let data = git_odb_object_data(object) else { return (kind, []) }
      return (kind, [UInt8](UnsafeRawBufferPointer(start: data, count: size)))
    }
  }

  /// Stores `bytes`; writing what is there already costs a look-up.
  package func writeBlob(_ bytes: [UInt8]) throws(GitError) -> ObjectID {
    try write(bytes, as: GIT_OBJECT_BLOB)
  }

  /// The name that git gives to a blob of these bytes, whether stored or not.
  package static func hashBlob(_ bytes: [UInt8]) -> ObjectID {
    Libgit2.start()
    var oid = git_oid()
    bytes.withUnsafeBytes { buffer in
      _ = git_odb_hash(&oid, buffer.baseAddress, buffer.count, GIT_OBJECT_BLOB)
    }
    return ObjectID(oid)
  }

  /// Stores a whole object, without its header.
  func write(_ bytes: [UInt8], as kind: git_object_t) throws(GitError) -> ObjectID {
    try locked { (handle) throws(GitError) in
      var oid = git_oid()
      let code = bytes.withUnsafeBytes { buffer in
        git_odb_write(&oid, handle.objects, buffer.baseAddress, buffer.count, kind)
      }
      guard code == 0 else {
        throw Libgit2.failure(code, "write an object", path: commonDirectory + "/objects")
      }
      return ObjectID(oid)
    }
  }
}
