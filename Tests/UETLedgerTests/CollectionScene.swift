import Foundation
import Synchronization
import UETGit
import UETModel
import UETTestSupport

@testable import UETLedger

/// A repository in which one part of the program is about to write several objects and to move a
/// reference.
final class CollectionScene: Sendable {
  /// Everything that does that.
  enum Part: String, CaseIterable, Sendable {
    case append, checkpoint, claim, inbox, notes
    /// A batch of so many objects that they become a pack.
    case many
    case mergedNotes = "merged notes"
    case archive
    case mergedArchives = "merged archives"
    case union
  }

  let ledger: Ledger
  private let part: Part
  private let writer: LedgerWriter
  private let listener: Listener

  private final class Listener: Sendable {
    let action = Mutex<(@Sendable (CrashPoint) -> Void)?>(nil)
  }

  init(_ part: Part) async throws {
    self.part = part
    var ledger = try Ledger()
    let listener = Listener()
    ledger.options.reached = { point in listener.action.withLock { $0 }?(point) }
    self.ledger = ledger
    self.listener = listener
    writer = try ledger.create([
      EventDraft(.runStarted, data: JSONObject([.workstreams: [["id": "ws-1"]]]))
    ])
    if ![.append, .many, .checkpoint].contains(part) {
      try await writer.finish(tip: ledger.commits[1])
    }
    try prepare()
  }

  private func prepare() throws {
    let test = ledger.test
    switch part {
    case .mergedNotes:
      test.git("notes", "--ref=uet", "add", "-m", "both", ledger.commits[0].hex)
      test.git("update-ref", "refs/notes/other", "refs/notes/uet")
      test.git("notes", "--ref=uet", "add", "-m", "ours", ledger.commits[1].hex)
      test.git("notes", "--ref=other", "add", "-m", "theirs", ledger.commits[2].hex)
    case .mergedArchives:
      for name in ["archive", "archive-other"] {
        let state = RunState(run: name == "archive" ? ledger.run : Self.otherRun)
        let entry = ArchivedRun(state, references: ["runs/x/main": [writer.tip]])
        try reference(name).add([entry], at: Ledger.start)
      }
    case .union:
      test.git("update-ref", "refs/uet/resolutions", "HEAD")
      test.git("switch", "-q", "-c", "other", "HEAD~1")
      test.commit("another file", ["b.txt": "b\n"])
    default: break
    }
    // Whatever the test itself left is not what it is about.
    test.git("prune", "--expire=now")
  }

  private static let otherRun = RunID(startedAt: Ledger.start, salt: 0xcafe)

  private func reference(_ name: String) throws -> ArchiveReference {
    ArchiveReference(
      repository: ledger.repository, name: "refs/uet/\(name)", options: ledger.options)
  }

  /// Lets the part write; `reached` is told of each point on the way.
  func perform(_ reached: @escaping @Sendable (CrashPoint) -> Void) async throws {
    listener.action.withLock { $0 = reached }
    defer { listener.action.withLock { $0 = nil } }
    let test = ledger.test
    switch part {
    case .append: try await writer.record("one")
    case .many:
      for number in 0..<20 { try writer.attach("\(number).log", Array("\(number)".utf8)) }
      try await writer.record("one")
    case .checkpoint: try await writer.record("late", at: Ledger.start.advanced(bySeconds: 60))
    case .claim: _ = try ledger.open(takingOver: true)
    case .inbox:
      let inbox = InboxWriter(
        repository: ledger.repository, run: ledger.run, writer: "clone-1", options: ledger.options)
      try inbox.append(
        [EventDraft(.heartbeat)], base: ledger.commits[0], program: "1", at: Ledger.start)
    case .notes:
      try LedgerNotes(repository: ledger.repository, options: ledger.options).update(ledger.run)
    case .mergedNotes:
      _ = try LedgerNotes(repository: ledger.repository, options: ledger.options)
        .merge(test.id("refs/notes/other"), verdicts: false)
    case .archive:
      let state = try ledger.reader.state(of: ledger.run)
      let entry = ArchivedRun(state, references: ["runs/x/main": [writer.tip]])
      try reference("archive").add([entry], at: Ledger.start)
    case .mergedArchives:
      try reference("archive").merge(test.id("refs/uet/archive-other"))
    case .union:
      _ = try FileUnion(
        repository: ledger.repository, name: "refs/uet/resolutions", options: ledger.options
      ).merge(test.id("other"))
    }
  }

  /// The objects' files that a collection would take which looks at the references now.
  func unreferenced() -> [String] {
    let folder = ledger.test.path + "/.git/objects"
    return ledger.test.git("prune", "-n", "--expire=now").split(separator: "\n").compactMap {
      line in
      guard let id = ObjectID(line.prefix { $0 != " " }) else { return nil }
      return LooseChain.path(id, in: folder)
    }
  }

  /// What another process finds wrong.
  func faults() throws -> [String] {
    let check = ledger.test.tryGit(["fsck", "--strict", "--no-dangling"])
    let report = try ledger.reopened().reader.verify(ledger.run)
    return (check.status == 0 ? [] : [check.errors + check.text])
      + report.problems.map { "\($0)" }
  }
}

/// A process that anybody takes for a `git gc` at work.
final class RunningCollection {
  private let process = Process()
  private let file: String

  init(in repository: Repository) throws {
    file = "\(repository.commonDirectory)/gc.pid"
    process.executableURL = URL(fileURLWithPath: TestRepository.gitProgram)
    process.arguments = ["-C", repository.commonDirectory, "cat-file", "--batch"]
    process.standardInput = Pipe()
    process.standardOutput = Pipe()
    try process.run()
    TemporaryDirectory.write(
      Array("\(process.processIdentifier) \(SystemProcesses.hostName)".utf8), to: file)
  }

  func end() {
    unlink(file)
    kill(process.processIdentifier, SIGKILL)
  }

  deinit { end() }
}
