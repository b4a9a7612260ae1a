import Synchronization
import Testing
import UETModel

@testable import UETEngine

/// What comes between a driver and its end.
enum Mishap: String, CaseIterable, Sendable, CustomTestStringConvertible {
  /// The process dies before facts are staged.
  case diesBeforeRecord
  /// Facts are staged, and the process dies before they are written.
  case diesBeforeWrite
  /// They are written, and nothing that follows from them was done.
  case diesAfterWrite
  /// Some of what follows was done, the next was not.
  case diesBeforeEffect
  /// It was done, and what came of it was never heard of.
  case diesAfterEffect
  /// The record takes no facts, or cannot be written; the process lives on and lets go.
  case recordRefuses, writeFails

  var testDescription: String { rawValue }
}

/// Lets one mishap happen, the first time or a later one, and counts how often it could have.
final class Fate: Sendable {
  private let planned: (mishap: Mishap, place: Int)?
  private let counts = Mutex<[Mishap: Int]>([:])
  private let died = Mutex(false)

  init(_ planned: (mishap: Mishap, place: Int)? = nil) { self.planned = planned }

  /// Whether the process is dead: it does nothing any more.
  var isDead: Bool { died.withLock { $0 } }

  func count(_ mishap: Mishap) -> Int { counts.withLock { $0[mishap] ?? 0 } }

  /// Whether it happens here; what kills the process has killed it then.
  func strikes(_ mishap: Mishap) -> Bool {
    let count = counts.withLock { counts in
      counts[mishap, default: 0] += 1
      return counts[mishap] ?? 0
    }
    guard let planned, planned == (mishap, count) else { return false }
    if mishap != .recordRefuses, mishap != .writeFails { died.withLock { $0 = true } }
    return true
  }
}

/// The disk is full, or the process is not there any more.
struct Struck: Error {}

/// A record in memory: what is durable outlives the process, what is staged does not.
final class MemoryRecord: Record {
  private struct Content {
    var durable: [Event] = []
    var staged: [Event] = []
    var fold: RunState?
    var files: [String] = []
    var writes = 0
  }

  private let content: Mutex<Content>
  private let fate: Fate
  private let run: RunID

  init(_ run: RunID, _ durable: [Event], _ fate: Fate) throws {
    var state = RunState(run: run)
    for event in durable { try state.apply(event) }
    content = Mutex(Content(durable: durable, fold: state))
    self.fate = fate
    self.run = run
  }

  var durable: [Event] { content.withLock { $0.durable } }
  var staged: [Event] { content.withLock { $0.staged } }
  var fold: RunState? { content.withLock { $0.fold } }
  var writes: Int { content.withLock { $0.writes } }

  func lend() -> RunState { content.withLock { $0.fold.take() } ?? RunState(run: run) }

  func giveBack(_ state: RunState) { content.withLock { $0.fold = state } }

  func append(
    _ drafts: [EventDraft], at time: Timestamp, isPromised: (ObjectID) -> Bool
  ) throws -> [Event] {
    if drafts.isEmpty { return [] }
    if fate.strikes(.diesBeforeRecord) || fate.strikes(.recordRefuses) || fate.isDead {
      throw Struck()
    }
    return content.withLock { content in
      let next = content.durable.count + content.staged.count + 1
      let events = drafts.enumerated().map { offset, draft in
        Event(draft, seq: next + offset, writer: "main", at: time) { _ in .zero }
      }
      content.staged += events
      return events
    }
  }

  func attach(_ name: String, _ bytes: [UInt8]) { content.withLock { $0.files.append(name) } }

  func flush(_ fold: RunState?) throws {
    if fate.strikes(.diesBeforeWrite) || fate.strikes(.writeFails) || fate.isDead {
      throw Struck()
    }
    content.withLock { content in
      content.durable += content.staged
      content.staged = []
      content.writes += 1
    }
    if fate.strikes(.diesAfterWrite) { throw Struck() }
  }

  var tip: ObjectID { .zero }

  func discard() { content.withLock { $0.staged = [] } }
}
