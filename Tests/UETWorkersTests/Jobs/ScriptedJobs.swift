import Synchronization

@testable import UETWorkers

/// A batch system that answers what the test says, and time that goes on as soon as somebody waits.
final class ScriptedJobs: JobSystem {
  struct Inside {
    var submissions: [[String]] = []
    var submitErrors: [JobError] = []
    var looks: [Result<[JobID: JobState], JobError>] = []
    var looked: [Set<JobID>] = []
    var lookTimes: [Duration] = []
    var found: [Result<[String: JobID], JobError>] = []
    var prefixes: [String] = []
    var idle: [Result<Int?, JobError>] = []
    var notes: [String] = []
    var now = Duration.zero
    var pauses: [Duration] = []
    var lookTakes = Duration.zero
  }

  let inside = Mutex(Inside())

  init(_ set: (inout Inside) -> Void = { _ in }) { inside.withLock { set(&$0) } }

  /// The last answer is given for ever.
  private static func next<T>(_ answers: inout [T]) -> T? {
    answers.count > 1 ? answers.removeFirst() : answers.first
  }

  func submit(_ orders: [JobOrder]) async -> [Result<JobID, JobError>] {
    inside.withLock { inside in
      inside.submissions.append(orders.map(\.name))
      if !inside.submitErrors.isEmpty {
        let error = inside.submitErrors.removeFirst()
        return orders.map { _ in .failure(error) }
      }
      return orders.map { .success(JobID(rawValue: "j-\($0.name)")) }
    }
  }

  func look(at jobs: [JobID]) async throws(JobError) -> [JobID: JobState] {
    let answer = inside.withLock { inside in
      inside.looked.append(Set(jobs))
      inside.lookTimes.append(inside.now)
      inside.now += inside.lookTakes
      return Self.next(&inside.looks) ?? .success([:])
    }
    return try answer.get()
  }

  func cancel(_ jobs: [JobID]) async throws(JobError) {}

  func find(prefix: String) async throws(JobError) -> [String: JobID] {
    let answer = inside.withLock { inside in
      inside.prefixes.append(prefix)
      return Self.next(&inside.found) ?? .success([:])
    }
    return try answer.get()
  }

  func idleCores() async throws(JobError) -> Int? {
    try inside.withLock { Self.next(&$0.idle) ?? .success(nil) }.get()
  }

  func desk() -> JobDesk {
    let pace = JobPace(
      now: { self.inside.withLock { $0.now } },
      pause: { duration in
        self.inside.withLock { inside in
          inside.pauses.append(duration)
          inside.now += duration
        }
        await Task.yield()
      })
    return JobDesk(
      self, pace: pace, note: { line in self.inside.withLock { $0.notes.append(line) } })
  }

  static func order(_ name: String) -> JobOrder {
    JobOrder(name: name, argv: ["true"], log: "/dev/null")
  }
}
