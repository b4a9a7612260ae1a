import UETGit
import UETModel
import UETWorkers

/// Seeks secrets in what somebody made on top of a commit: values that are passed to programs, keys
/// and tokens of known kinds, and the files that `run.copy` brings into worktrees, under whatever
/// name, in archives as well.
struct ResultSecrets: Sendable {
  let repository: Repository
  private let redaction: Redaction
  /// The content of files of `run.copy`, with their names.
  private let copied: [ObjectID: String]
  private let allowed: [ScopePattern]

  /// What is larger is only compared as a whole.
  private static let largest = 256 << 20
  /// An empty file is in every repository.
  private static let leastCopied = 8

  /// `path` is the worktree, whose copies may be older than what they are copied from; `repository`
  /// is that of a submodule where one is looked at.
  init(_ project: Project, in path: String?, of repository: Repository? = nil) {
    self.repository = repository ?? project.repository
    redaction = project.redaction
    allowed = project.configuration.secrets.allow.compactMap { try? ScopePattern($0) }
    let files = LocalFiles(project)
    var copied: [ObjectID: String] = [:]
    for root in [nil, path] {
      for (name, bytes) in files.contents(in: root) where bytes.count >= Self.leastCopied {
        copied[Repository.hashBlob(bytes)] = name
      }
    }
    self.copied = copied
  }

  /// Those in the commits that `tip` has and `base` has not, each looked at by itself. What the
  /// base holds already is nobody's doing. Without a base all of the history is looked at.
  func faults(in tip: ObjectID, since base: ObjectID?) throws(GitError) -> [SecretFault] {
    guard tip != base else { return [] }
    var look = Look(base: base, tip: tip)
    for id in try repository.commits(in: tip, notIn: base.map { [$0] } ?? []) {
      let commit = try repository.commit(id)
      let people = [commit.author, commit.committer].map { "\($0.name) <\($0.email)>" }
      for finding in findings(Array(([commit.message] + people).joined(separator: "\n").utf8)) {
        look.faults.append(SecretFault(place: .message(id), kind: finding.kind))
      }
      let others = try commit.parents.dropFirst().map { (id) throws(GitError) in
        try repository.treeID(of: id)
      }
      for change in try repository.changes(from: commit.parents.first, to: id) {
        try inspect(change, besides: others, &look)
      }
    }
    return look.faults
  }

  /// Those in the commits that submodules of the worktree were moved to, with the path of each.
  static func faultsInSubmodules(
    of worktree: WorktreeHandle, from base: ObjectID, to tip: ObjectID, _ project: Project
  ) throws(GitError) -> [(path: String, fault: SecretFault)] {
    var found: [(path: String, fault: SecretFault)] = []
    for module in try project.git.movedSubmodules(in: worktree, from: base, to: tip) {
      let repository = try Repository.open(
        discoveringFrom: module.gitDirectory, environment: ["GIT_DIR": module.gitDirectory])
      // A commit that it cannot have made, since it is not there, holds nothing of its.
      guard (try? repository.commit(module.new)) != nil else { continue }
      let secrets = ResultSecrets(project, in: worktree.path, of: repository)
      let old = module.old.flatMap { (try? repository.commit($0)) == nil ? nil : $0 }
      found += try secrets.faults(in: module.new, since: old).map { (module.path, $0) }
    }
    return found
  }

  /// Those in a tree that is made of others.
  func faults(
    inTree tree: ObjectID, onto: ObjectID, besides others: [ObjectID]
  ) throws(GitError) -> [SecretFault] {
    var look = Look(base: onto, tip: tree)
    let others = try others.map { (id) throws(GitError) in try repository.treeID(of: id) }
    for change in try repository.changes(from: onto, to: tree) {
      try inspect(change, besides: others, &look)
    }
    return look.faults
  }

  /// The text of a file without its secrets; nil where that is not enough.
  func cleaned(_ blob: ObjectID) throws(GitError) -> [UInt8]? {
    if copied[blob] != nil { return nil }
    let bytes = try repository.blob(blob)
    let cleaned = redaction.redacted(bytes)
    let isText = !bytes.prefix(8000).contains(0)
    return isText && cleaned != bytes && findings(cleaned).isEmpty ? cleaned : nil
  }

