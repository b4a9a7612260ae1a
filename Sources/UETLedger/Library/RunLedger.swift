import UETGit
import UETModel

/// The record of runs in a repository, read as git has it: nothing is written, and no cache is made
/// or asked.
///
/// Runs of other versions of git-uet are read as well: what a newer one added is passed over, and
/// where that cannot be done an error says so.
public struct RunLedger: Sendable {
  private let reader: LedgerReader

  /// Opens the repository that a folder lies in, as git would find it.
  ///
  /// - Parameters:
  ///   - path: A folder of a checkout, or a bare repository.
  ///   - prefix: Where the record's references are, which `uet.refPrefix` of git's configuration may have changed.
  ///   - environment: What counts of it is `GIT_DIR` and what else git itself heeds; nothing is taken from the
  ///     process's own.
  /// - Throws: `Failure` where there is no repository, or one that cannot be read.
  public init(
    repository path: String, prefix: String = "refs/uet", environment: [String: String] = [:]
  ) throws(Failure) {
    reader = try Failure.wrap {
      LedgerReader(
        repository: try Repository.open(discoveringFrom: path, environment: environment),
        names: LedgerNames(prefix: prefix))
    }
  }

  /// The names of the runs, the newest first, as `20261121-013055-1a2b`; not those that were
  /// archived, which are read like any other where their name is known.
  public func runs() throws(Failure) -> [String] {
    try Failure.wrap { try reader.runs().map(\.rawValue) }
  }

  /// A run as its record says: the fold of all its events.
  public func run(_ name: String) throws(Failure) -> RecordedRun {
    let run = try Failure.run(name)
    return RecordedRun(try Failure.wrap { try reader.state(of: run) })
  }

  /// The run as it was after the event of that number.
  public func run(_ name: String, atEvent number: Int) throws(Failure) -> RecordedRun {
    let run = try Failure.run(name)
    return RecordedRun(try Failure.wrap { try reader.state(of: run, at: .sequence(number)) })
  }

  /// The events of a run in their order, those after `number` alone.
  ///
  /// All of them are held in memory; `forEachEvent` does without.
  public func events(of name: String, after number: Int = 0) throws(Failure) -> [RecordedEvent] {
    var events: [RecordedEvent] = []
    try forEachEvent(of: name, after: number) { events.append($0) }
    return events
  }

  /// Calls `body` with each event of a run after that of `number`, in their order.
  public func forEachEvent(
    of name: String, after number: Int = 0, _ body: (RecordedEvent) -> Void
  ) throws(Failure) {
    let run = try Failure.run(name)
    try Failure.wrap { try reader.events(of: run, after: number) { body(RecordedEvent($0)) } }
  }

  /// Why a record cannot be read.
  public struct Failure: Error, Hashable, Sendable, CustomStringConvertible {
    /// One line, as git words its errors; safe on a terminal.
    public let description: String
    /// What to do about it, where that is known.
    public let hint: String?

    fileprivate static func wrap<Value>(_ body: () throws -> Value) throws(Failure) -> Value {
      do { return try body() } catch {
        let refusal = Refusal(error)
        throw Failure(
          description: refusal.messages.joined(separator: "\n"), hint: refusal.hints.first)
      }
    }

    fileprivate static func run(_ name: String) throws(Failure) -> RunID {
      guard let run = RunID(name) else {
        throw Failure(description: "\(name.quoted(limit: 60)) is no name of a run", hint: nil)
      }
      return run
    }
  }
}
