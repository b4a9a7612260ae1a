import UETGit
import UETModel
import UETTestSupport

@testable import UETLedger

/// A bare repository as the host, and clones of it that keep records of their own.
struct SharedWorld: Sendable {
  let host: TestRepository
  let clones: [Clone]

  init(clones count: Int) throws {
    let seed = TestRepository()
    seed.commit("first", ["a.txt": "1\n"])
    seed.commit("second", ["a.txt": "2\n"])
    let host = TestRepository(.bare)
    seed.git("push", "-q", host.path, "main")
    self.host = host
    clones = try (0..<count).map { try Clone(host, "clone-\($0)") }
  }

  /// What everybody must have in the end: all records and notes.
  static func records(_ host: TestRepository, in path: String? = nil) -> [String] {
    host.git(
      "for-each-ref", "--format=%(objectname) %(refname)", "refs/uet", "refs/notes", in: path
    )
    .split(separator: "\n").map(String.init)
  }

  var records: [String] { Self.records(host) }
}

/// One clone, as one person or machine has it.
struct Clone: Sendable {
  let host: TestRepository
  let name: String
  let path: String
  let repository: Repository
  let git: SealedGit
  var options = LedgerOptions()
  /// The name that it gives itself where that is not its own.
  var claimed: String?

  init(_ host: TestRepository, _ name: String) throws {
    self.host = host
    self.name = name
    path = "\(host.directory.path)/\(name)"
    host.git("clone", "-q", host.path, path, in: host.directory.path)
    repository = try Repository.open(discoveringFrom: path, environment: host.environment)
    git = SealedGit(repository: repository, environment: host.environment)
    options.processes = Processes()
  }

  var reader: LedgerReader { LedgerReader(repository: repository) }

  var records: [String] { SharedWorld.records(host, in: path) }

  var names: ShareNames { ShareNames(ledger: .standard, remote: "origin") }

  var intake: Intake { Intake(git: git, names: names, clone: name, options: options) }

  var sync: Sync { Sync(intake, network: SealedGit.Network(), pause: { _ in }) }

  @discardableResult
  func synced() async throws -> SyncReport { try await sync.perform() }

  var head: ObjectID { host.id(in: path, "HEAD") }

  /// Starts a run of this clone with one workstream, named by a number.
  func start(_ number: UInt16) throws -> LedgerWriter {
    let start = Ledger.start.advanced(bySeconds: Double(number))
    let run = RunID(startedAt: start, salt: number)
    let root = RootRecord(
      base: head, programVersion: "1", details: ["clone": .string(claimed ?? name)])
    return try LedgerWriter.create(
      in: repository, run: run, root: root,
      holder: Holder(host: "here", pid: 1, since: start, nonce: name),
      events: [
        EventDraft(
          .runStarted,
          data: JSONObject([.workstreams: [["id": "ws-1"]], .base: .commit(head)]))
      ], at: start, options: options
    ).writer
  }

  /// A second writer's chain of a run.
  func inbox(_ run: RunID) throws -> LedgerWriter {
    let root = RootRecord(base: head, programVersion: "1")
    return try LedgerWriter.create(
      in: repository, run: run, writer: claimed ?? name, root: root,
      holder: Holder(host: "here", pid: 1, since: Ledger.start, nonce: name), at: Ledger.start,
      options: options
    ).writer
  }
}

extension LedgerWriter {
  /// Records something harmless, durably.
  func record(_ note: String, at time: Timestamp = Ledger.start) async throws {
    try append(
      [EventDraft(.heartbeat, data: JSONObject([.message: .string(note)]))], at: time)
    try await flush()
  }

  /// Brings the run to its end, with a commit as the result of its workstream.
  func finish(tip: ObjectID, at time: Timestamp = Ledger.start) async throws {
    guard let one = WorkstreamID("ws-1") else { return }
    try append(
      [
        EventDraft(.taskReady, workstream: one),
        EventDraft(.taskAssigned, workstream: one, attempt: 1),
        EventDraft(.taskStarted, workstream: one, attempt: 1),
        EventDraft(
          .taskCompleted, workstream: one, attempt: 1,
          data: JSONObject([.tip: .commit(tip)]), anchors: [tip]),
        EventDraft(.runFinished, data: JSONObject([.status: "SUCCEEDED"])),
      ], at: time)
    try await release()
  }
}

extension TestRepository {
  func id(in path: String, _ revision: String) -> ObjectID {
    ObjectID(git("rev-parse", "--verify", "--end-of-options", revision, in: path)) ?? .zero
  }
}
