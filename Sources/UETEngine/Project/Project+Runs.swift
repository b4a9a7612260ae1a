import UETGit
import UETLedger
import UETModel

extension Project {
  package var ledgerNames: LedgerNames { LedgerNames(prefix: refPrefix) }

  package var reader: LedgerReader { LedgerReader(repository: repository, names: ledgerNames) }

  /// The run that `name` means: a whole id, or the beginning or end of one; nil and `@` for the
  /// newest.
  package func run(named name: String?) throws -> RunID {
    let runs = try reader.runs()
    guard let name, name != "@" else {
      guard let newest = runs.first else { throw Refusal.noRuns }
      return newest
    }
    let matches = runs.filter { $0.rawValue == name }
    if let match = matches.first { return match }
    guard !name.isEmpty else { throw Refusal.unknownRun(name) }
    if let match = try Self.match(name, among: runs) { return match }
    // Archived runs are found by name alone.
    if let match = try Self.match(name, among: try reader.archive.runs()) { return match }
    throw forgottenRuns.contains(name) ? Refusal.forgottenRun(name) : Refusal.unknownRun(name)
  }

  /// In git's local configuration: runs that are not taken back when they are fetched.
  static let forgottenKey = "uet.forgotten"

  /// Runs that a person took away here.
  package var forgottenRuns: Set<String> { RunArchive.forgotten(repository) }

  private static func match(_ name: String, among runs: [RunID]) throws -> RunID? {
    let found = runs.filter { $0.rawValue.hasPrefix(name) || $0.rawValue.hasSuffix(name) }
    guard found.count < 2 else {
      throw Refusal(
        .usage, "'\(name.terminalSafe)' means \(found.count) runs", hint: "list them: git uet runs")
    }
    return found.first
  }

  /// The run of commands that go on with one: by default the newest that this clone started, since
  /// those that were fetched are other clones' to go on with.
  package func ownRun(named name: String?) throws -> RunID {
    if name != nil {
      let run = try run(named: name)
      try restoreOwnChains(run)
      return run
    }
    try restoreOwnChains()
    let runs = try reader.runs()
    for run in runs where try isOwn(run) { return run }
    guard let newest = runs.first else { throw Refusal.noRuns }
    throw try notToGoOn(newest)
  }

  /// The process that works on a run, where one is known to live; what another machine does cannot
  /// be known here.
  package func liveHolder(of run: RunID) throws -> Holder? {
    let answer = try RunHolder(repository: repository, names: ledgerNames).answer(for: run)
    return if case .held(let holder) = answer { holder } else { nil }
  }

  /// The run of this clone that a live process works on, where there is one. A clone beside this
  /// one may be at work on a run of its own that was fetched from it.
  package func heldRun() throws -> (run: RunID, holder: Holder)? {
    for run in try reader.runs() {
      if try isOwn(run), let holder = try liveHolder(of: run) { return (run, holder) }
    }
    return nil
  }

  /// Refuses where a live process works on the run.
  package func requireFree(_ run: RunID) throws {
    if let holder = try liveHolder(of: run) { throw Refusal.held(run, holder) }
  }

  /// Refuses where a live process works on any run of this clone.
  func requireNoneHeld() throws {
    if let (run, holder) = try heldRun() { throw Refusal.held(run, holder) }
  }
}

extension Refusal {
  static var noRuns: Refusal { Refusal(.usage, "no runs yet", hint: "start one: git uet run") }

  fileprivate static func unknownRun(_ name: String) -> Refusal {
    var refusal = Refusal(.usage, "no run '\(name.terminalSafe)'", hint: "list them: git uet runs")
    if let id = WorkstreamID(name) {
      refusal.hints = [
        "that is the name of a workstream: git uet show \(id)",
        "or name the run, as 'git uet runs' lists it",
      ]
    }
    return refusal
  }

  fileprivate static func forgottenRun(_ name: String) -> Refusal {
    Refusal(
      .usage, "run '\(name.terminalSafe)' was forgotten in this clone",
      hint: "to take it in again from a host: git config --local --unset-all uet.forgotten "
        + "\(name.terminalSafe) && git uet sync")
  }

  /// Another clone started the run; its main chain is that clone's to write.
  package static func foreignRun(_ run: RunID) -> Refusal {
    Refusal(
      .usage, "run '\(run)' was started in another clone, which alone may go on with it",
      hint: "look at it here: git uet status \(run)")
  }
}

extension Refusal {
  /// Another program carried out the run; it is history here.
  fileprivate static func importedRun(_ run: RunID, _ origin: ImportedRun) -> Refusal {
    Refusal(
      .usage,
      "run '\(run)' was imported from \(origin.program.terminalSafe): nothing goes on from it",
      hint: "look at it here: git uet status \(run)")
  }
}

extension Project {
  /// Why nothing goes on from a run that is not this clone's.
  func notToGoOn(_ run: RunID) throws -> Refusal {
    guard let imported = try state(of: run).imported else { return .foreignRun(run) }
    return .importedRun(run, imported)
  }

  /// The newest run of this clone that could be gone on with.
  func interruptedRun() -> RunID? {
    let waiting: [RunState.Status] = [.interrupted, .halted, .running, .paused]
    let runs = (try? cache.runs()) ?? []
    return runs.first { waiting.contains($0.status) && (try? isOwn($0.run)) == true }?.run
  }
}
