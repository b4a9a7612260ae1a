import UETGit
import UETLedger
import UETModel

extension Project {
  package var ledgerNames: LedgerNames { LedgerNames(prefix: refPrefix) }

  package var reader: LedgerReader { LedgerReader(repository: repository, names: ledgerNames) }

  /// The run that `name` means: a whole id, or the beginning or end of one; nil for the newest.
  package func run(named name: String?) throws(EngineError) -> RunID {
    let runs: [RunID]
    do throws(LedgerError) { runs = try reader.runs() } catch { throw .ledger(error) }
    guard let name else {
      guard let newest = runs.first else { throw .noRuns }
      return newest
    }
    let matches = runs.filter { $0.rawValue == name }
    if let match = matches.first { return match }
    let partial = runs.filter { $0.rawValue.hasPrefix(name) || $0.rawValue.hasSuffix(name) }
    guard let match = partial.first, !name.isEmpty else { throw .unknownRun(name) }
    guard partial.count == 1 else { throw .ambiguousRun(name, matches: partial.count) }
    return match
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

  /// The run that a live process works on in this repository, where there is one.
  package func heldRun() throws(EngineError) -> (run: RunID, holder: Holder)? {
    let runs: [RunID]
    do throws(LedgerError) { runs = try reader.runs() } catch { throw .ledger(error) }
    for run in runs {
      if let holder = try liveHolder(of: run) { return (run, holder) }
    }
    return nil
  }
}
