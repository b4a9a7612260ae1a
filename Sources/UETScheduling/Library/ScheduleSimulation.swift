import UETModel

/// What the dispatcher makes of work of which all is known beforehand: when each attempt runs, and
/// why what does not run waits.
///
/// The dispatcher is the one that `git uet run` works by; the attempts are made up. The same work
/// gives the same schedule on every machine.
public struct ScheduleSimulation: Sendable {
  /// A workstream and its luck.
  public struct Work: Hashable, Sendable {
    /// Its name: `ws-` and letters, digits or `-`. No other work has it.
    public var id: String
    /// How long each of its attempts takes.
    public var seconds: Double
    /// Names of those that have to succeed before it starts.
    public var dependsOn: [String]
    /// Whether nothing may run beside it.
    public var runsAlone: Bool
    /// How many of its first attempts fail.
    public var failures: Int

    /// Work that depends on nothing and succeeds at once, unless it is said otherwise.
    public init(
      id: String, seconds: Double, dependsOn: [String] = [], runsAlone: Bool = false,
      failures: Int = 0
    ) {
      (self.id, self.seconds, self.dependsOn) = (id, seconds, dependsOn)
      (self.runsAlone, self.failures) = (runsAlone, failures)
    }
  }

  /// Work of which no two run at a time.
  public struct Conflict: Hashable, Sendable {
    /// What they share, as reasons name it: a path or the name of a group.
    public var name: String
    public var members: [String]

    public init(name: String, members: [String]) { (self.name, self.members) = (name, members) }
  }

  /// One attempt; times are seconds since the beginning.
  public struct Attempt: Hashable, Sendable {
    public let id: String
    /// From 1.
    public let number: Int
    /// The name of the worker that it had.
    public let worker: String
    public let start: Double
    public let end: Double
    public let hasSucceeded: Bool
  }

  /// A time in which work waited for one thing; times are seconds since the beginning.
  public struct Wait: Hashable, Sendable {
    public let id: String
    public let start: Double
    public let end: Double
    /// For people, as `git uet status` words it.
    public let reason: String
  }

  /// What the simulation found.
  public struct Outcome: Hashable, Sendable {
    /// In the order of their ends.
    public let attempts: [Attempt]
    /// In the order of their ends.
    public let waits: [Wait]
    /// Work that did not succeed, in plan order, each with the reason.
    public let failed: [String: String]
    /// When the last attempt ended, in seconds since the beginning.
    public let end: Double
  }

  /// Why work cannot be simulated.
  public struct Failure: Error, Hashable, Sendable, CustomStringConvertible {
    /// One line, as git words its errors.
    public let description: String
  }

  private let work: [Work]
  private let plan: DispatchPlan

  /// Takes work in the order in which it is to start where nothing else decides.
  ///
  /// - Throws: `Failure` where a name is of no such form, stands twice or belongs to no work, where
  ///   work waits for
  ///   itself, or where a time is negative or no number.
  public init(_ work: [Work], conflicts: [Conflict] = []) throws(Failure) {
    var places: [String: Int] = [:]
    for (place, one) in work.enumerated() { places[one.id] = places[one.id] ?? place }
    let items = try work.map { (one) throws(Failure) in
      guard let id = WorkstreamID(one.id) else {
        throw Failure(description: "\(one.id.quoted(limit: 60)) is no name of a workstream")
      }
      guard one.seconds >= 0, one.seconds <= Self.mostSeconds else {
        throw Failure(
          description: "the time of '\(id)' is not between 0 and \(Int(Self.mostSeconds))")
      }
      return DispatchPlan.Item(
        id: id, dependsOn: try Self.places(one.dependsOn, in: places), isExclusive: one.runsAlone)
    }
    let groups = try conflicts.map { (conflict) throws(Failure) in
      DispatchPlan.ConflictGroup(
        name: conflict.name, owners: try Self.places(conflict.members, in: places))
    }
    do { plan = try DispatchPlan(items: items, conflicts: groups) } catch {
      throw Failure(description: error.description)
    }
    self.work = work
  }

  private static func places(
    _ names: [String], in places: [String: Int]
  ) throws(Failure) -> [Int] {
    try names.map { (name) throws(Failure) in
      guard let place = places[name] else {
        throw Failure(description: "there is no work \(name.quoted(limit: 60))")
      }
      return place
    }
  }

  /// About 30 years.
  private static let mostSeconds = 1e9

  /// Plays it until nothing can start any more.
  ///
  /// - Parameters:
  ///   - workers: How many attempts run at a time; at least 1 counts.
  ///   - maximumAttempts: How many attempts are made at each; at least 1 counts.
  public func run(workers: Int, maximumAttempts: Int = 3) -> Outcome {
    var policy = DispatchPolicy(workers: max(1, workers))
    policy.retry.maxAttempts = max(1, maximumAttempts)
    // An attempt that fails here says nothing of the tool.
    policy.breaker.failures = 0
    var play = SchedulePlay(plan, policy, work)
    do { return try play.outcome() } catch {
      preconditionFailure("the dispatcher refuses what was checked: \(error)")
    }
  }
}
