import UETGit
import UETModel

/// Goes through a chain from its root and proves each commit: what a file system check is for
/// files.
struct ChainExamination {
  private let reader: LedgerReader
  private let isMain: Bool
  private var state: RunState
  private var sequence = 0
  private var lastTime: Timestamp?
  private var epoch = 0
  private var claim: ObjectID?
  private var isReleased = false
  /// What follows an event that cannot be folded cannot be judged.
  private var isLost = false
  /// What comes before was proven already.
  private var isContinued = false
  private(set) var report: LedgerReport

  init(_ reader: LedgerReader, _ run: RunID, _ writer: String) {
    self.reader = reader
    isMain = writer == LedgerNames.mainWriter
    state = RunState(run: run)
    report = LedgerReport(run: run, writer: writer)
  }

  /// Goes on behind `end`, the last commit of the chain as it stands here, which was proven before.
  fileprivate init(
    _ reader: LedgerReader, _ run: RunID, _ writer: String, after end: LedgerReader.End
  ) {
    self.init(reader, run, writer)
    (state, sequence, lastTime) = (end.state, end.sequence, end.lastTime)
    (epoch, claim, isReleased) = (end.claim.epoch, end.claim.commit, end.claim.isReleased)
    isContinued = true
  }

  mutating func add(_ commit: ChainCommit) {
    if isLost { return }
    let before = report.problems.count
    report.commits += 1
    checkMessage(commit)
    if report.commits == 1, !isContinued { checkRoot(commit) }
    checkAnchors(commit.anchors, commit)
    checkEvents(commit)
    checkCheckpoint(commit)
    guard report.problems.count == before, before == 0 else { return }
    report.soundUpTo = commit.id
    report.soundEvents = sequence
  }

  private mutating func note(_ commit: ChainCommit, _ reason: String) {
    report.problems.append(LedgerReport.Problem(commit: commit.id, reason: reason))
  }

  private mutating func checkMessage(_ commit: ChainCommit) {
    let message = commit.message
    if message.run != report.run || message.writer != report.writer {
      note(commit, "its trailers name the chain \(message.run)/\(message.writer)")
    }
    if message.claim == nil {
      if message.epoch != epoch + 1 { note(commit, "epoch \(message.epoch) follows \(epoch)") }
      (epoch, claim) = (message.epoch, commit.id)
      report.epochs += 1
    } else {
      if message.epoch != epoch || message.claim != claim {
        note(commit, "it was written in an epoch that is over")
      }
      if isReleased { note(commit, "it was written after its holder gave the run up") }
    }
    isReleased = message.releases
  }

  private mutating func checkRoot(_ commit: ChainCommit) {
    if commit.previous != nil { note(commit, "it is no root, and has no predecessor") }
    do throws(LedgerError) {
      let root = try reader.record(commit)
      if !reader.repository.contains(root.base) { note(commit, "its base is missing") }
    } catch {
      note(commit, error)
    }
  }

  private mutating func note(_ commit: ChainCommit, _ error: LedgerError) {
    if case .broken(_, let reason) = error {
      note(commit, reason)
    } else {
      note(commit, "\(error)")
    }
  }

  private mutating func checkAnchors(_ anchors: [ObjectID], _ commit: ChainCommit) {
    for anchor in anchors where !reader.repository.contains(anchor) {
      note(commit, "commit \(anchor), which it keeps, is missing")
    }
  }

  private mutating func checkCheckpoint(_ commit: ChainCommit) {
    guard let sequence = commit.message.checkpoint else { return }
    report.checkpoints += 1
    do throws(LedgerError) {
      guard let found = try reader.checkpoint(of: commit) else {
        note(commit, "its checkpoint cannot be read")
        return
      }
      if found != state {
        note(commit, "its checkpoint is not the fold of events 1 to \(sequence)")
      } else {
        report.lastCheckpoint = sequence
      }
    } catch {
      note(commit, error)
    }
  }
}

