import UETGit
import UETLedger
import UETModel

/// `git uet gc`: puts old runs away, then removes the worktrees and branches whose work is merged
/// or archived, and nothing else.
///
/// Each step may be the last before a crash: doing it again does the rest.
package struct GarbageCollection: Sendable {
  package struct Request: Sendable {
    /// Seconds since the last event of a run.
    package var age = 90 * 86_400.0
    /// The archive's name below the prefix, or in full; nil for `archive`.
    package var archive: String?
    package var isDry = false
    /// Also puts runs away whose work has not all landed.
    package var takesUnlanded = false

    package init() {}
  }

  /// One thing that was looked at, and what became or would become of it.
  package struct Item: Sendable {
    package enum Kind: String, Sendable { case run, worktree, branch }

    package enum Outcome: Sendable {
      /// Archived or removed, for this reason.
      case done(String)
      /// It stays; the command shows or ends what holds it.
      case kept(String, command: String?)
      case failed(String)
    }

    package let kind: Kind
    package let name: String
    package let run: RunID?
    package let outcome: Outcome
  }

  let project: Project
  let request: Request
  /// The full name of the archive.
  package let archive: String
  let now: Timestamp

  package init(_ request: Request, in project: Project) throws {
    self.project = project
    self.request = request
    now = project.clock.now()
    let prefix = project.ledgerNames.prefix + "/"
    let name = request.archive ?? "archive"
    let short = name.hasPrefix(prefix) ? String(name.dropFirst(prefix.utf8.count)) : name
    guard RunArchive.isArchive(short) else {
      throw Refusal(
        .usage, "'\(name.terminalSafe)' cannot be the name of an archive",
        hint: "call it 'archive', or something that begins with 'archive-', as 'archive-2026'")
    }
    archive = prefix + short
  }

  package func perform(each: @Sendable (Item) -> Void) async throws {
    Repository.enableFsync()
    let archived = try await archiveRuns(each)
    try Task.checkCancellation()
    try await removeWorktrees(archived, each)
    try await removeBranches(archived, each)
    if request.isDry { return }
    do throws(GitError) { try await project.git.combinePacks() } catch {
      project.warn("its packs stay as they are: \(error)")
    }
  }
}

extension GarbageCollection {
  /// The first step. Gives what is archived of runs that have references yet, or had until now.
  private func archiveRuns(
    _ each: @Sendable (Item) -> Void
  ) async throws -> [RunID: ArchivedRun] {
    let archiving = Archiving(
      git: project.git, name: archive, options: project.ledgerOptions)
    var parcels: [Archiving.Parcel] = []
    for summary in try project.cache.runs() {
      switch try await decision(summary) {
      case .young: continue
      case .keep(let reason, let command):
        each(
          Item(
            kind: .run, name: summary.run.rawValue, run: summary.run,
            outcome: .kept(reason, command: command)))
      case .archive: parcels.append(try archiving.parcel(summary.run))
      }
    }
    var changed: [RunID] = []
    if !request.isDry {
      try archiving.store(parcels, at: now)
      changed = try await archiving.drop(parcels)
    }
    var archived: [RunID: ArchivedRun] = [:]
    for parcel in parcels {
      let run = parcel.entry.run
      each(
        Item(
          kind: .run, name: run.rawValue, run: run,
          outcome: changed.contains(run)
            ? .kept("it changed just now", command: "git uet gc")
            : .done(words(of: parcel))))
      if !changed.contains(run) { archived[run] = parcel.entry }
    }
    return archived
  }

  /// Of a run that is over: work that has landed nowhere is not put out of sight unasked.
  private func decision(_ run: RunID) async throws -> Decision {
    if request.takesUnlanded { return .archive }
    let state = await project.asItStands(try project.state(of: run))
    guard let words = try UnlandedWork(state, in: project).words else { return .archive }
    return .keep(
      words,
      command: "see: git uet show \(run); to put such runs away as well: git uet gc --unlanded")
  }

  private func words(of parcel: Archiving.Parcel) -> String {
    let count = parcel.references.count
    let end = parcel.entry.endedAt ?? parcel.entry.startedAt
    let days = end.map { Int(max(0, now.seconds(since: $0)) / 86_400) }
    let age = days.map { $0 > 0 ? ", ended \($0) day\($0 == 1 ? "" : "s") ago" : "" } ?? ""
    return "\(parcel.entry.status.rawValue)\(age), \(count) reference\(count == 1 ? "" : "s")"
  }

  private enum Decision {
    case archive
    case young
    case keep(String, command: String?)
  }

  private func decision(_ summary: RunSummary) async throws -> Decision {
    let last = summary.updatedAt ?? summary.startedAt ?? now
    if now.seconds(since: last) < request.age { return .young }
    let run = summary.run
    if let problem = summary.problem {
      return .keep("its record is damaged: \(problem)", command: "git uet verify \(run)")
    }
    let holder = RunHolder(repository: project.repository, names: project.ledgerNames)
    switch try holder.answer(for: run) {
    case .held(let holder): return .keep("a process holds it (\(holder))", command: nil)
    case .perhapsHeld(let holder) where !summary.status.isOver:
      return .keep("it may be going on elsewhere (\(holder))", command: nil)
    case .perhapsHeld, .free: break
    }
    switch summary.status {
    case .succeeded, .failed: return try await decision(run)
    case _ where summary.imported != nil: return try await decision(run)
    case .interrupted, .halted:
      return .keep("it can be resumed", command: "git uet resume \(run)")
    case .running, .paused:
      return .keep("it never came to its end", command: "git uet resume \(run)")
    }
  }
}
