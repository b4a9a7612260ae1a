import UETGit
import UETLedger
import UETModel
import UETSystem

/// Takes a run from a process that cannot be looked at from here: on another machine, or in another
/// container. Nobody can prove that process dead, so a person says so; whatever it writes later is
/// refused, since the chain has another epoch then.
package struct TakeOver: Sendable {
  private let project: Project
  private let run: RunID
  package let holder: Holder
  /// Seconds since its last sign of life: what it wrote, or the time of its lock file.
  package let silence: Double

  /// Refuses where nobody holds the run, or a process that is known to live.
  package init(_ run: RunID, in project: Project) throws {
    (self.project, self.run) = (project, run)
    try project.requireOwn(run)
    let claim = try project.reader.claim(of: run)
    guard !claim.isReleased, let holder = claim.holder else {
      throw Refusal(
        .usage, "nobody has run '\(run)'", hint: "go on with it: git uet resume \(run)")
    }
    switch project.ledgerOptions.processes.liveness(of: holder) {
    case .alive: throw Refusal.held(run, holder)
    case .dead:
      throw Refusal(
        .usage, "the process that had run '\(run)' is dead (\(holder))",
        hint: "go on with it: git uet resume \(run)")
    case .unknown: self.holder = holder
    }
    let now = Double(project.clock.now().microseconds) / 1e6
    let beat = Files.time(RunLock.path(of: run, in: project.repository))
    let written = try project.reader.state(of: run).updatedAt ?? holder.since
    silence = now - max(Double(written.microseconds) / 1e6, beat.map { Double($0.seconds) } ?? 0)
  }

  /// Takes it, and gives it up again, for `resume`.
  ///
  /// Refuses where its holder gave a sign of life of late, unless a person knows better.
  package func perform(knowingBetter: Bool) async throws {
    let patience = project.configuration.run.stale
    guard knowingBetter || silence >= patience else {
      throw Refusal(
        .held,
        "run '\(run)' may be going on (\(holder)): it gave a sign of life "
          + "\(seconds(max(0, silence))) ago",
        hint: "wait until it has been silent for \(seconds(patience)), or if it is surely gone: "
          + "git uet adopt --now \(run)")
    }
    Repository.enableFsync()
    let now = project.clock.now()
    let nonce = String(UInt64.random(in: 0...UInt64.max), radix: 16)
    let ledger = try LedgerWriter.open(
      in: project.reopened(), run: run,
      holder: SystemProcesses.current(since: now, nonce: nonce, lockInode: nil), at: now,
      takingOver: true, options: project.ledgerOptions)
    try await ledger.release()
    project.updateViews(of: run)
  }
}
