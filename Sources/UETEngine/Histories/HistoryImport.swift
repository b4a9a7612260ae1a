import UETGit
import UETLedger
import UETModel

/// Takes the history of the Python pipeline into the record: each run that is over becomes a run
/// here, which is read like any other and gone on with by nobody.
///
/// A run's name follows from its start and its name there, and what is written from the rows alone.
/// So the same file gives the same commits in every clone, and a second import finds them.
package struct HistoryImport: Sendable {
  package enum Standing: String, CaseIterable, Hashable, Sendable {
    case added
    /// It was imported before, and is the same at its source.
    case unchanged
    /// It was imported before, and its source says something else now. It stays as it was.
    case changed
    /// A person took it away here.
    case forgotten
    /// It may be going on.
    case open
  }

  /// One run of the source.
  package struct Entry: Sendable {
    /// Its name at the source.
    package let name: String
    /// nil where it has none here.
    package let run: RunID?
    package let standing: Standing
    package let status: RunState.Status?
    package let start: Timestamp?
    package let seconds: Double?
    package let attempts: Int
    package let failures: Int
    package let cost: Double
  }

  /// As they lie in time, and those that are not over.
  package let entries: [Entry]
  package let remarks: [HistoryRemark]

  /// - Parameters:
  ///   - path: The database.
  ///   - shown: What messages call it.
  package init(
    pipeline path: String, as shown: String, in project: Project, isDryRun: Bool
  ) async throws {
    let database = try ForeignDatabase(
      reading: path, as: shown, tables: PipelineTables.names, scratch: project.stateDirectory)
    guard let tables = PipelineTables(database.tables, columns: database.columns) else {
      throw Refusal(
        .usage, "\(shown.quoted()) is no database of the pipeline: no table of its state is in it",
        hint: "name the file that holds the state, as state/pipeline_state.db")
    }
    let history = PipelineHistory(tables, now: project.clock.now())
    var writing = HistoryWriting(project)
    var entries: [Entry] = []
    var remarks = history.remarks
    for run in history.runs {
      guard let moments = HistoryWriting.sound(run) else {
        remarks.append(
          .init("contradiction", "its rows contradict each other", run: run.origin.name))
        continue
      }
      let (id, standing) = try writing.standing(of: run, moments)
      if standing == .added, !isDryRun { try await writing.write(id, run, moments) }
      entries.append(Entry(run, id, standing))
    }
    if !isDryRun { _ = try? project.cache.catchUp() }
    self.entries = entries + history.open.map { Entry(open: $0) }
    self.remarks = remarks + Self.others(database)
  }

  private static func others(_ database: ForeignDatabase) -> [HistoryRemark] {
    database.others.filter { $0.value > 0 && $0.key != "schema_meta" }
      .sorted { $0.key < $1.key }.map { name, count in
        HistoryRemark("table_left_out", "table '\(name)' left out, \(count.counting("row"))")
      }
  }
}

extension HistoryImport.Entry {
  fileprivate init(_ past: PastRun, _ run: RunID, _ standing: HistoryImport.Standing) {
    (name, self.run, self.standing) = (past.origin.name, run, standing)
    (status, start) = (past.status, past.start)
    seconds = past.end.seconds(since: past.start)
    let all = past.work.flatMap(\.attempts)
    (attempts, failures) = (all.count, all.count { $0.outcome == .failed })
    cost = past.usage.reduce(0) { $0 + ($1.cost ?? 0) }
  }

  fileprivate init(open name: String) {
    (self.name, run, standing) = (name, nil, .open)
    (status, start, seconds) = (nil, nil, nil)
    (attempts, failures, cost) = (0, 0, 0)
  }
}

/// Looks for runs that were imported, and writes those that were not.
struct HistoryWriting {
  private let project: Project
  private let reader: LedgerReader
  private let forgotten: Set<String>
  private var known: Set<RunID>?
  private var start: ObjectID?

  init(_ project: Project) {
    (self.project, reader) = (project, project.reader)
    forgotten = project.forgottenRuns
  }

