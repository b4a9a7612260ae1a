import UETModel

extension Repository {
  /// Writes the commits that `tip` has and `base` has not into another repository, with what of
  /// their trees and blobs is new there, and syncs them. Until the stash is released no collection
  /// takes them there; nil, and nothing is written, where they are more bytes than `most`.
  package func hand(
    _ tip: ObjectID, notIn base: ObjectID?, to other: Repository, most: Int
  ) throws(GitError) -> ObjectStash? {
    let ids = try objects(in: tip, notIn: base.map { [$0] } ?? []).filter { !other.contains($0) }
    var bytes = 0
    for id in ids {
      bytes += try size(of: id)
      if bytes > most { return nil }
    }
    let stash = ObjectStash(other)
    for id in ids {
      let (kind, content) = try raw(id)
      _ = try stash.write(content, kind)
    }
    try stash.store()
    return stash
  }
}
