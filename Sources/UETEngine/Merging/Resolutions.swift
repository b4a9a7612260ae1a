import UETGit
import UETLedger
import UETModel

/// What could not be merged; the tree holds conflict markers.
package struct MergeConflict: Sendable {
  package let tree: ObjectID
  package let paths: [ConflictedPath]
  package let message: String
}

/// Conflicts that were resolved once, kept under `refs/uet/resolutions` to be resolved alike again.
///
/// The tree holds `KK/KEY/CLONE/preimage`, the conflict with bare markers, `postimage`, what became
/// of it, and `seal`, by which CLONE knows its own again; KEY is made of the places in conflict
/// alone. Joining two such trees is putting them together. Those of other clones count as far as
/// these are trusted, and none changes anything but the conflict.
struct Resolutions: Sendable {
  private let repository: Repository
  private let git: SealedGit
  private let shared: SharedReference
  private let seal: ResolutionSeal
  private let trust: [String]

  init(_ project: Project) {
    repository = project.repository
    git = project.git
    shared = SharedReference(
      repository: project.repository, name: "\(project.refPrefix)/resolutions",
      options: project.ledgerOptions)
    seal = ResolutionSeal(project)
    trust = project.inboxTrust
  }

  private var reference: String { shared.name }

  /// One path as it was in conflict and as it was resolved.
  struct Entry: Sendable {
    let conflict: ConflictText
    let resolved: [UInt8]
  }

  /// What the record has for a conflict.
  enum Answer: Sendable {
    /// The merged tree, and the other clones whose resolutions are in it.
    case known(tree: ObjectID, from: [String])
    /// Why a person or a tool is asked.
    case unknown(reason: String)
  }

  /// The merged tree, where every conflicted path was resolved before; nil where one was not.
  func resolve(_ conflict: MergeConflict) async throws(GitError) -> ObjectID? {
    if case .known(let tree, _) = try await answer(to: conflict) { return tree }
    return nil
  }

  func answer(to conflict: MergeConflict) async throws(GitError) -> Answer {
    let none = Answer.unknown(reason: "no resolution of it is on record")
    guard let known = try repository.reference(reference), !conflict.paths.isEmpty else {
      return none
    }
    var tree = conflict.tree
    var writers: Set<String> = []
    for path in conflict.paths {
      guard let mode = path.fileMode,
        let entry = try repository.entry(at: path.path, in: conflict.tree),
        let text = ConflictText(try repository.blob(entry.id))
      else { return none }
      switch try await resolved(text, known) {
      case .text(let bytes, let writer):
        if let writer { writers.insert(writer) }
        tree = try TreeEdit(repository: repository).put(
          repository.writeBlob(bytes), mode, at: path.path, in: tree)
      case .none(let reason): return reason.map { .unknown(reason: $0) } ?? none
      }
    }
    return .known(tree: tree, from: writers.sorted())
  }

  private enum Found {
    case text([UInt8], from: String?)
    case none(reason: String?)
  }

  private func resolved(_ text: ConflictText, _ known: ObjectID) async throws(GitError) -> Found {
    var reason: String?
    for one in all(of: text.key, in: known) {
      if let objection = objection(to: one) {
        reason = reason ?? objection
        continue
      }
      guard let bytes = try await apply(one, to: text) else { continue }
      guard text.isResolved(by: bytes) else {
        reason = reason ?? "the one on record changes more than the conflict"
        continue
      }
      if case .other(let writer) = one.origin {
        return .text(bytes, from: writer ?? "another version")
      }
      return .text(bytes, from: nil)
    }
    return .none(reason: reason)
  }

  /// Those of a key: this clone's first, then the others by name. What cannot be read is none.
  private func all(of key: ObjectID, in known: ObjectID) -> [KnownResolution] {
    let found = try? repository.entry(at: Self.folder(key), in: known)
    guard let folder = found ?? nil, folder.mode == .tree,
      let entries = try? repository.tree(folder.id)
    else { return [] }
    let named = entries.filter { $0.mode == .tree }.sorted { left, right in
      let (first, second) = (left.name == seal.own, right.name == seal.own)
      return first == second ? left.name < right.name : first
    }
    return named.compactMap { KnownResolution($0.id, writer: $0.name, key, seal) }
      + [KnownResolution(folder.id, writer: nil, key, seal)].compactMap { $0 }
  }

  /// Why one does not count; nil where it does.
  private func objection(to one: KnownResolution) -> String? {
    switch one.origin {
    case .own: return nil
    case .forged: return "the one on record bears this clone's name, and is not of it"
    case .other(let writer):
      if trust.contains("*") || writer.map(trust.contains) == true { return nil }
      guard let writer, LedgerNames.isWriter(writer) else {
        return "the one on record does not say whose it is"
      }
      return "the one on record is of '\(writer)', which is not trusted here; to trust it: "
        + "git config --add uet.inbox.trust \(writer)"
    }
  }

