import UETGit
import UETModel
import UETTestSupport

@testable import UETLedger

/// A repository with a few commits, and what tests of the ledger need on top of it.
struct Ledger: Sendable {
  let test: TestRepository
  let repository: Repository
  let run = RunID(startedAt: Timestamp(seconds: 1_795_224_655), salt: 0xbeef)
  /// Commits that events may name.
  let commits: [ObjectID]
  var options = LedgerOptions()
  static let start = Timestamp(seconds: 1_795_224_655)

  /// `isInMemory` is for what starts many processes: a busy disk would make them wait for hours.
  init(commits count: Int = 3, isInMemory: Bool = false) throws {
    test = TestRepository(isInMemory: isInMemory)
    commits = (0..<count).map { [test] in test.commit("change \($0)", ["a.txt": "\($0)\n"]) }
    repository = try Repository.open(
      discoveringFrom: test.path, environment: test.environment)
    options.processes = Processes()
    options.patience.attempts = 3
    options.patience.pause = {}
  }

  var reader: LedgerReader { LedgerReader(repository: repository, names: options.names) }
  var reference: String { options.names.chain(run) }

  /// Another handle of the same repository, as another process would have.
  func reopened() throws -> Ledger {
    var copy = self
    copy.reopen(
      try Repository.open(discoveringFrom: test.path, environment: test.environment))
    return copy
  }

  private mutating func reopen(_ other: Repository) {
    self = Ledger(
      test: test, repository: other, commits: commits, options: options)
  }

  private init(
    test: TestRepository, repository: Repository, commits: [ObjectID], options: LedgerOptions
  ) {
    self.test = test
    self.repository = repository
    self.commits = commits
    self.options = options
  }

  func holder(_ nonce: String = "1", pid: Int32 = 100) -> Holder {
    Holder(host: "here", pid: pid, since: Self.start, nonce: nonce)
  }

  var root: RootRecord {
    RootRecord(
      base: commits[0], programVersion: "1.0", details: ["arguments": ["run"]],
      plan: Array("{}\n".utf8), configuration: Array("version: 1\n".utf8),
      bundles: [
        RootRecord.Bundle(path: "a.json", bytes: Array("{}".utf8)),
        RootRecord.Bundle(path: "deep/er/b.yaml", bytes: Array("id: ws-b".utf8)),
      ])
  }

  func create(_ drafts: [EventDraft] = []) throws -> LedgerWriter {
    try LedgerWriter.create(
      in: repository, run: run, root: root, holder: holder(), events: drafts, at: Self.start,
      options: options
    ).writer
  }

  func open(_ nonce: String = "2", pid: Int32 = 200, takingOver: Bool = false) throws
    -> LedgerWriter
  {
    try LedgerWriter.open(
      in: repository, run: run, holder: holder(nonce, pid: pid), at: Self.start,
      takingOver: takingOver, options: options)
  }

  func walk(seed: UInt64, workstreams: Int = 8) -> RandomRun {
    RandomRun(
      run: run, seed: seed, workstreams: workstreams, commits: commits, start: Self.start,
      identify: Repository.hashBlob)
  }

  /// Every event of the main chain.
  func events() throws -> [Event] {
    var events: [Event] = []
    try reader.events(of: run) { events.append($0) }
    return events
  }
}

/// Processes as a test wants them: those in `alive` live, and `deadLocks` are of dead ones.
struct Processes: ProcessTable {
  var alive: Set<Int32> = []
  var unknown: Set<Int32> = []
  var ownersOfLocksAreDead = false

  func liveness(of holder: Holder) -> Liveness {
    if unknown.contains(holder.pid) { return .unknown }
    return alive.contains(holder.pid) ? .alive : .dead
  }

  func evidenceOfDeadOwner(lock path: String) -> String? { ownersOfLocksAreDead ? "said so" : nil }
}
