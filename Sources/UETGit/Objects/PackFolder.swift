import UETModel
import UETSystem

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Where a repository has its packs, as one who adds to them sees it.
struct PackFolder {
  private let path: String
  private static let note = "git-uet: merges that no reference leads to yet\n"
  /// Seconds after which a mark that was left behind cannot be in use any more.
  private static let stale = 86_400

  init(_ repository: Repository) { path = repository.commonDirectory + "/objects/pack" }

  /// Writes and syncs a pack with its index; gives the path of the mark that keeps it.
  func write(_ pack: PackFile) throws(GitError) -> String {
    removeStaleMarks()
    return try write(NewPack(pack), mark: Self.note)
  }

  /// Writes and syncs a pack under a mark that somebody else looks after.
  func write(_ pack: NewPack, mark: String) throws(GitError) -> String {
    let place = "\(path)/\(pack.name)"
    mkdir(path, 0o755)
    // The index last: a pack counts from then on.
    try put(Array(mark.utf8), "\(place).keep")
    try put(pack.content, "\(place).pack")
    try put(pack.index, "\(place).idx")
    try GitError.onDisk(Files.sync(path))
    return "\(place).keep"
  }

  /// Tried again where a collection takes the file, or its folder, before it has its name.
  private func put(_ content: [UInt8], _ target: String) throws(GitError) {
    try Retry.whileCollectionsInterfere { () throws(GitError) in try putOnce(content, target) }
  }

  /// git removes files that begin so and are old, should a crash leave one.
  private func putOnce(_ content: [UInt8], _ target: String) throws(GitError) {
    let name = String(UInt64.random(in: 0 ... .max), radix: 36)
    let temporary = "\(path)/tmp_uet_\(name)"
    do throws(GitError) {
      try GitError.onDisk(Files.write(content, to: temporary))
      try GitError.onDisk(Files.sync(temporary))
    } catch {
      unlink(temporary)
      throw error
    }
    chmod(temporary, 0o444)
    guard rename(temporary, target) == 0 else {
      let failure = GitError.system(target)
      unlink(temporary)
      throw failure
    }
  }

  static func remove(_ keep: String) { unlink(keep) }

  /// Marks of processes that were killed; only ever those written here.
  private func removeStaleMarks() {
    let now = time(nil)
    for name in Files.names(in: path) where name.hasSuffix(".keep") {
      let mark = path + "/" + name
      guard let written = Files.time(mark), now - Int(written.seconds) > Self.stale,
        Files.content(of: mark) == Array(Self.note.utf8)
      else { continue }
      unlink(mark)
    }
  }
}

/// Work that is begun again.
enum Retry {
  /// A collection removes temporary files with `--prune=now`, and folders that it finds empty.
  static func whileCollectionsInterfere(
    _ body: () throws(GitError) -> Void
  ) throws(GitError) {
    let absent = String(cString: strerror(ENOENT))
    for _ in 1..<8 {
      do throws(GitError) {
        return try body()
      } catch {
        guard case .readOnly(_, let detail) = error, detail == absent else { throw error }
      }
    }
    try body()
  }
}