  private func apply(
    _ one: KnownResolution, to text: ConflictText
  ) async throws(GitError) -> [UInt8]? {
    guard let before = ConflictText(one.preimage), before.key == text.key else { return nil }
    let bytes: [UInt8]
    if one.preimage == text.normalised {
      bytes = one.postimage
    } else {
      // The places are known, with other text around them.
      guard
        let merged = try await git.mergeFiles(
          ours: text.normalised, base: one.preimage, theirs: one.postimage)
      else { return nil }
      bytes = merged
    }
    return ConflictMarkers.isMarked(bytes) || ConflictText(bytes) != nil ? nil : bytes
  }

  private static func folder(_ key: ObjectID) -> String {
    "\(key.hex.prefix(2))/\(key.hex.dropFirst(2))"
  }
}

extension Resolutions {
  /// Remembers resolutions; a later one of the same conflict replaces an earlier one of this
  /// clone's.
  func record(_ entries: [Entry], by who: Signature) throws(LedgerError) {
    guard !entries.isEmpty, let own = seal.own else { return }
    try shared.change("resolution") { (tip, log) throws(LedgerError) in
      do throws(GitError) {
        let old = try tip.map { (id) throws(GitError) in try repository.treeID(of: id) }
        guard let tree = try put(entries, own, in: old, &log), tree != old else { return nil }
        return try log.writeCommit(
          tree: tree, parents: tip.map { [$0] } ?? [], message: "record a resolution\n", by: who)
      } catch {
        throw .git(error)
      }
    }
  }

  private func put(
    _ entries: [Entry], _ own: String, in old: ObjectID?, _ log: inout ObjectLog
  ) throws(GitError) -> ObjectID? {
    let edit = TreeEdit(repository: repository)
    var tree = old
    for entry in entries {
      let (key, before) = (entry.conflict.key, entry.conflict.normalised)
      let folder = "\(Self.folder(key))/\(own)/"
      var files = [
        (ResolutionFile.preimage, before), (ResolutionFile.postimage, entry.resolved),
      ]
      if let code = seal.code(key, before, entry.resolved) {
        files.append((ResolutionFile.seal, Array(code.utf8)))
      }
      for (name, bytes) in files {
        let blob = try log.writeBlob(bytes)
        tree = try edit.put(blob, .file, at: folder + name, in: tree, &log)
      }
    }
    return tree
  }

  /// Keeps each text that was in conflict with what became of it. Only a help: a failure costs
  /// nothing else. One that changed more than its conflict is for this once.
  func remember(
    _ conflict: ConflictRecord, onto: ObjectID, as resolved: ObjectID, _ project: Project
  ) async {
    let merged = try? await git.mergeTree(onto, conflict.tip, base: conflict.base)
    guard case .conflict(let torn, let paths, _) = merged else { return }
    do {
      let tree = try repository.treeID(of: resolved)
      var entries: [Entry] = []
      for path in paths where path.fileMode != nil {
        guard let before = try repository.entry(at: path.path, in: torn),
          let after = try repository.entry(at: path.path, in: tree),
          let text = ConflictText(try repository.blob(before.id))
        else { continue }
        let bytes = try repository.blob(after.id)
        if text.isResolved(by: bytes) { entries.append(Entry(conflict: text, resolved: bytes)) }
      }
      try record(entries, by: project.identity())
    } catch {
      project.warn("cannot keep the resolution for the next time: \(error)")
    }
  }

  /// What a tool resolved is resolved alike the next time, once it has passed its gates.
  func remember(_ events: [Event], _ state: RunState, _ project: Project) async {
    for event in events {
      guard case .mergeSucceeded(let fact) = event.fact else { continue }
      let batch = fact.batch?.nonEmpty.map { $0.map(\.workstream) }
      for id in batch ?? [event.workstream].compactMap({ $0 }) {
        guard let conflict = state[id]?.conflict, conflict.state == .agent,
          let commit = conflict.resolution
        else { continue }
        await remember(conflict, onto: conflict.onto, as: commit, project)
      }
    }
  }
}

extension ConflictedPath {
  /// The mode that both sides agree on, of a file whose text can be merged; nil for all else.
  var fileMode: FileMode? {
    guard let ours, let theirs, ours.mode == .file || ours.mode == .executable else { return nil }
    return ours.mode == theirs.mode ? ours.mode : nil
  }
}
