import UETModel
import UETSystem

extension SealedGit {
  /// Makes a checkout of `tree`, in which something was built, one of `commit`, such that the next
  /// build there says what one in a clean place says: of the tracked files only what differs is
  /// written, each with a time that is later than all that was built, and of a whole second that it
  /// never had; `keeping` stays. What else is not tracked goes.
  ///
  /// Gives nil, or the reason why what was built can be of no use; then it is in whatever state,
  /// and to be reset.
  package func moveWarm(
    _ worktree: WorktreeHandle, from tree: ObjectID, to commit: ObjectID, keeping: [String],
    reading patterns: [ScopePattern]? = nil, _ former: inout FormerTimes
  ) async throws(GitError) -> String? {
    try await bringMissing(of: commit)
    try await judge(commit)
    guard let record = record(of: worktree), record.tree == tree,
      !record.entries.contains(where: \.isSkipped)
    else { return "its files are not on record, as where git filters them" }
    let changes = try repository.changes(from: tree, to: repository.treeID(of: commit))
    if let reason = Self.coldness(changes, keeping, reading: patterns) { return reason }
    for name in Self.leftovers { Folder.remove(worktree.gitDirectory + "/" + name) }
    let output = KeptOutput(in: worktree.path, folders: keeping)
    if output.isEmpty { return "nothing was kept" }
    var move = try WarmMove(worktree, record, changes, output, former)
    if let reason = try move.prepare() { return reason }
    former = move.former
    try save(move.record, of: worktree)
    guard try switchPlainly(worktree, to: commit, nil, keeping: keeping) else {
      return "git writes its files, as where it filters them"
    }
    if var written = self.record(of: worktree), move.date(&written, &former) {
      try finish(worktree, commit, written.entries, written.rules, nil)
    }
    return nil
  }

  /// Makes all files of a clean checkout, in which nothing was built yet, an hour older: so that
  /// the first change of one that comes at once is of another second.
  package func backdate(_ worktree: WorktreeHandle, _ commit: ObjectID) throws(GitError) {
    let now = try CheckoutRecord.now(in: worktree.path)
    try redate(
      worktree, commit, FileTime(seconds: now.seconds - 3600, nanoseconds: now.nanoseconds))
  }

  /// Makes all files of a checkout newer than what was brought there from elsewhere, so that
  /// nothing of it counts as made from them.
  package func freshen(
    _ worktree: WorktreeHandle, _ commit: ObjectID, beyond output: KeptOutput
  ) throws(GitError) {
    guard let newest = output.items.map(\.time).max() else { return }
    let now = try CheckoutRecord.now(in: worktree.path)
    let next = FileTime(seconds: newest.seconds + 1, nanoseconds: 0)
    try redate(worktree, commit, max(now, next))
  }

  private func redate(
    _ worktree: WorktreeHandle, _ commit: ObjectID, _ time: FileTime
  ) throws(GitError) {
    guard var record = record(of: worktree), !record.entries.contains(where: \.isSkipped) else {
      // Git has written them; it looks at them once more.
      return Self.touchAll(worktree.path, time)
    }
    CheckoutRecord.discard(worktree)
    for place in record.entries.indices {
      let path = worktree.path + "/" + String(decoding: record.entries[place].path, as: UTF8.self)
      guard TimeShift.set(path, time), let stamp = FileStamp(at: path) else { continue }
      record.entries[place].stamp = stamp
    }
    try finish(worktree, commit, record.entries, record.rules, nil)
  }

  private static func touchAll(_ folder: String, _ time: FileTime) {
    for name in Files.names(in: folder) where name != ".git" {
      let path = "\(folder)/\(name)"
      switch Files.kind(path) {
      case .directory: touchAll(path, time)
      case .file: _ = TimeShift.set(path, time)
      default: continue
      }
    }
  }

  func save(_ record: CheckoutRecord, of worktree: WorktreeHandle) throws(GitError) {
    let path = try record.save(worktree, bytes: IndexFile.bytes(record.entries))
    memory.note(record, of: worktree, at: path)
  }

  /// Why a build cannot go on from what differs. A new path may be one that was looked for in vain,
  /// or that a pattern covers; one that is gone stays in what was made of it; what a link leads to
  /// has a time of its own.
  ///
  /// What no pattern of `reading` covers is read by no build, where it is said what builds read.
  package static func coldness(
    _ changes: [PathChange], _ keeping: [String], reading: [ScopePattern]? = nil
  ) -> String? {
    let isBuilt = !keeping.allSatisfy(BuildDescription.isInstalled)
    for change in changes {
      let path = change.path
      if BuildDescription.isOne(path) { return "'\(path)' says how it is built" }
      if keeping.contains(where: { path.hasPrefix($0 + "/") }) { return "'\(path)' is kept" }
      // What is installed from elsewhere does not look at sources.
      guard isBuilt, reading?.contains(where: { $0.matches(path) }) ?? true else { continue }
      guard let old = change.old else { return "'\(path)' is new" }
      guard let new = change.new else { return "'\(path)' is gone" }
      let isPlain = [old.mode, new.mode].allSatisfy { $0 == .file || $0 == .executable }
      if !isPlain { return "'\(path)' is no plain file" }
    }
    return nil
  }
}

