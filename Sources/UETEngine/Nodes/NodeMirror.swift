import UETGit
import UETModel
import UETSystem

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// What stays on a node between attempts: a mirror of the repository, and worktrees that are
/// switched from one to the next. All of it is disposable.
struct NodeMirror {
  let path: String
  /// The folder of the worktrees.
  let slots: String
  /// The repository's objects are its own: nothing has to be fetched.
  let borrows: Bool
  private let remote: String

  /// Finds or makes it in `folder`, which is this user's alone.
  ///
  /// A repository that is reached by a path lends its objects; nothing of it is copied.
  init(of remote: String, in folder: String) throws {
    try Self.makePrivate(folder)
    let key = Repository.hashBlob(Array(remote.utf8)).hex.prefix(16)
    let own = "\(folder)/\(key)"
    (path, slots) = ("\(own)/mirror.git", "\(own)/slots")
    try Files.makeDirectory(own, mode: 0o700)
    let lock = try FileLock.wait(for: "\(own)/making.lock")
    if !Files.isFile("\(path)/HEAD") {
      try Repository.makeBare(at: path, borrowing: Self.objects(of: remote))
    }
    lock.release()
    borrows = Files.isFile("\(path)/objects/info/alternates")
    self.remote = remote
  }

  /// The repository that lends its objects, where its files are this user's as well: what another
  /// owns takes what is pushed, and says whose it is.
  func lender(_ environment: [String: String]) -> Repository? {
    guard borrows,
      let lender = try? Repository.open(discoveringFrom: remote, environment: environment),
      Files.owner("\(lender.commonDirectory)/objects") == geteuid()
    else { return nil }
    return lender
  }

  /// Where the objects of a repository of this machine, or of a shared file system, are.
  private static func objects(of remote: String) -> String? {
    guard remote.hasPrefix("/") else { return nil }
    return ["\(remote)/.git/objects", "\(remote)/objects"].first(where: Files.isDirectory)
  }

  /// What others own could be made into anything under our hands.
  private static func makePrivate(_ folder: String) throws {
    try Files.makeDirectory(above: folder)
    try? Files.makeDirectory(folder, mode: 0o700)
    guard Files.isDirectory(folder), Files.owner(folder) == geteuid() else {
      throw Refusal(
        .usage, "'\(folder.terminalSafe)' is no folder of this user's",
        hint: "name another: executors.NAME.folder")
    }
  }

  /// A place for one attempt, the next free one.
  func takeSlot() throws -> NodeSlot {
    for number in 1...Self.mostSlots {
      let path = "\(slots)/slot-\(number)"
      if let lock = try FileLock.take("\(path).lock") { return NodeSlot(path: path, lock: lock) }
    }
    throw Refusal(.failed, "all \(Self.mostSlots) places in '\(slots.terminalSafe)' are taken")
  }

  private static let mostSlots = 4096

  /// Packs what lies loose and drops what is of no use, where that is much; one job at a time.
  ///
  /// What is younger than two days may be another job's, and stays.
  func tidy(_ project: Project) async {
    // By a sample, as git itself does: one of 256 folders.
    guard Files.names(in: "\(path)/objects/17").count > Self.manyLoose / 256,
      let lock = (try? FileLock.take("\(slots)/tidy.lock")) ?? nil
    else { return }
    _ = try? await project.git.run(["gc", "--quiet", "--prune=2.days.ago"])
    lock.release()
  }

  private static let manyLoose = 6700
}

/// A place that nobody else has as long as this is kept.
struct NodeSlot: ~Copyable {
  let path: String
  private let lock: FileLock

  fileprivate init(path: String, lock: consuming FileLock) {
    self.path = path
    self.lock = lock
  }

  /// Keeps it up to here.
  consuming func release() {}
}
