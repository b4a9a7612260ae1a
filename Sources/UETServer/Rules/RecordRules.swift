import UETGit
import UETLedger
import UETModel

/// The record only grows, by those who wrote it, and is what it says.
struct RecordRules {
  let view: PushView
  let owners: OwnerBook

  /// The largest file of a chain: each is read whole.
  private static let largest = 64 << 20
  private static let deepest = 100

  func refusals() throws -> [PushRefusal] {
    var refusals: [PushRefusal] = []
    for (update, kind) in view.updates {
      guard case .record(let record, let shared) = kind else { continue }
      if let refusal = try refusal(update, record, shared) { refusals.append(refusal) }
    }
    return refusals
  }

  private func refusal(
    _ update: ReferenceUpdate, _ kind: SharedKind, _ shared: String
  ) throws -> PushRefusal? {
    let end = view.repository.branch(behind: update.name)
    if end != update.name {
      return PushRefusal(
        update.name, "it is another name of '\(end.terminalSafe)'",
        hint: "on the host: git symbolic-ref --delete \(update.name.shellQuoted)")
    }
    if let refusal = foreign(update, kind) { return refusal }
    guard let new = update.new else { return try deletion(update, kind, shared) }
    if case .chain(let run, let writer) = kind { return try chain(update, new, run, writer) }
    guard view.repository.isCommit(new) else {
      return PushRefusal(
        update.name, "the record is made of commits; \(new.short) is none",
        hint: "push the record as it is: git uet sync")
    }
    if case .owned(let run) = kind, try view.tip(view.reader.names.chain(run)) == nil {
      return PushRefusal(
        update.name, "nothing is known here of run '\(run)', which it would be kept of",
        hint: "push its record along: git uet sync")
    }
    return try growth(update, new, kind)
  }

  /// What is kept of a run belongs to who began it, an inbox to who began that.
  private func foreign(_ update: ReferenceUpdate, _ kind: SharedKind) -> PushRefusal? {
    guard view.policy.settings.identity != nil, let run = kind.run else { return nil }
    guard let pusher = view.pusher.owner else { return Ownership.unknown(update.name, view) }
    let writer = if case .chain(_, let writer) = kind { writer } else { "main" }
    guard let owner = owners.owner(of: run, writer), owner != pusher else { return nil }
    // Whoever has fetched an archive takes away what it holds; whether it does is looked at.
    if update.new == nil { return nil }
    return Ownership.foreign(update.name, owner, view)
  }

  private func deletion(
    _ update: ReferenceUpdate, _ kind: SharedKind, _ shared: String
  ) throws -> PushRefusal? {
    if let run = kind.run, let old = update.old, try isArchived(run, shared, old) { return nil }
    return PushRefusal(
      update.name, "the record is not deleted; a run goes from here once the archive has it",
      hint: "put away what is over, and share that: git uet gc && git uet sync")
  }

  /// Whether an archive, as it is here or comes with this push, has what the reference leads to.
  private func isArchived(_ run: RunID, _ shared: String, _ tip: ObjectID) throws -> Bool {
    var archives = try view.reader.archive.archives().map(\.tip)
    for (update, kind) in view.updates {
      if case .record(.archive, _) = kind, let new = update.new { archives.append(new) }
    }
    for archive in archives {
      guard let kept = try view.reader.archive.read(run, in: archive)?.references[shared] else {
        continue
      }
      if kept.contains(tip) { return true }
      guard shared.hasPrefix("runs/") else { continue }
      for newer in kept where try view.reader.walk(to: newer, after: tip, { _ in }) {
        return true
      }
    }
    return false
  }

  /// What is no chain goes on where it goes on; salvage and pinned ends never change.
  private func growth(
    _ update: ReferenceUpdate, _ new: ObjectID, _ kind: SharedKind
  ) throws -> PushRefusal? {
    guard let old = update.old, old != new else { return nil }
    let parts = update.name.dropFirst(view.reader.names.prefix.utf8.count + 1).split(separator: "/")
    switch kind {
    case .owned where parts.first == "candidates": return nil
    case .owned, .pinned:
      return PushRefusal(
        update.name, "what is kept of an attempt never changes",
        hint: "keep it under a name of its own: git push origin COMMIT:refs/heads/TOPIC")
    default:
      if try view.repository.isAncestor(old, of: new) { return nil }
      return PushRefusal(
        update.name, "\(new.short) does not hold \(old.short), which is here: it would be lost",
        hint: "bring both together: git uet sync")
    }
  }
}

