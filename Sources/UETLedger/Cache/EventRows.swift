import Foundation
import GRDB
import UETModel

/// The rows that follow from single events.
struct EventRows {
  let run: String

  func insert(_ event: Event, isMain: Bool, _ database: Database) throws {
    let statement = try database.cachedStatement(
      sql: "INSERT INTO events VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")
    let data = JSONValue.object(event.data).encoded()
    // One by one: to make arguments of them takes several times as long as to put the row in.
    statement.setUncheckedArguments(StatementArguments())
    var place: CInt = 0
    func bind(_ value: some StatementBinding) throws {
      place += 1
      let code = value.bind(to: statement.sqliteStatement, at: place)
      guard code == 0 else { throw DatabaseError(resultCode: ResultCode(rawValue: code)) }
    }
    try bind(run)
    try bind(event.writer)
    try bind(event.seq)
    try bind(event.at.microseconds)
    try bind(event.type.rawValue)
    try bind(event.workstream?.rawValue)
    try bind(event.attempt)
    try bind(event.worker)
    try bind(Data(event.id.bytes))
    try bind(data)
    try bind(Self.digest(run, event, data))
    try statement.execute()
    // What an inbox holds counts once it is admitted to the main chain.
    guard isMain else { return }
    switch event.fact {
    case .usageRecorded(let fact): try insert(fact, event, database)
    case .gatePassed(let fact): try insert(fact, .passed, event, database)
    case .gateFailed(let fact): try insert(fact, .failed, event, database)
    case .mergeConflict(let fact): try insert(fact, event, database)
    case .conflictResolved(let fact): try resolve(fact, event, database)
    // Those that are in the table of events alone.
    case .runStarted, .runPaused, .runResumed, .runFinished, .planChanged, .recoveryStarted,
      .recoveryFinished, .workerSpawned, .workerDraining, .workerTerminated, .heartbeat, .taskReady,
      .taskAssigned, .taskStarted, .taskProgress, .taskStopping, .taskCompleted, .taskFailed,
      .taskRetried, .taskCancelled, .taskQuarantined, .scopeViolation, .dependencyFound,
      .gateStarted, .waveReleased, .candidateQueued, .mergeStarted, .mergePrepared, .mergeSucceeded,
      .repairStarted, .repairFailed, .candidateEjected, .candidateHeld, .candidateDequeued,
      .candidatePromoted, .probeStarted, .probePrepared, .integrationFaulted, .integrationPaused,
      .integrationResumed, .integrationRestarted, .integrationFrozen, .integrationUnfrozen,
      .strategyChosen, .landingStarted, .landingRefused, .landed, .compensationStarted,
      .compensationStep, .compensationFailed, .compensationFinished, .reviewRequested,
      .reviewDecided, .inboxRefused, .budgetReserved, .budgetSettled, .budgetWarning,
      .budgetExceeded, .budgetOverridden, .questionAsked, .questionAnswered, .rateLimited,
      .breakerOpened, .breakerClosed, .modeChanged,
      .protectedChangeFound, .unknown:
      break
    }
  }

  static func digest(_ run: String, _ event: Event, _ data: String) -> Int64 {
    var sum = RowSum()
    sum.add(run)
    sum.add(event.writer)
    sum.add(Int64(event.seq))
    sum.add(event.at.microseconds)
    sum.add(event.type.rawValue)
    sum.add(event.workstream?.rawValue)
    sum.add(Int64(event.attempt ?? -1))
    sum.add(event.worker)
    for byte in event.id.bytes { sum.add(byte) }
    sum.add(data)
    return sum.value
  }

  private func insert(
    _ fact: Told<Fact.Usage>, _ event: Event, _ database: Database
  ) throws {
    try database.execute(
      sql: "INSERT INTO cost_tracking VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
      arguments: [
        run, event.writer, event.seq, event.at.microseconds, event.workstream?.rawValue,
        event.attempt, event.worker, fact.model, fact.input, fact.output, fact.costUSD,
      ])
  }

  private func insert(
    _ fact: Told<Fact.GateRun>, _ result: GateRecord.Result, _ event: Event, _ database: Database
  ) throws {
    try database.execute(
      sql: "INSERT INTO gates VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
      arguments: [
        run, event.seq, event.at.microseconds, event.workstream?.rawValue, event.attempt,
        fact.gate ?? "", fact.text(\.stage) ?? GateRecord.Stage.attempt.rawValue, result.rawValue,
        fact.required ?? true, fact.seconds, fact.text(\.tree), fact.message,
      ])
  }

  private func insert(
    _ fact: Told<Fact.MergeConflict>, _ event: Event, _ database: Database
  ) throws {
    let paths = (fact.paths ?? []).json
    try database.execute(
      sql: "INSERT INTO merge_conflicts VALUES (?, ?, ?, ?, ?, ?, 'PENDING', NULL)",
      arguments: [
        run, event.seq, event.at.microseconds, event.workstream?.rawValue, fact.text(\.onto),
        paths.encoded(),
      ])
  }

  /// The state is the one the event names, or that a person or program of unknown kind resolved it.
  private func resolve(
    _ fact: Told<Fact.ConflictRepair>, _ event: Event, _ database: Database
  ) throws {
    try database.execute(
      sql: """
        UPDATE merge_conflicts SET state = ?, resolved_seq = ?
        WHERE run = ? AND workstream IS ? AND resolved_seq IS NULL
        """,
      arguments: [
        fact.text(\.status) ?? "HUMAN_RESOLVED", event.seq, run, event.workstream?.rawValue,
      ])
  }
}
