import UETGit
import UETModel

/// Reads what is new in one inbox, trusting nothing in it.
struct InboxReading {
  /// One event, and the commit of the inbox that holds it.
  struct Entry: Hashable, Sendable {
    let event: Event
    let commit: ObjectID
  }

  let reader: LedgerReader
  let inbox: Inbox
  let limits: InboxPolicy.Limits
  /// The last event that was admitted.
  let last: EventOrigin?

  /// Why a chain cannot be read on; for the record, so that it names the commit.
  struct Fault: Error, Hashable, Sendable {
    let reason: String

    init(_ reason: String) { self.reason = reason }

    init(_ commit: ObjectID, _ reason: String) { self.reason = "commit \(commit): \(reason)" }
  }

  /// The events after the last admitted one, in their order, at most `limit`; those before a fault
  /// count, and nothing after it.
  func entries(atMost limit: Int) -> (entries: [Entry], fault: Fault?) {
    var entries: [Entry] = []
    do throws(Fault) {
      var end = (seq: last?.seq ?? 0, at: last?.at)
      for commit in try fresh() {
        for event in try events(of: commit, after: end) {
          if entries.count == limit { return (entries, nil) }
          entries.append(Entry(event: event, commit: commit.id))
          end = (event.seq, event.at)
        }
      }
      return (entries, nil)
    } catch {
      return (entries, error)
    }
  }

  /// The commits that may hold something new, the oldest first: from the one that holds the last
  /// admitted event, or from the root. None where the chain is an earlier piece of what was
  /// admitted.
  private func fresh() throws(Fault) -> [ChainCommit] {
    var later: [ChainCommit] = []
    var next: ObjectID? = inbox.tip
    while let id = next {
      guard later.count < limits.commits else {
        throw Fault("it has more than \(limits.commits) new commits")
      }
      let commit = try read(id)
      later.append(commit)
      if id == last?.commit { return later.reversed() }
      next = commit.previous
      if next == nil, commit.message.claim != nil { throw Fault(id, "it is no root") }
    }
    guard let last else { return later.reversed() }
    if reader.repository.contains(last.commit),
      (try? reader.repository.isAncestor(inbox.tip, of: last.commit)) == true
    {
      return []
    }
    throw Fault(
      "it does not contain commit \(last.commit), of which event \(last.seq) was admitted")
  }

  private func read(_ id: ObjectID) throws(Fault) -> ChainCommit {
    try limit(id, "the commit", of: id)
    let commit: ChainCommit
    do throws(LedgerError) { commit = try reader.commit(id) } catch { throw Fault(error, id) }
    guard commit.message.run == inbox.run, commit.message.writer == inbox.writer else {
      throw Fault(id, "it belongs to \(commit.message.run)/\(commit.message.writer)".terminalSafe)
    }
    guard commit.message.epoch == 1 else { throw Fault(id, "an inbox has one epoch") }
    return commit
  }

  private func limit(_ object: ObjectID, _ what: String, of commit: ObjectID) throws(Fault) {
    guard let size = try? reader.repository.size(of: object) else {
      throw Fault(commit, "\(what) cannot be read")
    }
    guard size <= limits.bytes else {
      throw Fault(commit, "\(what) is larger than \(limits.bytes) bytes")
    }
  }
}

extension InboxReading {
  /// The events of a commit that come after `end`, each proven.
  private func events(
    of commit: ChainCommit, after end: (seq: Int, at: Timestamp?)
  ) throws(Fault) -> [Event] {
    guard let range = commit.message.events else { return [] }
    // The commit of the last admitted event holds later ones where admitting stopped in between.
    let continues =
      commit.id == last?.commit ? range.contains(end.seq) : range.lowerBound == end.seq + 1
    guard continues else {
      throw Fault(commit.id, "event \(range.lowerBound) follows event \(end.seq)")
    }
    try limit(commit.tree, "its tree", of: commit.id)
    let lines = EventLines.lines(try content(of: commit)[...])
    guard lines.count == range.count else {
      throw Fault(commit.id, "its events are not those of its trailer")
    }
    var result: [Event] = []
    for (line, number) in zip(lines, range) {
      let event = try prove(line, number, commit)
      if number == last?.seq, event.id != last?.id {
        throw Fault(commit.id, "event \(number) is not the one that was admitted")
      }
      guard number > end.seq else { continue }
      if let before = result.last?.at ?? end.at, event.at < before {
        throw Fault(commit.id, "event \(number) is earlier than the one before")
      }
      result.append(event)
    }
    return result
  }

  private func content(of commit: ChainCommit) throws(Fault) -> [UInt8] {
    let found = try? reader.repository.entry(at: LedgerFile.events, in: commit.tree)
    guard let entry = found ?? nil else {
      throw Fault(commit.id, "it has no '\(LedgerFile.events)'")
    }
    try limit(entry.id, "'\(LedgerFile.events)'", of: commit.id)
    guard let bytes = try? reader.repository.blob(entry.id) else {
      throw Fault(commit.id, "'\(LedgerFile.events)' cannot be read")
    }
    return bytes
  }

  private func prove(
    _ line: ArraySlice<UInt8>, _ number: Int, _ commit: ChainCommit
  ) throws(Fault) -> Event {
    let name = "event \(number)"
    guard line.count <= limits.line else {
      throw Fault(commit.id, "\(name) is longer than \(limits.line) bytes")
    }
    guard let event = try? Event(line: line) else { throw Fault(commit.id, "\(name) is no event") }
    guard event.seq == number else {
      throw Fault(commit.id, "\(name) says that it is event \(event.seq)")
    }
    guard event.writer == inbox.writer else {
      throw Fault(commit.id, "\(name) says that another writer wrote it")
    }
    // What is admitted is written anew, and has to give the same id again.
    guard event.line.elementsEqual(line) else {
      throw Fault(commit.id, "\(name) is not in canonical form")
    }
    guard EventLines.identity(of: line) == event.id else {
      throw Fault(commit.id, "\(name) is not what its id says")
    }
    return event
  }
}

extension InboxReading.Fault {
  init(_ error: LedgerError, _ commit: ObjectID) {
    if case .broken(let bad, let reason) = error {
      self.init(bad, reason)
    } else {
      self.init(commit, "it cannot be read")
    }
  }
}