extension RecordRules {
  private func chain(
    _ update: ReferenceUpdate, _ new: ObjectID, _ run: RunID, _ writer: String
  ) throws -> PushRefusal? {
    guard view.repository.isCommit(new) else {
      return PushRefusal(
        update.name, "a chain is made of commits; \(new.short) is none",
        hint: "push the record as it is: git uet sync")
    }
    do throws(LedgerError) {
      if let refusal = try oversized(update, new) { return refusal }
      guard let report = try view.reader.verify(run, writer: writer, endingAt: new) else {
        return PushRefusal(
          update.name,
          "the chain does not go on from \(update.old?.short ?? "its end"), which is "
            + "here: a chain is not set back or written anew",
          hint: "see what is different: git uet sync --dry-run")
      }
      if let problem = report.problems.first {
        return PushRefusal(
          update.name, "commit \(problem.commit.short): \(problem.reason.terminalSafe)",
          hint: "see where it is damaged: git uet verify \(run)")
      }
      return try update.old == nil ? signer(update, new) : nil
    } catch {
      if case .git(let missing) = error, missing.isOfMissingObject { return Self.cutOff(update) }
      guard case .broken(let commit, let reason) = error else { throw error }
      return PushRefusal(
        update.name, "commit \(commit.short): \(reason.terminalSafe)",
        hint: "see where it is damaged: git uet verify \(run)")
    }
  }

  private static func cutOff(_ update: ReferenceUpdate) -> PushRefusal {
    PushRefusal(
      update.name, "its history is cut off: something that it names is missing",
      hint: "fetch the rest first: git fetch --unshallow")
  }

  /// A file that is too large to be read, in what the chain has more than here.
  private func oversized(
    _ update: ReferenceUpdate, _ new: ObjectID
  ) throws(LedgerError) -> PushRefusal? {
    var next: ObjectID? = new
    do throws(GitError) {
      while let id = next, id != update.old {
        let commit = try view.repository.commit(id)
        if let name = try oversized(in: commit.tree, depth: 0) {
          return PushRefusal(
            update.name,
            "'\(name.terminalSafe)' of commit \(id.short) is no file of a record, or "
              + "larger than \(ByteCount.text(Self.largest))",
            hint: "see what it is: git show --stat \(id.short)")
        }
        // Up to the root, whose first parent is the base of the run.
        next = ChainMessage(commit.message).flatMap { $0.isFirst ? nil : commit.parents.first }
      }
    } catch { throw .git(error) }
    return nil
  }

  private func oversized(in tree: ObjectID, depth: Int) throws(GitError) -> String? {
    for entry in try view.repository.tree(tree) {
      switch entry.mode {
      case .tree where depth < Self.deepest:
        if let name = try oversized(in: entry.id, depth: depth + 1) {
          return "\(entry.name)/\(name)"
        }
      case .tree, .submodule: return entry.name
      default:
        if try view.repository.size(of: entry.id) > Self.largest { return entry.name }
      }
    }
    return nil
  }

  /// A new chain whose root names a key of ssh is begun by who has that key, where pushes are
  /// signed.
  private func signer(
    _ update: ReferenceUpdate, _ new: ObjectID
  ) throws(LedgerError) -> PushRefusal? {
    guard let certificate = view.pusher.certificate,
      let signer = SignerKey(json: try view.reader.root(endingAt: new).details["signer"]),
      signer.format == "ssh", !certificate.isSigned(by: signer.key)
    else { return nil }
    return PushRefusal(
      update.name, "the run was begun with another key than the one that signs this push",
      hint: "push from the clone that began it, or sign with its key: git config user.signingKey")
  }

  /// Notes whose the new chains are. Gives what somebody else was faster with.
  func bind() throws -> PushRefusal? {
    guard let owner = view.pusher.owner else { return nil }
    for (update, kind) in view.updates {
      guard case .record(.chain(let run, let writer), _) = kind, update.new != nil else { continue }
      guard try !owners.bind(run, writer, to: owner) else { continue }
      let other = owners.owner(of: run, writer) ?? "somebody else"
      return Ownership.foreign(update.name, other, view)
    }
    return nil
  }
}
