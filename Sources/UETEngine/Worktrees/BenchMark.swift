import UETGit
import UETModel
import UETSystem

/// What stands in a bench and what its build folders were made from, kept in its administrative
/// directory, where no worker looks.
///
/// Only a bench that is `ready` holds what a build ended by itself on a known tree; whoever was
/// killed while its files were written or a gate ran leaves another word.
struct BenchMark: Hashable, Sendable {
  enum State: String, Sendable {
    /// Its files are being written; followed by `building`.
    case filling
    /// A set-up or gate is at work there; followed by `ready`.
    case building
    /// Nobody is. Followed by `filling`.
    case ready
  }

  var state: State
  /// The gate with its command and environment: nothing else is built there.
  var key: String
  var commit: ObjectID
  var tree: ObjectID
  /// When its build folders were begun, in seconds since 1970.
  var since: Int64
  /// What the build folders held at the end.
  var output: UInt64 = 0
  /// Who wrote this.
  var owner: String
  var path: String
  var former = FormerTimes()

  /// This process as the owner of a mark.
  static var us: String { ProcessIdentity(of: OwnProgram.number)?.description ?? "-" }

  /// Whether another process that is alive works there.
  var isInUse: Bool {
    guard state != .ready, let owner = ProcessIdentity(owner) else { return false }
    return owner.pid != OwnProgram.number && owner.isAlive
  }

  /// Whether all of it was written since the machine started: what was not on the disk yet when it
  /// went down may be half there.
  var isOfThisBoot: Bool {
    ProcessIdentity(owner)?.boot == ProcessEntry.bootID
  }
}

extension BenchMark {
  /// The bench's mark; nil where there is none that can be read.
  init?(of worktree: WorktreeHandle) {
    guard let bytes = Files.content(of: Self.path(worktree)) else { return nil }
    self.init(String(decoding: bytes, as: UTF8.self))
  }

  init?(_ text: String) {
    var lines = text.split(separator: "\n")[...]
    let words = (lines.popFirst() ?? "").split(separator: " ", maxSplits: 7).map(String.init)
    guard words.count == 8, let state = State(rawValue: words[0]), let commit = ObjectID(words[2]),
      let tree = ObjectID(words[3]), let since = Int64(words[4]), let output = UInt64(words[5])
    else { return nil }
    (self.state, key, self.commit, self.tree) = (state, words[1], commit, tree)
    (self.since, self.output, owner, path) = (since, output, words[6], words[7])
    var seconds: [String: Set<Int64>] = [:]
    for line in lines {
      let parts = line.split(separator: " ", maxSplits: 1)
      guard parts.count == 2 else { return nil }
      seconds[String(parts[1])] = Set(parts[0].split(separator: ",").compactMap { Int64($0) })
    }
    former = FormerTimes(seconds)
  }

  var text: String {
    let head = [
      state.rawValue, key, commit.hex, tree.hex, "\(since)", "\(output)", owner, path,
    ].joined(separator: " ")
    let rest = former.seconds.sorted { $0.key < $1.key }.map { path, seconds in
      seconds.sorted().map { "\($0)" }.joined(separator: ",") + " " + path
    }
    return ([head] + rest).joined(separator: "\n") + "\n"
  }

  func write(to worktree: WorktreeHandle) throws(SystemFailure) {
    try Files.write(text.utf8, to: Self.path(worktree))
  }

  static func path(_ worktree: WorktreeHandle) -> String { worktree.gitDirectory + "/uet-bench" }
}

/// A bench that nobody else uses as long as this is held.
final class BenchHold: Sendable {
  let number: Int
  let path: String
  private let lock: FileLock

  /// nil where it is in use.
  init?(_ number: Int, _ project: Project) throws(SystemFailure) {
    guard let lock = try FileLock.take(Self.lockPath(number, project)) else { return nil }
    self.lock = lock
    self.number = number
    path = project.bench(number)
    // The lock file lies in a folder that may be deleted.
    if let worktree = project.repository.worktree(at: path),
      BenchMark(of: worktree)?.isInUse == true
    {
      return nil
    }
  }

  static func lockPath(_ number: Int, _ project: Project) -> String {
    "\(project.stateDirectory)/locks/bench-\(number).lock"
  }

  /// Whether somebody uses it now.
  static func isInUse(_ number: Int, _ project: Project) -> Bool {
    ((try? BenchHold(number, project)) ?? nil) == nil
  }
}

extension Project {
  /// A fixed place for gates: what was built in it is good there, and nowhere else.
  func bench(_ number: Int) -> String { "\(worktreeRoot)/bench-\(number)" }
}