extension ChainExamination {
  private mutating func checkEvents(_ commit: ChainCommit) {
    do throws(LedgerError) {
      let bytes = try reader.file(LedgerFile.events, of: commit) ?? []
      let lines = EventLines.lines(bytes[...])
      let events = try reader.events(of: commit)
      if commit.message.events == nil, !lines.isEmpty {
        note(commit, "it adds events that no trailer names")
      }
      for (line, event) in zip(lines, events) { checkEvent(event, line, commit) }
    } catch {
      note(commit, error)
    }
  }

  private mutating func checkEvent(
    _ event: Event, _ line: ArraySlice<UInt8>, _ commit: ChainCommit
  ) {
    report.events += 1
    let name = "event \(event.seq)"
    if EventLines.identity(of: line) != event.id { note(commit, "\(name) is not what its id says") }
    if event.seq != sequence + 1 { note(commit, "\(name) follows event \(sequence)") }
    if let lastTime, event.at < lastTime { note(commit, "\(name) is earlier than the one before") }
    sequence = event.seq
    lastTime = event.at
    checkNamed(event, commit)
    guard isMain else { return }
    checkOrigin(event, commit)
    if event.fact.gateEnd != nil { report.verdicts.append(event) }
    do throws(RunState.FoldError) {
      try state.apply(event)
    } catch {
      note(commit, "\(name): \(error.message)")
      isLost = true
    }
  }

  /// Every commit that an event names must be there.
  private mutating func checkNamed(_ event: Event, _ commit: ChainCommit) {
    for id in event.fact.named where report.named[id] == nil {
      report.named[id] = event.seq
      if !reader.repository.contains(id) {
        note(commit, "event \(event.seq) names commit \(id), which is missing")
      }
    }
  }

  /// What was admitted must give back the event of the inbox, with its id.
  private mutating func checkOrigin(_ event: Event, _ commit: ChainCommit) {
    guard let origin = event.origin else { return }
    report.admitted.append(origin)
    guard let original = event.original else { return }
    if Repository.hashBlob(original.lineWithoutID) != origin.id {
      note(commit, "event \(event.seq) is not what '\(origin.writer)' wrote as \(origin.id)")
    }
  }
}

extension LedgerReader {
  /// Proves a chain: hashes, sequence, epochs, transitions, checkpoints, and that what it names
  /// exists.
  package func verify(
    _ run: RunID, writer: String = LedgerNames.mainWriter
  ) throws(LedgerError) -> LedgerReport {
    let tip = try tip(of: run, writer: writer)
    var examination = ChainExamination(self, run, writer)
    do throws(LedgerError) {
      try walk(to: tip) { examination.add($0) }
      return examination.report
    } catch {
      guard case .broken(let commit, let reason) = error else { throw error }
      // The way back ends here: what is newer cannot be proven, but a checkpoint may still be used.
      var report = examination.report
      report.problems.insert(LedgerReport.Problem(commit: commit, reason: reason), at: 0)
      report.lastCheckpoint = try? state(of: run).sequence
      return report
    }
  }

  /// Proves what a chain would have if it ended at `tip`, from its root, or, where it is here
  /// already, behind the end that it has here. Nil where it does not go on from that end.
  ///
  /// What the other `verify` throws of a commit that cannot be read is a problem of the report.
  package func verify(
    _ run: RunID, writer: String, endingAt tip: ObjectID
  ) throws(LedgerError) -> LedgerReport? {
    let end = try knownEnd(of: run, writer: writer)
    var examination =
      end.map { ChainExamination(self, run, writer, after: $0) }
      ?? ChainExamination(self, run, writer)
    do throws(LedgerError) {
      guard try walk(to: tip, after: end?.tip, { examination.add($0) }) else { return nil }
      return examination.report
    } catch {
      guard case .broken(let commit, let reason) = error else { throw error }
      var report = examination.report
      report.problems.insert(LedgerReport.Problem(commit: commit, reason: reason), at: 0)
      return report
    }
  }

  private func knownEnd(of run: RunID, writer: String) throws(LedgerError) -> End? {
    let known = try LedgerError.wrap { () throws(GitError) in
      try repository.reference(names.chain(run, writer))
    }
    guard known != nil else { return nil }
    return try end(of: run, writer: writer)
  }
}
