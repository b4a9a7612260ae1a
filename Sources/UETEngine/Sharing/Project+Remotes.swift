import UETGit
import UETLedger
import UETModel
import UETPlanning

extension Project {
  static let sharePrefixKey = "uet.sharePrefix"

  /// The remotes of git's configuration, sorted.
  package var remotes: [String] {
    var names: Set<String> = []
    for entry in repository.configList(prefix: "remote.") {
      for end in [".url", ".pushurl"] where entry.key.hasSuffix(end) {
        names.insert(String(entry.key.dropFirst(7).dropLast(end.count)))
      }
    }
    return names.filter { !$0.isEmpty }.sorted()
  }

  /// The remote that a user names; by default the one that `git fetch` would take.
  package func remote(named name: String?) throws -> String {
    let known = remotes
    if let name {
      guard known.contains(name) else { throw Refusal.unknownRemote(name, known) }
      return name
    }
    guard let first = known.first else {
      throw Refusal(
        .usage, "this repository has no remote to share with",
        hint: "name one: git remote add origin URL")
    }
    var usual: [String] = []
    if case .branch(let branch, _) = try? repository.head() {
      let key = "branch.\(RunNames.short(branch)).remote"
      if let name = repository.config(key) { usual.append(name) }
    }
    usual.append("origin")
    if let match = usual.first(where: { known.contains($0) }) { return match }
    guard known.count == 1 else { throw Refusal.unknownRemote("origin", known) }
    return first
  }

  /// How everything shared is named here and on a remote.
  package func shareNames(_ remote: String) throws -> ShareNames {
    let prefix = repository.config(Self.sharePrefixKey)
    if let prefix {
      let parts = prefix.split(separator: "/", omittingEmptySubsequences: false)
      let isFull = parts.count > 1 && parts[0] == "refs" && !parts.contains("")
      let taken = ["refs/heads", "refs/tags", "refs/notes", "refs/remotes", "refs/heads/uet"]
      guard isFull, !taken.contains(prefix) else {
        throw Refusal(
          .usage, "'\(prefix.terminalSafe)' cannot be a prefix of shared references",
          hint: "give it a folder of its own: git config uet.sharePrefix refs/heads/uet-meta")
      }
    }
    return ShareNames(ledger: ledgerNames, hostPrefix: prefix, remote: remote)
  }

  /// What merges the fetched records of a remote.
  func intake(_ remote: String, only run: RunID? = nil) throws -> Intake {
    var names = try shareNames(remote)
    names.only = run
    return Intake(git: git, names: names, clone: knownCloneID, options: ledgerOptions)
  }
}

extension Project {
  /// Merges what a plain `git fetch` brought since the last look, from every remote. Gives what
  /// could not be brought together.
  ///
  /// A repository that cannot be written to is looked at as it is.
  package func takeInFetched() async throws -> [SyncReport.Fault] {
    // A clone of an older version gets its key before anything more comes in.
    if repository.config(Self.cloneKey) != nil { _ = try? await cloneID() }
    try restoreOwnChains()
    let fetched = try repository.references(under: ledgerNames.remotes)
    if fetched.isEmpty { return [] }
    // A plain fetch of a partial clone leaves out content.
    await completeRecord(isNewOnly: true)
    var faults: [SyncReport.Fault] = []
    for remote in remotes {
      let prefix = ledgerNames.remotes + remote + "/"
      guard fetched.contains(where: { $0.name.hasPrefix(prefix) }) else { continue }
      let intake = try intake(remote)
      do throws(LedgerError) {
        faults += try await intake.perform().faults
      } catch {
        switch error {
        case .git(.readOnly), .git(.diskFull): continue
        default: throw error
        }
      }
    }
    return faults
  }

  /// Has what a partial clone lacks of the record brought, so that it can be read.
  func completeRecord(isNewOnly: Bool = false) async {
    guard repository.promisor != nil else { return }
    do throws(GitError) {
      let own =
        try repository.references(under: ledgerNames.prefix)
        + repository.references(under: "refs/notes")
      let fetched = try repository.references(under: ledgerNames.remotes)
      let known = Set(own.map(\.id))
      let tips = fetched.map(\.id).filter { !known.contains($0) } + (isNewOnly ? [] : own.map(\.id))
      try await git.bringMissing(behind: Set(tips).sorted())
    } catch {
      // What is here is looked at all the same.
      warn("\(error)".terminalSafe)
    }
  }

  /// Ends of chains that two clones wrote to, as every clone keeps them.
  package func divergedEnds() throws -> [(name: String, tip: ObjectID)] {
    return try repository.references(under: ledgerNames.prefix + "/diverged")
      .map { ($0.name, $0.id) }
  }
}

extension Refusal {
  fileprivate static func unknownRemote(_ name: String, _ known: [String]) -> Refusal {
    var nearby = Nearest()
    let nearest = nearby.name(for: name, among: known)
    return Refusal(
      .usage, "no remote '\(name.terminalSafe)'",
      hint: nearest.map { "did you mean '\($0.terminalSafe)'?" } ?? "list them: git remote -v")
  }
}
