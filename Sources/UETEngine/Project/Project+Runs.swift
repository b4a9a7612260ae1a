import UETGit
import UETLedger
import UETModel

extension Project {
  package var ledgerNames: LedgerNames { LedgerNames(prefix: refPrefix) }

  package var reader: LedgerReader { LedgerReader(repository: repository, names: ledgerNames) }

  /// The run that `name` means: a whole id, or the beginning or end of one; nil and `@` for the
  /// newest.
  package func run(named name: String?) throws(EngineError) -> RunID {
    let runs: [RunID]
    do throws(LedgerError) { runs = try reader.runs() } catch { throw .ledger(error) }
    guard let name, name != "@" else {
      guard let newest = runs.first else { throw .noRuns }
      return newest
    }
    let matches = runs.filter { $0.rawValue == name }
    if let match = matches.first { return match }
    guard !name.isEmpty else { throw .unknownRun(name) }
    if let match = try Self.match(name, among: runs) { return match }
    // Archived runs are found by name alone.
    let archived: [RunID]
    do throws(LedgerError) { archived = try reader.archive.runs() } catch { throw .ledger(error) }
    if let match = try Self.match(name, among: archived) { return match }
    throw forgottenRuns.contains(name) ? .forgottenRun(name) : .unknownRun(name)
  }

  /// Runs that a person took away here.
  package var forgottenRuns: Set<String> { RunArchive.forgotten(repository) }

  private static func match(_ name: String, among runs: [RunID]) throws(EngineError) -> RunID? {
    let found = runs.filter { $0.rawValue.hasPrefix(name) || $0.rawValue.hasSuffix(name) }
    guard found.count < 2 else { throw .ambiguousRun(name, matches: found.count) }
    return found.first
  }

  /// The run of commands that go on with one: by default the newest that this clone started, since
  /// those that were fetched are other clones' to go on with.
  package func ownRun(named name: String?) throws(EngineError) -> RunID {
    if name != nil {
      let run = try run(named: name)
      try restoreOwnChains(run)
      return run
    }
    try restoreOwnChains()
    let runs: [RunID]
    do throws(LedgerError) { runs = try reader.runs() } catch { throw .ledger(error) }
    for run in runs where try isOwn(run) { return run }
    guard let newest = runs.first else { throw .noRuns }
    throw .foreignRun(newest)
  }

  /// The process that works on a run, where one is known to live; what another machine does cannot
  /// be known here.
  package func liveHolder(of run: RunID) throws(EngineError) -> Holder? {
    do throws(LedgerError) {
      let answer = try RunHolder(repository: repository, names: ledgerNames).answer(for: run)
      return if case .held(let holder) = answer { holder } else { nil }
    } catch {
      throw .ledger(error)
    }
  }

  /// The run of this clone that a live process works on, where there is one. A clone beside this
  /// one may be at work on a run of its own that was fetched from it.
  package func heldRun() throws(EngineError) -> (run: RunID, holder: Holder)? {
    let runs: [RunID]
    do throws(LedgerError) { runs = try reader.runs() } catch { throw .ledger(error) }
    for run in runs {
      if try isOwn(run), let holder = try liveHolder(of: run) { return (run, holder) }
    }
    return nil
  }
}

extension Project {
  /// The newest run of this clone that could be gone on with.
  func interruptedRun() -> RunID? {
    let waiting: [RunState.Status] = [.interrupted, .halted, .running, .paused]
    let runs = (try? cache.runs()) ?? []
    return runs.first { waiting.contains($0.status) && (try? isOwn($0.run)) == true }?.run
  }
}
