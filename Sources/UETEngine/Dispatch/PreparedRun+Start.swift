import UETGit
import UETLedger
import UETModel
import UETPlanning
import UETReporting
import UETScheduling

extension PreparedRun {
  /// Starts the run and drives it to its end; `observer` hears of all that is recorded.
  package func start(
    observer: @escaping RunObserver, control: RunControl
  ) async throws -> RunState {
    Repository.enableFsync()
    project.repository.rememberWorkTree()
    let now = project.clock.now()
    let run = RunID(startedAt: now, after: try project.reader.runs())
    let waves = WavePlan(plan, project.configuration)
    let dispatch = try DispatchPlan(plan).with(waves)
    let root = root(writer: try await project.writerDetails())
    let (claim, ledger, events) = try StartLock.holding(in: project) {
      try project.requireNoneHeld()
      let claim = RunClaim.take(run, in: project, at: now)
      let (ledger, events) = try LedgerWriter.create(
        in: project.reopened(), run: run, root: root, holder: claim.holder,
        events: [started(dispatch)], at: now, options: project.ledgerOptions)
      return (claim, ledger, events)
    }
    let loop = RunLoop(
      project: project.fixingSettings(), plan: plan, run: run, base: base, ledger: ledger,
      workers: workers,
      waves: waves)
    observer(events, ledger.state ?? RunState(run: run))
    let end = try await loop.drive(dispatch: dispatch, observer: observer, control: control) {
      _, _ in [.start]
    }
    claim.release()
    return end
  }

  private func started(_ dispatch: DispatchPlan) -> EventDraft {
    EventDraft(
      .runStarted(
        .init {
          ($0.base, $0.target, $0.workers) = (base, target, workers)
          $0.workstreams = dispatch.entries
        }), anchors: [base])
  }

  /// What the run is started with; kept in the root of its chain.
  private func root(writer: [JSONObject.Member]) -> RootRecord {
    let details =
      [JSONObject.Member("workers", .integer(Int64(workers)))] + writer
      + [
        JSONObject.Member("programs", project.programs),
        JSONObject.Member("guarded", project.guarded),
        JSONObject.Member("selection", .array(selection.map { .string($0.rawValue) })),
      ]
    return RootRecord(
      base: base, programVersion: ProgramVersion.text, details: JSONObject(members: details),
      plan: Array(PlanReport(plan).json().encoded(.pretty).utf8),
      configuration: project.configuration.encoded(),
      bundles: bundles.map { RootRecord.Bundle(path: $0.path, bytes: $0.bytes) })
  }
}
