import CLibgit2
import UETModel

extension Repository {
  /// Whether the object is a commit itself, and no tag that stands for one.
  package func isCommit(_ id: ObjectID) -> Bool {
    (try? require(id, GIT_OBJECT_COMMIT, "commit")) != nil
  }

  /// Whether none of the objects is in the repository yet, so that nothing there leads to them: all
  /// come with the push.
  package func areQuarantined(_ ids: [ObjectID]) throws(GitError) -> Bool {
    guard quarantine != nil else { return ids.isEmpty }
    let place = commonDirectory + "/objects"
    return try locked { (_) throws(GitError) in
      var database: OpaquePointer?
      let code = git_odb_open(&database, place)
      guard code == 0, let database else {
        throw Libgit2.failure(code, "open the objects of the repository", path: place)
      }
      defer { git_odb_free(database) }
      for id in ids {
        var oid = id.oid
        let flags = UInt32(GIT_ODB_LOOKUP_NO_REFRESH.rawValue)
        if git_odb_exists_ext(database, &oid, flags) == 1 { return false }
      }
      return true
    }
  }

  /// The blobs in the quarantine of a push that are larger than `limit`, by their size, whether or
  /// not anything leads to them; none where there is no quarantine.
  ///
  /// Read from the headers of objects, so that it takes little however large they are.
  package func quarantinedBlobs(over limit: Int) throws(GitError) -> [(id: ObjectID, size: Int)] {
    guard let quarantine else { return [] }
    // Under the lock: libgit2 shares packs among all that have them open.
    let found = try locked { (_) throws(GitError) -> [ObjectID: Int] in
      var database: OpaquePointer?
      let code = git_odb_open(&database, quarantine)
      guard code == 0, let database else {
        throw Libgit2.failure(code, "open the objects that were pushed", path: quarantine)
      }
      defer { git_odb_free(database) }
      let search = BlobSearch(database, limit)
      let ended = withExtendedLifetime(search) {
        git_odb_foreach(database, BlobSearch.visit, Unmanaged.passUnretained(search).toOpaque())
      }
      if let unread = search.unread { throw .corruptObject(unread, detail: Libgit2.lastMessage) }
      guard ended == 0 else { throw Libgit2.failure(ended, "list the objects that were pushed") }
      return search.found
    }
    return found.map { ($0.key, $0.value) }
      .sorted { ($0.size, $0.id) > ($1.size, $1.id) }
  }
}

/// Collects the large blobs of a database, one object at a time.
private final class BlobSearch {
  private let database: OpaquePointer
  private let limit: Int
  private(set) var found: [ObjectID: Int] = [:]
  /// The object that could not be read, where the search ended early.
  private(set) var unread: ObjectID?

  init(_ database: OpaquePointer, _ limit: Int) { (self.database, self.limit) = (database, limit) }

  static let visit: @convention(c) (UnsafePointer<git_oid>?, UnsafeMutableRawPointer?) -> Int32 = {
    id, search in
    guard let id, let search else { return -1 }
    return Unmanaged<BlobSearch>.fromOpaque(search).takeUnretainedValue().look(at: id)
  }

  private func look(at id: UnsafePointer<git_oid>) -> Int32 {
    var size = 0
    var kind = GIT_OBJECT_INVALID
    guard git_odb_read_header(&size, &kind, database, id) == 0 else {
      unread = ObjectID(id.pointee)
      return -1
    }
    if kind == GIT_OBJECT_BLOB, size > limit { found[ObjectID(id.pointee)] = size }
    return 0
  }
}

extension GitError {
  /// Whether an object that another one names is not there.
  package var isOfMissingObject: Bool {
    switch self {
    case .objectMissing: true
    case .libgit2(_, let code, _): code == GIT_ENOTFOUND.rawValue
    default: false
    }
  }
}
