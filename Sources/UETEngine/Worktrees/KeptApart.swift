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
      try await project.git.settle(worktree, at: commit ?? base)
      project.git.forgetCheckout(worktree)
    }
    await traces.remove(faults, isNamedBadly: secrets.isNamedBadly)
    say(own, "the work is kept without it, and", place)
    return Outcome(commit: commit, isApart: true)
  }

  /// Keeps the whole history of a commit apart where it holds secrets; `reference`, which led to
  /// it, is gone then.
  func takesOver(_ tip: ObjectID, from reference: String) async throws -> Bool {
    let secrets = ResultSecrets(project, in: nil)
    let faults = try secrets.faults(in: tip, since: nil)
    if faults.isEmpty { return false }
    let place = try freeFolder()
    var traces = WorktreeTraces(project, nil, since: nil)
    traces.tips.insert(tip)
    try await traces.bundle(into: "\(place)/commits.bundle")
    try await project.git.updateReferences(
      [ReferenceChange(name: reference, new: nil, old: tip)], message: "uet: kept apart")
    await traces.remove(faults, isNamedBadly: secrets.isNamedBadly)
    say(faults, "a repository in it is kept", place)
    return true
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
      try Files.write(try repository.blob(new.id), to: target, mode: 0o600)
      edits[change.pathBytes] = change.old
      if !secrets.isNamedBadly(change.pathBytes), let text = try secrets.cleaned(new.id) {
        edits[change.pathBytes] = PathChange.Side(
          mode: new.mode, id: try repository.writeBlob(text))
      }
    }
    let tree = try repository.edit(commit.tree, edits)
    if try tree == repository.treeID(of: base) { return nil }
    return try repository.writeCommit(
      tree: tree, parents: [base], message: project.redaction.redacted(commit.message),
      author: commit.author, committer: commit.committer)
  }
}
