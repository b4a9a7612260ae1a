import UETModel
import UETSystem

/// A worktree as the repository has it on its list.
package struct WorktreeEntry: Hashable, Sendable {
  package let path: String
  /// What the repository has of it; its own directory for the main one.
  package let gitDirectory: String
  /// Nil for a bare repository's own entry and where no commit is yet.
  package let head: ObjectID?
  /// The full name of the branch that it has checked out; nil where HEAD is detached.
  package let branch: String?
  package var isMain = false
  package var isBare = false
  /// Why it is locked; nil where it is not.
  package var lock: String?
  /// Whether nothing is there any more, and nothing says that it will be again.
  package var isPrunable = false
}

/// What lies among the records of worktrees and is none, or is broken.
package struct WorktreeDebris: Hashable, Sendable {
  package let path: String
  /// What is wrong with it, in words that follow its name.
  package let fault: String
}

extension Repository {
  /// All worktrees, the main one first, and the debris among them.
  ///
  /// Read file by file: git's own list takes debris for worktrees, which then would hold branches.
  package func worktreeRecords() throws(GitError) -> (
    entries: [WorktreeEntry], debris: [WorktreeDebris]
  ) {
    let root = commonDirectory + "/worktrees"
    var (entries, debris): ([WorktreeEntry], [WorktreeDebris]) = ([], [])
    if Files.exists(root), !Files.isDirectory(root) {
      debris.append(WorktreeDebris(path: root, fault: "is no folder"))
    }
    for name in Files.names(in: root) {
      let record = WorktreeRecord(root + "/" + name, in: self)
      if let fault = record.fault {
        debris.append(WorktreeDebris(path: record.path, fault: fault))
      }
      guard let entry = try record.entry else { continue }
      guard let index = entries.firstIndex(where: { $0.path == entry.path }) else {
        entries.append(entry)
        continue
      }
      // Of two records of one folder the one counts that the folder itself names.
      let isOther = record.isNamedByItsFolder
      let extra = isOther ? entries[index].gitDirectory : entry.gitDirectory
      if isOther { entries[index] = entry }
      debris.append(
        WorktreeDebris(path: extra, fault: "is a second record of '\(entry.path)'"))
    }
    return ([try mainEntry()] + entries.sorted { $0.path < $1.path }, debris)
  }

  private func mainEntry() throws(GitError) -> WorktreeEntry {
    let (head, branch) = try checkedOut(in: commonDirectory)
    let isBare = mainWorkTree == nil && (config("core.bare").map(Self.isTrue) ?? false)
    return WorktreeEntry(
      path: mainWorkTree ?? commonDirectory, gitDirectory: commonDirectory,
      head: isBare ? nil : head, branch: branch, isMain: true, isBare: isBare)
  }

  /// What the HEAD of a checkout names; the branch is the one that a symbolic reference leads to.
  func checkedOut(
    in gitDirectory: String
  ) throws(GitError) -> (head: ObjectID?, branch: String?) {
    guard let line = Files.line(gitDirectory + "/HEAD") else { return (nil, nil) }
    guard line.hasPrefix("ref: ") else {
      return (ObjectID(line).flatMap { $0.isZero ? nil : $0 }, nil)
    }
    let name = String(line.dropFirst(5)).trimmingSpaces
    return ((try? reference(name)) ?? nil, branch(behind: name))
  }
}

/// One directory in `worktrees`, looked at with care: whoever works in a worktree can write there.
private struct WorktreeRecord {
  let path: String
  private let repository: Repository
  /// The root of the checkout that it is about; nil where it names none.
  private let place: String?
  private(set) var fault: String?

  init(_ path: String, in repository: Repository) {
    (self.path, self.repository) = (path, repository)
    guard Files.isDirectory(path) else {
      (place, fault) = (nil, "is no folder")
      return
    }
    guard let line = Files.text(path + "/gitdir"), !line.isEmpty else {
      (place, fault) = (nil, "does not say where its worktree is")
      return
    }
    let file = Files.resolved(line, against: path)
    guard file.hasSuffix("/.git"), file.utf8.count > 5 else {
      (place, fault) = (nil, "names '\(line)', which is no worktree")
      return
    }
    let folder = String(file.dropLast(5))
    place = Files.real(folder) ?? Files.absolute(folder)
    fault = Self.fault(path, repository)
  }

  /// What is wrong with one that does name a worktree.
  private static func fault(_ path: String, _ repository: Repository) -> String? {
    guard let common = Files.text(path + "/commondir") else { return "has no 'commondir'" }
    let resolved = Files.resolved(common, against: path)
    if Files.real(resolved) != repository.commonDirectory {
      return "leads to another repository, '\(common)'"
    }
    guard let head = Files.line(path + "/HEAD") else { return "has no HEAD" }
    if head.hasPrefix("ref: ") { return nil }
    guard let id = ObjectID(head) else { return "has a HEAD that names nothing" }
    return id.isZero ? "was begun and not finished" : nil
  }

  var entry: WorktreeEntry? {
    get throws(GitError) {
      guard let place else { return nil }
      let (head, branch) = try repository.checkedOut(in: path)
      let lock = Files.text(path + "/locked")
      return WorktreeEntry(
        path: place, gitDirectory: path, head: head, branch: branch, lock: lock,
        isPrunable: lock == nil && !Files.exists(place + "/.git"))
    }
  }

  var isNamedByItsFolder: Bool {
    guard let place, let line = Files.text(place + "/.git"), line.hasPrefix("gitdir: ") else {
      return false
    }
    return Files.real(Files.resolved(String(line.dropFirst(8)), against: place)) == path
  }
}

extension String {
  fileprivate var trimmingSpaces: String {
    String(drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
  }
}