  /// Whether a path says what it must not.
  func isNamedBadly(_ path: [UInt8]) -> Bool { !findings(path).isEmpty }

  private func findings(_ bytes: [UInt8]) -> [SecretFinding] { redaction.findings(in: bytes) }
}

extension ResultSecrets {
  /// What was seen so far.
  private struct Look {
    let base: ObjectID?
    let tip: ObjectID
    var faults: [SecretFault] = []
    var seen: Set<PathChange> = []
    /// Whether what only looks like a secret is none in this file.
    var allowsExamples = false
    /// The secrets that stand in what was changed or removed; nil before somebody asks.
    var known: Set<[UInt8]>?
  }

  private func inspect(
    _ change: PathChange, besides others: [ObjectID], _ look: inout Look
  ) throws(GitError) {
    guard let new = change.new, new.mode != .submodule, new.id != change.old?.id,
      look.seen.insert(PathChange(pathBytes: change.pathBytes, old: nil, new: new)).inserted
    else { return }
    for id in others + (look.base.map { [$0] } ?? [])
    where try repository.entry(at: change.path, in: repository.treeID(of: id))?.id == new.id {
      return
    }
    if change.old == nil, let finding = findings(change.pathBytes).first {
      let directory = change.path.split(separator: "/").dropLast().joined(separator: "/")
      let isClean = findings(Array(directory.utf8)).isEmpty
      look.faults.append(
        SecretFault(place: .name(directory: isClean ? directory : ""), kind: finding.kind))
    }
    if let name = copied[new.id] {
      if let base = look.base, try holds(new.id, base) { return }
      look.faults.append(
        SecretFault(
          place: .file(change.pathBytes, blob: new.id, line: nil), kind: Self.copy(of: name)))
      return
    }
    guard try repository.size(of: new.id) <= Self.largest else { return }
    look.allowsExamples = allowed.contains { $0.matches(change.path) }
    try inspectContent(change.pathBytes, new.id, try repository.blob(new.id), &look)
  }

  private func inspectContent(
    _ path: [UInt8], _ id: ObjectID, _ bytes: [UInt8], _ look: inout Look
  ) throws(GitError) {
    let count = look.faults.count
    let members = ArchiveMembers(of: bytes).members
    // What is itself an archive is told by what is in it.
    for member in members where members.count == 1 || !member.name.isEmpty {
      var kinds = copied[Repository.hashBlob(member.content)].map { [Self.copy(of: $0)] } ?? []
      for finding in findings(member.content) where try !isKnown(finding, &look) {
        kinds.append(finding.kind)
      }
      guard let kind = kinds.first else { continue }
      look.faults.append(
        SecretFault(place: .member(member.name, of: path, blob: id), kind: kind))
    }
    if look.faults.count > count { return }
    for finding in findings(bytes) where try !isKnown(finding, &look) {
      look.faults.append(
        SecretFault(place: .file(path, blob: id, line: finding.line), kind: finding.kind))
    }
  }

  private static func copy(of name: String) -> String { "what '\(name)' holds (run.copy)" }

  /// Whether a secret stood in what the work changed or moved, or may stand here.
  private func isKnown(_ finding: SecretFinding, _ look: inout Look) throws(GitError) -> Bool {
    if look.allowsExamples, !finding.isValue { return true }
    if let known = look.known { return known.contains(finding.content) }
    var known: Set<[UInt8]> = []
    for change in try repository.changes(from: look.base, to: look.tip) {
      guard look.base != nil,
        let old = change.old, old.mode != .submodule,
        try repository.size(of: old.id) <= Self.largest
      else { continue }
      known.formUnion(findings(try repository.blob(old.id)).map(\.content))
    }
    look.known = known
    return known.contains(finding.content)
  }

  /// Whether a file somewhere in a commit is this blob.
  private func holds(_ blob: ObjectID, _ commit: ObjectID) throws(GitError) -> Bool {
    try repository.changes(from: nil, to: commit).contains { $0.new?.id == blob }
  }
}
