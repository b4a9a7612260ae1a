import Testing
import UETTestSupport

@testable import UETWorkers

/// Orders that wait for a system, and looks that say nothing, by a clock of the test.
@Suite struct JobDeskTests {
  private let job = JobID(rawValue: "7")

  @Test func ordersOfOneMomentAreOneHandOver() async throws {
    let jobs = ScriptedJobs()
    let desk = jobs.desk()
    let ids = try await withThrowingTaskGroup(of: JobID.self) { group in
      for number in 1...50 {
        group.addTask { try await desk.submit(ScriptedJobs.order("a-\(number)")) }
      }
      return try await group.reduce(into: Set()) { $0.insert($1) }
    }
    #expect(ids.count == 50)
    let submissions = jobs.inside.withLock { $0.submissions }
    #expect(submissions.flatMap(\.self).count == 50)
    #expect(submissions.count < 50)
  }

  @Test func refusedIsTheSubmittersAlone() async throws {
    let jobs = ScriptedJobs { $0.submitErrors = [.refused("no such partition")] }
    let desk = jobs.desk()
    await #expect(throws: JobError.refused("no such partition")) {
      try await desk.submit(ScriptedJobs.order("a"))
    }
    #expect(try await desk.submit(ScriptedJobs.order("b")).rawValue == "j-b")
    #expect(jobs.inside.withLock { $0.notes } == [])
  }

  @Test func waitsForHours() async throws {
    let down = Array(repeating: JobError.unreachable("connect failure"), count: 100)
    let jobs = ScriptedJobs { $0.submitErrors = down }
    let job = try await jobs.desk().submit(ScriptedJobs.order("a"))
    #expect(job.rawValue == "j-a")
    let inside = jobs.inside.withLock { $0 }
    #expect(inside.submissions.count == 101)
    #expect(inside.now > .seconds(3600))
    #expect(inside.pauses.contains(.seconds(60)) && inside.pauses.max() == .seconds(60))
    #expect(
      inside.notes == [
        "the batch system does not answer: connect failure; waiting for it",
        "the batch system answers again",
      ])
  }

  /// What was taken without an answer is there once.
  @Test func whatMayHaveBeenTakenIsLookedForByName() async throws {
    let jobs = ScriptedJobs {
      $0.submitErrors = [.unreachable("timed out")]
      $0.found = [
        .failure(.unreachable("timed out")), .failure(.unreachable("timed out")),
        .success(["uet-r-a": JobID(rawValue: "12"), "uet-r-other": JobID(rawValue: "13")]),
      ]
    }
    let desk = jobs.desk()
    async let first = desk.submit(ScriptedJobs.order("uet-r-a"))
    #expect(try await first.rawValue == "12")
    let inside = jobs.inside.withLock { $0 }
    #expect(inside.submissions == [["uet-r-a"]])
    #expect(inside.prefixes == ["uet-r-a", "uet-r-a", "uet-r-a"])
  }

  @Test func givenUpWhileItWaits() async throws {
    let down = Array(repeating: JobError.unreachable("down"), count: 1_000_000)
    let jobs = ScriptedJobs {
      $0.submitErrors = down
      $0.found = [.failure(.unreachable("down"))]
    }
    let desk = jobs.desk()
    let task = Task { try await desk.submit(ScriptedJobs.order("a")) }
    while jobs.inside.withLock({ $0.prefixes.isEmpty }) { await Task.yield() }
    task.cancel()
    await #expect(throws: JobError.givenUp) { try await task.value }
  }

  @Test func eachChangeIsToldOnceAndTheEndIsTheLast() async throws {
    let jobs = ScriptedJobs { [job] in
      let waiting = JobState.waiting(reason: "Priority", isHopeless: false)
      $0.looks = [
        .success([job: waiting]), .success([job: waiting]), .success([job: .running(node: "n1")]),
        .success([job: waiting]), .success([job: .running(node: "n2")]),
        .success([job: .ended(JobEnding(.failed(3), words: "FAILED"))]),
      ]
    }
    let states = await jobs.desk().states(of: job).reduce(into: []) { $0.append($1) }
    let waiting = JobState.waiting(reason: "Priority", isHopeless: false)
    #expect(
      states == [
        waiting, .running(node: "n1"), waiting, .running(node: "n2"),
        .ended(JobEnding(.failed(3), words: "FAILED")),
      ])
  }

  @Test func aJobIsOverWhenTwoLooksInARowDoNotShowIt() async throws {
    let jobs = ScriptedJobs { [job] in
      let running = JobState.running(node: "n1")
      $0.looks = [
        .success([job: running]), .success([:]), .success([job: running]), .success([:]),
        .failure(.unreachable("down")), .success([:]),
      ]
    }
    let states = await jobs.desk().states(of: job).reduce(into: []) { $0.append($1) }
    #expect(
      states == [
        .running(node: "n1"),
        .ended(JobEnding(.unknown, words: "the system does not know it any more")),
      ])
    #expect(jobs.inside.withLock { $0.looked.count } == 6)
  }

  @Test func looksThatFailEndNothing() async throws {
    let failure = Result<[JobID: JobState], JobError>.failure(.unreachable("down"))
    let jobs = ScriptedJobs { [job] in
      $0.looks = [.success([job: .running(node: nil)])] + Array(repeating: failure, count: 200)
      $0.looks.append(.success([job: .ended(JobEnding(.completed, words: "COMPLETED"))]))
    }
    let states = await jobs.desk().states(of: job).reduce(into: []) { $0.append($1) }
    #expect(states == [.running(node: nil), .ended(JobEnding(.completed, words: "COMPLETED"))])
    let inside = jobs.inside.withLock { $0 }
    #expect(inside.notes.count == 2)
    #expect(inside.now > .seconds(200 * 28))
  }

  /// The longer nothing happens the less often it is asked, but never less than the longest time.
  @Test func asksLessOftenWhenNothingChanges() async throws {
    let waiting = JobState.waiting(reason: nil, isHopeless: false)
    let jobs = ScriptedJobs { [job] in
      $0.looks = Array(repeating: .success([job: waiting]), count: 40)
      $0.looks.append(.success([job: .ended(JobEnding(.completed, words: ""))]))
    }
    for await _ in await jobs.desk().states(of: job) {}
    let times = jobs.inside.withLock { $0.lookTimes }
    let gaps = zip(times, times.dropFirst()).map { $1 - $0 }
    #expect(gaps.first == .seconds(2) && gaps.last == .seconds(30))
    #expect(gaps == gaps.sorted())
  }

  @Test func aDearLookIsFollowedByAsMuchRest() async throws {
    let waiting = JobState.waiting(reason: nil, isHopeless: false)
    let jobs = ScriptedJobs { [job] in
      $0.lookTakes = .milliseconds(300)
      $0.looks = Array(repeating: .success([job: waiting]), count: 5)
      $0.looks.append(.success([job: .ended(JobEnding(.completed, words: ""))]))
    }
    for await _ in await jobs.desk().states(of: job) {}
    let times = jobs.inside.withLock { $0.lookTimes }
    #expect(zip(times, times.dropFirst()).allSatisfy { $1 - $0 >= .milliseconds(15_300) })
  }

  @Test func oneLookServesAll() async throws {
    let all = (1...100).map { JobID(rawValue: "\($0)") }
    let ended = JobState.ended(JobEnding(.completed, words: ""))
    let jobs = ScriptedJobs { inside in
      inside.looks = [.success(Dictionary(uniqueKeysWithValues: all.map { ($0, ended) }))]
    }
    let desk = jobs.desk()
    await withTaskGroup(of: Void.self) { group in
      for job in all {
        group.addTask { for await _ in await desk.states(of: job) {} }
      }
    }
    #expect(jobs.inside.withLock { $0.looked.count } < 50)
  }

  @Test func roomIsWhatTheSystemHasUnlessOurOwnWait() async throws {
    let other = JobID(rawValue: "2")
    let running = JobState.running(node: nil)
    let jobs = ScriptedJobs { [job] in
      $0.looks = [.success([job: running, other: .waiting(reason: nil, isHopeless: false)])]
      $0.idle = [.success(7), .success(nil), .success(0), .failure(.unreachable("no"))]
    }
    let desk = jobs.desk()
    var states = (await desk.states(of: job)).makeAsyncIterator()
    var others = (await desk.states(of: other)).makeAsyncIterator()
    #expect(await states.next() == running)
    _ = await others.next()
    #expect(try await desk.room(cores: 1) == 2)
    jobs.inside.withLock { [job] in $0.looks = [.success([job: running, other: running])] }
    #expect(await others.next() == running)
    #expect(try await desk.room(cores: 2) == 5)
    #expect(try await desk.room(cores: 2) == 6)
    #expect(try await desk.room(cores: 2) == 2)
    await #expect(throws: JobError.unreachable("no")) { try await desk.room(cores: 1) }
  }
}
