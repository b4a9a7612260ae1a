import UETGit
import UETModel
import UETSystem

/// Work that holds secrets, kept where no git command and no `sync` takes it: as files and a bundle
/// in a folder of this clone. What becomes part of the repository is the same work without them.
package struct KeptApart: Sendable {
  private let project: Project
  /// A folder for each run, and in it one for each attempt.
  private let folder: String

  init(_ project: Project, run: RunID?, label: String) {
    self.project = project
    folder = "\(Self.root(of: project))/\(run?.rawValue ?? "unknown")/\(label)"
  }

  /// Where all that is kept apart is.
  static func root(of project: Project) -> String {
    "\(project.repository.commonDirectory)/uet-kept-apart"
  }

  /// Where it is kept of a workstream's attempts, in their order.
  package static func folders(of id: WorkstreamID, in run: RunID, _ project: Project) -> [String] {
    let root = "\(root(of: project))/\(run)"
    return Files.names(in: root).filter { $0.hasPrefix("\(id).") }.sorted().map { "\(root)/\($0)" }
  }

  /// The folder of a run; nil where nothing of it is kept apart.
  static func folder(of run: RunID, _ project: Project) -> String? {
    let folder = "\(root(of: project))/\(run)"
    return Files.names(in: folder).isEmpty ? nil : folder
  }

  /// How many attempts and the like something is kept of.
  static func count(in project: Project) -> Int {
    let root = root(of: project)
    return Files.names(in: root).reduce(0) { $0 + Files.names(in: "\(root)/\($1)").count }
  }

  /// What becomes of work.
  struct Outcome {
    /// Holds no secret; nil where nothing is left.
    let commit: ObjectID?
    /// Whether something of it is kept apart.
    let isApart: Bool
  }

  /// The commit with everything of `tip` that is no secret, on top of `base`; `tip` itself where it
  /// holds none. What is taken out is kept apart before.
  func cleaned(
    _ tip: ObjectID, since base: ObjectID, in worktree: WorktreeHandle?
  ) async throws -> Outcome {
    let secrets = ResultSecrets(project, in: worktree?.path)
    var faults = try secrets.faults(in: tip, since: base)
    if faults.isEmpty { return Outcome(commit: tip, isApart: false) }
    let place = try freeFolder()
    let own = faults
    let commit = try cleanedCommit(tip, base, secrets, faults, into: place)
    var traces = WorktreeTraces(project, worktree, since: base)
    traces.tips.insert(tip)
    for other in traces.tips where other != tip {
      faults += try secrets.faults(in: other, since: base)
    }
    try await traces.bundle(into: "\(place)/commits.bundle")
    if let worktree {
      // Nothing leads to it from the worktree any more.
      try await project.git.leave(worktree, at: commit ?? base)
    }
    try traces.remove(faults, isNamedBadly: secrets.isNamedBadly, noting: place + Self.objects)
    say(own, "the work is kept without it, and", place)
    return Outcome(commit: commit, isApart: true)
  }

  /// Keeps a commit apart, with all of its history that `base` has not, where that holds secrets.
  func takesOver(_ tip: ObjectID, since base: ObjectID? = nil) async throws -> Bool {
    let secrets = ResultSecrets(project, in: nil)
    let faults = try secrets.faults(in: tip, since: base)
    if faults.isEmpty { return false }
    let place = try freeFolder()
    var traces = WorktreeTraces(project, nil, since: base)
    traces.tips.insert(tip)
    try await traces.bundle(into: "\(place)/commits.bundle")
    try traces.remove(faults, isNamedBadly: secrets.isNamedBadly, noting: place + Self.objects)
    say(faults, "what it is in is kept", place)
    return true
  }

  /// Lists the objects of this repository that hold secrets, as long as there are any.
  private static let objects = "/objects"

  /// Removes the objects with secrets of a run at which nobody works, where nothing leads to them
  /// any more: what two workers made may be the same object.
  static func removeObjects(of run: RunID, _ project: Project) async {
    let root = "\(root(of: project))/\(run)"
    for name in Files.names(in: root) { await removeObjects(of: "\(root)/\(name)", project) }
  }

  private static func removeObjects(of place: String, _ project: Project) async {
    let list = Files.content(of: place + objects).map { String(decoding: $0, as: UTF8.self) } ?? ""
    let ids = list.split(separator: "\n").compactMap { ObjectID(String($0)) }
    if ids.isEmpty { return }
    guard
      let listed = try? await project.git.check([
        "rev-list", "--all", "--reflog", "--indexed-objects", "--objects", "--no-object-names",
      ])
    else { return }
    let known = Set(listed.text.split(separator: "\n"))
    let free = ids.filter { !known.contains(Substring($0.hex)) }
    project.repository.removeLoose(Set(free))
    if free.count == ids.count { try? Files.remove(place + objects) }
  }

  /// Keeps apart what was made in a worktree, holds secrets, and did not get into its result `tip`:
  /// a commit that another took the place of.
  func takesLeftovers(
    of worktree: WorktreeHandle, besides tip: ObjectID, since base: ObjectID
  ) async throws {
    dropMessages(of: worktree)
    var traces = WorktreeTraces(project, worktree, since: base)
    traces.tips.remove(tip)
    if traces.tips.isEmpty { return }
    traces.tips.subtract(try project.repository.commits(in: tip, notIn: [base]))
    let secrets = ResultSecrets(project, in: worktree.path)
    var faults: [SecretFault] = []
    for other in traces.tips.sorted() { faults += try secrets.faults(in: other, since: base) }
    if faults.isEmpty { return }
    let place = try freeFolder()
    try await traces.bundle(into: "\(place)/commits.bundle")
    try traces.remove(faults, isNamedBadly: secrets.isNamedBadly, noting: place + Self.objects)
    say(faults, "what is not in the result is kept", place)
  }

  /// Removes the messages of commits that were not made, where they hold secrets.
  private func dropMessages(of worktree: WorktreeHandle) {
    for name in WorktreeTraces.messages {
      let path = "\(worktree.gitDirectory)/\(name)"
      guard let bytes = Files.content(of: path), project.redaction.redacted(bytes) != bytes else {
        continue
      }
      try? Files.remove(path)
    }
  }

  private func say(_ faults: [SecretFault], _ what: String, _ place: String) {
    project.warn(
      "\(faults.text); \(what) as it was in '\(place)', in this clone only: look at it, then: "
        + "rm -r \(place.shellQuoted)")
  }

  /// Files stay here until somebody looks, also those of an earlier time.
  private func freeFolder() throws -> String {
    var (place, number) = (folder, 1)
    while Files.kind(place) != nil {
      number += 1
      place = "\(folder)-\(number)"
    }
    try Files.makeDirectory(place)
    try Files.setMode(place, 0o700)
    return place
  }

  /// Writes each file with a secret to the folder, and the commit without them.
  private func cleanedCommit(
    _ tip: ObjectID, _ base: ObjectID, _ secrets: ResultSecrets, _ faults: [SecretFault],
    into place: String
  ) throws -> ObjectID? {
    let repository = project.repository
    let commit = try repository.commit(tip)
    var edits: [[UInt8]: PathChange.Side?] = [:]
    let hasBadNames = faults.contains { if case .name = $0.place { true } else { false } }
    for change in try repository.changes(from: base, to: tip) {
      guard let new = change.new, new.mode != .submodule else { continue }
      let isBad =
        faults.contains { $0.isIn(change.pathBytes, new.id) }
        || hasBadNames && secrets.isNamedBadly(change.pathBytes)
      guard isBad else { continue }
      let target = "\(place)/files/\(change.path)"
      try Files.makeDirectory(above: target)
      try Files.create(try repository.blob(new.id), at: target, mode: 0o600, isSynced: true)
      Files.sync(from: target, upTo: repository.commonDirectory)
      edits[change.pathBytes] = change.old
      if !secrets.isNamedBadly(change.pathBytes), let text = try secrets.cleaned(new.id) {
        edits[change.pathBytes] = PathChange.Side(
          mode: new.mode, id: try repository.writeBlob(text))
      }
    }
    let tree = try repository.edit(commit.tree, edits)
    // Who made it may be a secret, too.
    let identity = project.identity()
    if try tree == repository.treeID(of: base) { return nil }
    return try repository.writeCommit(
      tree: tree, parents: [base], message: project.redaction.redacted(commit.message),
      author: identity, committer: identity)
  }
}
