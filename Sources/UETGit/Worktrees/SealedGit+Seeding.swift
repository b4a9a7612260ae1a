import UETModel
import UETSystem

/// What a checkout gets from another one in which something was built.
package struct Seed: Sendable {
  /// The other one, in which nobody works, and the tree that it is a checkout of.
  package let source: WorktreeHandle
  package let tree: ObjectID
  /// The folders with what was built, relative to both, and that.
  package let folders: [String]
  package let output: KeptOutput
  /// Whole seconds that its files had.
  package let former: FormerTimes
  /// What builds of it read, where that is said.
  package var reading: [ScopePattern]?

  package init(
    _ source: WorktreeHandle, of tree: ObjectID, folders: [String], _ output: KeptOutput,
    former: FormerTimes
  ) {
    (self.source, self.tree, self.folders) = (source, tree, folders)
    (self.output, self.former) = (output, former)
  }

  package enum Outcome: Sendable {
    /// What was built is there, and good; the seconds that files had are these.
    case planted(FormerTimes)
    /// It can be of no use, for this reason; nothing was changed.
    case refused(String)
  }
}

extension SealedGit {
  /// Brings what was built in another checkout into one of `commit`, such that the next build there
  /// says what one in a clean place says: each file whose content is the same gets the time that it
  /// has there, and each other one a time that is later than all that was built, and of a whole
  /// second that it never had.
  ///
  /// Of the folders only such may stand there as hold what is installed, and these stay. `besides`
  /// are ignored paths that count for nothing.
  package func plant(
    _ seed: Seed, in worktree: WorktreeHandle, at commit: ObjectID, besides: [String] = []
  ) throws(GitError) -> Seed.Outcome {
    let tree = try repository.treeID(of: commit)
    guard let there = record(of: seed.source), there.tree == seed.tree,
      let here = record(of: worktree), here.tree == tree,
      ![there, here].contains(where: { $0.entries.contains(where: \.isSkipped) })
    else { return .refused("files are not on record, as where git filters them") }
    let changes = try repository.changes(from: seed.tree, to: tree)
    if let reason = Self.coldness(changes, seed.folders, reading: seed.reading) {
      return .refused(reason)
    }
    let missing = seed.folders.filter { Files.kind("\(worktree.path)/\($0)") == nil }
    if let folder = seed.folders.first(where: {
      !missing.contains($0) && !BuildDescription.isInstalled($0)
    }) {
      return .refused("'\(folder)' stands there already")
    }
    if seed.output.isEmpty { return .refused("nothing was kept") }
    if seed.output.leadsOut { return .refused("files in it have names elsewhere") }
    guard try Self.standsAsRecorded(seed.source, there, besides: nil) else {
      return .refused("what builds it changes files that are tracked")
    }
    guard try Self.standsAsRecorded(worktree, here, besides: seed.folders + besides) else {
      return .refused("files that git ignores stand beside it")
    }
    var transplant = Transplant(seed, missing, there, here)
    return try transplant.carryOut(in: worktree) { record throws(GitError) in
      // A worker's own commits may be under it.
      if (try? repository.head(of: worktree)) == commit {
        try finish(worktree, commit, record.entries, record.rules, nil)
      } else {
        try save(record, of: worktree)
      }
    }
  }

  /// Whether all tracked files are there with the content on record, and nothing else is but
  /// `besides`; nil for anything.
  private static func standsAsRecorded(
    _ worktree: WorktreeHandle, _ record: CheckoutRecord, besides: [String]?
  ) throws(GitError) -> Bool {
    let walk = try FolderWalk(worktree.path, record)
    guard walk.missing.isEmpty, !walk.holdsRepository else { return false }
    let root = try BoundFolder(worktree.path)
    guard walk.touched.allSatisfy({ record.entries[$0].isContent(in: root) }) else { return false }
    guard let besides else { return true }
    let known = Set(besides.map(plainPath))
    return walk.files.allSatisfy(known.contains)
      && walk.folders.allSatisfy { known.contains(Array($0.dropLast())) }
  }
}

/// One checkout's files as they get the times of another one's.
private struct Transplant {
  private let seed: Seed
  /// Those that are brought.
  private let folders: [String]
  private var record: CheckoutRecord
  private var former: FormerTimes
  /// By place in the record, the time that a file has where it was built with that content.
  private var times: [Int: FileTime] = [:]

  init(
    _ seed: Seed, _ folders: [String], _ there: CheckoutRecord, _ here: CheckoutRecord
  ) {
    (self.seed, self.folders) = (seed, folders)
    (record, former) = (here, seed.former)
    for (place, entry) in here.entries.enumerated() {
      guard let old = there.entry(at: entry.path) else { continue }
      former.note(entry.path, old.stamp.modified)
      if old.id == entry.id, old.mode == entry.mode { times[place] = old.stamp.modified }
    }
  }

  mutating func carryOut(
    in worktree: WorktreeHandle, _ save: (CheckoutRecord) throws(GitError) -> Void
  ) throws(GitError) -> Seed.Outcome {
    if former.isFull { return .refused("too much was changed in it") }
    let now = try CheckoutRecord.now(in: worktree.path)
    // All of it is set back as far as makes it older than what is written now.
    let newest = (seed.output.items.map(\.time) + times.values).max() ?? now
    let back = max(0, newest.seconds - now.seconds + 1)
    guard back <= TimeShift.most else { return .refused("times in it have not come yet") }
    if let failure = copy(to: worktree.path, earlierBy: back) {
      KeptOutput.remove(folders, in: worktree.path)
      return .refused("it cannot be copied: \(failure)")
    }
    CheckoutRecord.discard(worktree)
    for place in record.entries.indices {
      let entry = record.entries[place]
      let path = worktree.path + "/" + String(decoding: entry.path, as: UTF8.self)
      let time = self.time(of: entry, times[place], now, back)
      guard TimeShift.set(path, time), let stamp = FileStamp(at: path) else {
        KeptOutput.remove(folders, in: worktree.path)
        return .refused("the time of '\(path)' cannot be set")
      }
      record.entries[place].stamp = stamp
    }
    // Whatever is as young as this was just looked at.
    let youngest = record.entries.map(\.stamp.modified).max() ?? now
    record.time = max(
      now, FileTime(seconds: youngest.seconds, nanoseconds: youngest.nanoseconds + 1))
    try save(record)
    return .planted(former)
  }

  private mutating func time(
    of entry: IndexEntry, _ old: FileTime?, _ now: FileTime, _ back: Int64
  ) -> FileTime {
    if let old {
      return FileTime(seconds: old.seconds - back, nanoseconds: old.nanoseconds)
    }
    var second = now.seconds
    while former.holds(entry.path, second) { second += 1 }
    return second == now.seconds ? now : FileTime(seconds: second, nanoseconds: 0)
  }

  private func copy(to root: String, earlierBy seconds: Int64) -> SystemFailure? {
    do throws(SystemFailure) {
      for folder in folders
      where Files.isDirectory("\(seed.source.path)/\(folder)") {
        let target = "\(root)/\(folder)"
        try Files.makeDirectory(above: target)
        let copy = FolderCopy(
          "\(seed.source.path)/\(folder)", to: target, earlierBy: seconds)
        try copy.make(cloning: copy.canClone())
      }
      return nil
    } catch {
      return error
    }
  }
}