  /// The events of a run that can follow each other; nil where there are none.
  static func sound(_ run: PastRun) -> [PastRun.Moment]? {
    [true, false].lazy.map { run.moments(withPool: $0) }.first { follows($0, run) }
  }

  private static func follows(_ moments: [PastRun.Moment], _ run: PastRun) -> Bool {
    var state = RunState(run: RunID(startedAt: run.start, salt: 0))
    for (index, moment) in moments.enumerated() {
      let event = Event(
        moment.draft, seq: index + 1, writer: LedgerNames.mainWriter, at: moment.at,
        identify: Repository.hashBlob)
      do { try state.apply(event) } catch { return false }
    }
    return true
  }

  /// What the run is called here, and what of it is here. Of runs that began in the same second
  /// each has a name of its own.
  mutating func standing(
    of run: PastRun, _ moments: [PastRun.Moment]
  ) throws -> (RunID, HistoryImport.Standing) {
    var salt = Self.salt(run.origin.name)
    while true {
      let id = RunID(startedAt: run.start, salt: salt)
      if forgotten.contains(id.rawValue) { return (id, .forgotten) }
      guard try isKnown(id) else { return (id, .added) }
      if let imported = try reader.root(of: id).details["imported"],
        ImportedRun(json: imported) == run.origin
      {
        let isSame = imported["digest"]?.string == Self.digest(moments)
        return (id, isSame ? .unchanged : .changed)
      }
      salt &+= 1
    }
  }

  private mutating func isKnown(_ run: RunID) throws -> Bool {
    let known = try self.known ?? Set(reader.runs() + reader.archive.runs())
    self.known = known
    return known.contains(run)
  }

  private static func salt(_ name: String) -> UInt16 {
    let bytes = Repository.hashBlob(Array(name.utf8)).bytes
    return bytes.prefix(2).reduce(0) { $0 << 8 | UInt16($1) }
  }

  private static func digest(_ moments: [PastRun.Moment]) -> String {
    var lines: [UInt8] = []
    for moment in moments {
      let draft = moment.draft
      let line: [String] = [
        moment.at.description, draft.type.rawValue, draft.workstream?.rawValue ?? "",
        draft.attempt.map(String.init) ?? "", draft.worker ?? "",
        JSONValue.object(draft.data).encoded(),
      ]
      lines += (line.joined(separator: "\t") + "\n").utf8
    }
    return Repository.hashBlob(lines).hex
  }

  /// Writes the whole chain, given up at once: nobody holds what is over. Nothing of this clone or
  /// this moment is in it, nor is it sealed.
  mutating func write(
    _ id: RunID, _ run: PastRun, _ moments: [PastRun.Moment]
  ) async throws {
    Repository.enableFsync()
    var options = project.ledgerOptions
    options.isSealed = false
    // A few objects a run: git packs them in its time.
    options.git = nil
    let origin: JSONValue = [
      "program": .string(run.origin.program), "run": .string(run.origin.name),
      "digest": .string(Self.digest(moments)),
    ]
    let root = RootRecord(
      base: try unknownStart(), programVersion: run.origin.program,
      details: ["kind": "imported", "imported": origin, "workers": .integer(Int64(run.workers))])
    let holder = Holder(host: "", pid: 0, since: run.start, nonce: "imported")
    let ledger: LedgerWriter
    do {
      (ledger, _) = try LedgerWriter.create(
        in: project.repository, run: id, root: root, holder: holder,
        events: [moments[0].draft], at: moments[0].at, options: options)
    } catch LedgerError.runExists {
      // Another import was quicker with the same.
      return
    }
    for moment in moments.dropFirst() { try ledger.append([moment.draft], at: moment.at) }
    try await ledger.release()
  }

  /// The commit that a run started from is not known. In its place a chain has this one, of no
  /// files, no parents and no time.
  private mutating func unknownStart() throws -> ObjectID {
    if let start { return start }
    let nobody = Signature(
      name: "git-uet", email: "git-uet@localhost", at: Timestamp(seconds: 0))
    let commit = try project.repository.writeCommit(
      tree: project.repository.writeTree([]), parents: [],
      message: "the start of an imported run, whose commit is not known\n", author: nobody,
      committer: nobody)
    start = commit
    return commit
  }
}
