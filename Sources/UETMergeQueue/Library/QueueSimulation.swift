import UETModel

/// What the merge queue makes of candidates of which all is known beforehand: which are integrated,
/// which are set aside and why, and how long each waits.
///
/// The queue is the one that `git uet integrate` works by; git and the gates are made up. The same
/// candidates give the same outcome on every machine.
public struct QueueSimulation: Sendable {
  /// A result that asks to be merged.
  public struct Candidate: Hashable, Sendable {
    /// Its name, as a workstream's: `ws-` and letters, digits or `-`. No other candidate has it.
    public var id: String
    /// When it comes, in seconds since the beginning.
    public var arrival: Double
    /// Seconds that each gate takes with it: one number for each gate of the simulation.
    public var gateSeconds: [Double]
    /// The gate that is red wherever the candidate is merged.
    public var redGate: String?
    /// An earlier candidate together with which it is red for the first gate, though each passes by
    /// itself.
    public var clashesWith: String?

    /// A candidate that comes at the beginning and passes all gates, unless it is said otherwise.
    public init(
      id: String, arrival: Double = 0, gateSeconds: [Double], redGate: String? = nil,
      clashesWith: String? = nil
    ) {
      (self.id, self.arrival, self.gateSeconds) = (id, arrival, gateSeconds)
      (self.redGate, self.clashesWith) = (redGate, clashesWith)
    }
  }

  /// How the queue goes about it, as `integration.strategy` of the configuration says it.
  public enum Strategy: String, CaseIterable, Hashable, Sendable {
    /// One at a time.
    case serial
    /// Several at once, each on top of what those before it are expected to give.
    case speculative
    /// Several as one; where that is red, the culprit is searched for.
    case batch
    /// Whatever each free slot is likely to learn most by.
    case adaptive
    /// Adaptive, or each in its place where gates take hardly any time.
    case auto
  }

  /// What became of a candidate.
  public struct Decision: Hashable, Sendable {
    public let id: String
    /// When it was decided, in seconds since the beginning.
    public let time: Double
    /// Seconds since it came.
    public let wait: Double
    /// Whether it is in the integration branch; if not, it is set aside.
    public let isIntegrated: Bool
    /// Why it is set aside, as `git uet status` says it; nil where it is integrated.
    public let reason: String?
  }

  /// What the simulation found.
  public struct Outcome: Hashable, Sendable {
    /// One for each candidate, in the order in which the queue decided.
    public let decisions: [Decision]
    /// How many gates were run, those included that were stopped.
    public let gateRuns: Int
    /// When the last candidate was decided, in seconds since the beginning.
    public let end: Double
  }

  /// Why candidates cannot be simulated.
  public struct Failure: Error, Hashable, Sendable, CustomStringConvertible {
    /// One line, as git words its errors.
    public let description: String
  }

  private let ids: [WorkstreamID]
  private let changes: [QueuePlay.Change]
  private let gates: [String]

  /// Takes candidates in any order; those that come at one moment stand in line as they are given.
  ///
  /// - Parameters:
  ///   - candidates: Those that ask to be merged.
  ///   - gates: The names of the gates that each of them has to pass, at least one.
  /// - Throws: `Failure` where a name is of no such form or stands twice, a time is negative or no
  ///   number, or a gate or
  ///   candidate is named that there is not.
  public init(_ candidates: [Candidate], gates: [String]) throws(Failure) {
    guard !gates.isEmpty else { throw Failure(description: "there is no gate") }
    let sorted = candidates.enumerated().sorted {
      ($0.element.arrival, $0.offset) < ($1.element.arrival, $1.offset)
    }.map(\.element)
    var places: [String: Int] = [:]
    var ids: [WorkstreamID] = []
    var changes: [QueuePlay.Change] = []
    for (place, candidate) in sorted.enumerated() {
      guard let id = WorkstreamID(candidate.id) else {
        throw Failure(description: "\(candidate.id.quoted(limit: 60)) is no name of a candidate")
      }
      guard places.updateValue(place, forKey: candidate.id) == nil else {
        throw Failure(description: "there are two candidates '\(id)'")
      }
      ids.append(id)
      changes.append(try Self.change(candidate, gates, places))
    }
    (self.ids, self.changes, self.gates) = (ids, changes, gates)
  }

  /// A candidate that comes after those of `places`.
  private static func change(
    _ candidate: Candidate, _ gates: [String], _ places: [String: Int]
  ) throws(Failure) -> QueuePlay.Change {
    let name = candidate.id.quoted(limit: 60)
    guard ([candidate.arrival] + candidate.gateSeconds).allSatisfy({ $0 >= 0 && $0 <= mostSeconds })
    else {
      throw Failure(description: "a time of \(name) is not between 0 and \(Int(mostSeconds))")
    }
    guard candidate.gateSeconds.count == gates.count else {
      throw Failure(
        description: "\(name) has \(candidate.gateSeconds.count) times for \(gates.count) gates")
    }
    let red = candidate.redGate.map { gates.firstIndex(of: $0) }
    if let red, red == nil {
      throw Failure(description: "\(name) is red for a gate that there is not")
    }
    let clash = candidate.clashesWith.map { places[$0] }
    if let clash, clash == nil || clash == places[candidate.id] {
      throw Failure(description: "\(name) clashes with a candidate that does not come before it")
    }
    return QueuePlay.Change(
      arrival: candidate.arrival, seconds: candidate.gateSeconds, red: red.flatMap(\.self),
      clash: clash.flatMap(\.self))
  }

  /// About 30 years.
  private static let mostSeconds = 1e9

  /// Plays it to the end of the last candidate.
  ///
  /// - Parameters:
  ///   - strategy: How the queue goes about it.
  ///   - slots: How many gates run at once; at least 1 counts.
  ///   - window: The most candidates that are tried at once; at least 1 counts.
  public func run(strategy: Strategy = .auto, slots: Int = 2, window: Int = 20) -> Outcome {
    var policy = QueuePolicy()
    policy.strategy = .init(rawValue: strategy.rawValue) ?? .auto
    policy.slots = max(1, slots)
    policy.window = max(1, window)
    policy.gates = gates.map { QueueGate(name: $0, key: $0) }
    let result: QueuePlay.Result
    do { result = try QueuePlay.play(changes, ids: ids, policy) } catch {
      preconditionFailure("the queue refuses what was checked: \(error)")
    }
    return Outcome(
      decisions: result.decisions.map {
        Decision(
          id: ids[$0.change].rawValue, time: $0.at, wait: $0.wait,
          isIntegrated: $0.reason == nil, reason: $0.reason)
      }, gateRuns: result.gateRuns, end: result.end)
  }
}