/// One move of a warm place from tree to tree: what of its files stays, and with which times.
private struct WarmMove {
  private(set) var record: CheckoutRecord
  private(set) var former: FormerTimes
  private let worktree: WorktreeHandle
  private let walk: FolderWalk
  private let output: KeptOutput
  /// Places of those in the record that are written anew.
  private var rewritten: Set<Int> = []
  /// The latest time before anything was set back.
  private var newest = FileTime(seconds: 0, nanoseconds: 0)

  init(
    _ worktree: WorktreeHandle, _ record: CheckoutRecord, _ changes: [PathChange],
    _ output: KeptOutput, _ former: FormerTimes
  ) throws(GitError) {
    (self.worktree, self.record, self.output, self.former) = (worktree, record, output, former)
    walk = try FolderWalk(worktree.path, record)
    let changed = Set(changes.map(\.pathBytes))
    for place in record.entries.indices where changed.contains(record.entries[place].path) {
      rewritten.insert(place)
    }
    rewritten.formUnion(walk.missing)
    let root = try BoundFolder(worktree.path)
    for place in walk.touched where !record.entries[place].isContent(in: root) {
      rewritten.insert(place)
      if let status = root.status(of: record.entries[place].path) {
        self.former.note(record.entries[place].path, FileTime(status.modified))
      }
    }
  }

  /// Sets times back as far as needed; the reason where that cannot be done.
  mutating func prepare() throws(GitError) -> String? {
    if walk.holdsRepository { return "a repository was made in it" }
    if former.isFull { return "too much was changed in it" }
    let stays = record.entries.indices.filter { !rewritten.contains($0) }
    let times = output.items.map(\.time) + stays.map { record.entries[$0].stamp.modified }
    let now = try CheckoutRecord.now(in: worktree.path)
    newest = times.max() ?? now
    for place in rewritten {
      former.note(record.entries[place].path, record.entries[place].stamp.modified)
    }
    let isFree = { (shift: TimeShift) in
      stays.allSatisfy { place in
        let entry = record.entries[place]
        return !shift.applies(to: entry.stamp.modified)
          || !former.holds(entry.path, shift.time(entry.stamp.modified).seconds)
      }
    }
    switch TimeShift.plan(times, now: now, isFree: isFree) {
    case .none: break
    case .impossible: return "times in it have not come yet"
    case .shift(let shift): if let reason = setBack(shift, stays) { return reason }
    }
    // Whatever is as young as this was just looked at.
    let youngest = stays.map { record.entries[$0].stamp.modified }.max() ?? now
    record.time = max(
      now, FileTime(seconds: youngest.seconds, nanoseconds: youngest.nanoseconds + 1))
    return nil
  }

  private mutating func setBack(_ shift: TimeShift, _ stays: [Int]) -> String? {
    if output.leadsOut { return "files in it have names elsewhere" }
    for place in stays {
      let entry = record.entries[place]
      let time = entry.stamp.modified
      guard shift.applies(to: time) else { continue }
      let earlier = shift.time(time)
      let path = worktree.path + "/" + String(decoding: entry.path, as: UTF8.self)
      guard TimeShift.set(path, earlier), let stamp = FileStamp(at: path) else {
        return "the time of '\(path)' cannot be set"
      }
      former.note(entry.path, time)
      record.entries[place].stamp = stamp
    }
    for item in output.items where shift.applies(to: item.time) {
      guard TimeShift.set(item.path, shift.time(item.time)) else {
        return "the time of '\(item.path)' cannot be set"
      }
    }
    return nil
  }

  /// Gives what was written a time that tells it from what was there, where the clock does not;
  /// false where it does.
  func date(_ written: inout CheckoutRecord, _ former: inout FormerTimes) -> Bool {
    let paths = Set(rewritten.map { record.entries[$0].path })
    var isChanged = false
    for place in written.entries.indices where paths.contains(written.entries[place].path) {
      let entry = written.entries[place]
      let time = entry.stamp.modified
      var second = time.seconds
      if time <= newest { second = max(second, newest.seconds) + 1 }
      while former.holds(entry.path, second) { second += 1 }
      if second == time.seconds { continue }
      let path = worktree.path + "/" + String(decoding: entry.path, as: UTF8.self)
      // One that cannot be set keeps a time that is later at least.
      guard TimeShift.set(path, FileTime(seconds: second, nanoseconds: 0)),
        let stamp = FileStamp(at: path)
      else { continue }
      former.note(entry.path, time)
      written.entries[place].stamp = stamp
      isChanged = true
    }
    return isChanged
  }
}
