import UETGit
import UETModel

/// The names of everything that clones share, seen from three sides: here, on the host, and as it
/// was fetched from there.
///
/// A shared name is what stands below the prefix, as `runs/RUN/main`; those of notes begin with
/// `notes/`.
package struct ShareNames: Hashable, Sendable {
  package let ledger: LedgerNames
  /// The prefix that the host has instead of the ledger's, for hosts that refuse that one.
  package let hostPrefix: String
  /// As git's configuration names it.
  package let remote: String
  /// The one run that is shared, with nothing else; nil for everything.
  package var only: RunID?

  package init(ledger: LedgerNames, hostPrefix: String? = nil, remote: String) {
    self.ledger = ledger
    self.hostPrefix = LedgerNames(prefix: hostPrefix ?? ledger.prefix).prefix
    self.remote = remote
  }

  /// Where what was fetched from this remote is.
  package var tracking: String { ledger.remotes + remote }

  /// Where the remote's branches are, as plain git has them.
  var trackedBranches: String { "refs/remotes/\(remote)/uet/" }

  package func local(_ shared: String) -> String {
    shared.hasPrefix("notes/") ? "refs/\(shared)" : "\(ledger.prefix)/\(shared)"
  }

  package func host(_ shared: String) -> String {
    shared.hasPrefix("notes/") && hasOwnNotes ? "refs/\(shared)" : "\(hostPrefix)/\(shared)"
  }

  package func tracked(_ shared: String) -> String { "\(tracking)/\(shared)" }

  /// Whether the host has the notes where git has notes.
  private var hasOwnNotes: Bool { hostPrefix == ledger.prefix }

  /// What brings everything of the host's here, and nothing over anything of ours.
  package var fetchRefspecs: [String] {
    if let only {
      return ["runs", "salvage", "candidates", "diverged"].map {
        "+\(hostPrefix)/\($0)/\(only)/*:\(tracking)/\($0)/\(only)/*"
      } + ["+refs/heads/uet/\(only)/*:refs/remotes/\(remote)/uet/\(only)/*"]
    }
    return recordRefspecs + ["+refs/heads/uet/*:refs/remotes/\(remote)/uet/*"]
  }

  /// What is fetched, without branches, which a plain `git fetch` brings anyway.
  package var recordRefspecs: [String] {
    ["+\(hostPrefix)/*:\(tracking)/*"]
      + (hasOwnNotes ? ["+refs/notes/uet*:\(tracking)/notes/uet*"] : [])
  }

  /// What a plain `git push` then brings to the host: the branch it pushed before, and the chains.
  ///
  /// Notes and archives are not among it, for they have to be merged first.
  package var pushRefspecs: [String] {
    ["HEAD"]
      + ["runs", "salvage"].map { "\(ledger.prefix)/\($0)/*:\(hostPrefix)/\($0)/*" }
  }

  /// The beginnings of all names that the host may have something at.
  var hostPrefixes: [String] {
    [hostPrefix + "/", LedgerNames.branches] + (hasOwnNotes ? ["refs/notes/uet"] : [])
  }

  /// The shared name of one of the host's; nil for what is not shared.
  func shared(host name: String) -> String? {
    let known: String?
    if name.hasPrefix(hostPrefix + "/") {
      known = String(name.dropFirst(hostPrefix.utf8.count + 1))
    } else if hasOwnNotes, name.hasPrefix("refs/notes/") {
      known = String(name.dropFirst(5))
    } else {
      known = nil
    }
    return known.flatMap { isMeant($0) ? $0 : nil }
  }

  /// All shared references of this repository.
  func ours(_ repository: Repository) throws(GitError) -> [String: ObjectID] {
    var found: [String: ObjectID] = [:]
    for (name, id) in try repository.references(under: ledger.prefix) {
      let shared = String(name.dropFirst(ledger.prefix.utf8.count + 1))
      if !shared.hasPrefix("notes/"), isMeant(shared) { found[shared] = id }
    }
    if only != nil { return found }
    for name in [LedgerNotes.runs, LedgerNotes.verdicts] {
      if let id = try repository.reference(name) { found[String(name.dropFirst(5))] = id }
    }
    return found
  }

  /// All shared references as they were fetched.
  func theirs(_ repository: Repository) throws(GitError) -> [String: ObjectID] {
    var found: [String: ObjectID] = [:]
    for (name, id) in try repository.references(under: tracking) {
      let shared = String(name.dropFirst(tracking.utf8.count + 1))
      if isMeant(shared) { found[shared] = id }
    }
    return found
  }

  private func isMeant(_ shared: String) -> Bool {
    guard let kind = SharedKind(shared) else { return false }
    return only == nil || kind.run == only
  }
}
