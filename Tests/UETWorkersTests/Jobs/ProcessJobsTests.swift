import Testing
import UETSystem
import UETTestSupport

@testable import UETWorkers

/// Jobs that are processes of this machine.
@Suite struct ProcessJobsTests {
  private let folder: TemporaryDirectory
  private let jobs: ProcessJobs

  init() {
    folder = TemporaryDirectory()
    jobs = ProcessJobs(folder: folder.path + "/jobs", grace: 0.2)
  }

  private func order(_ script: String, name: String = "uet-r-a", limit: Double? = nil) -> JobOrder {
    JobOrder(
      name: name, argv: ["/bin/sh", "-c", script],
      environment: ["A": "1,2", "FOLDER": folder.path],
      timeLimit: limit, log: folder.path + "/log")
  }

  private func submit(_ order: JobOrder) async throws -> JobID {
    try await jobs.submit([order])[0].get()
  }

  private func end(of job: JobID) async throws -> JobEnding.Kind? {
    for _ in 0..<2000 {
      if case .ended(let ending) = try await jobs.look(at: [job])[job] { return ending.kind }
      try await Task.sleep(for: .milliseconds(5))
    }
    return nil
  }

  @Test(
    arguments: [
      ("exit 0", .completed), ("exit 3", .failed(3)), ("exit 255", .failed(255)),
      ("kill -9 $$", .signalled(9)), ("kill -TERM $$", .signalled(15)),
    ] as [(String, JobEnding.Kind)])
  func ends(script: String, kind: JobEnding.Kind) async throws {
    #expect(try await end(of: submit(order(script))) == kind)
  }

  @Test func environmentAndLogAreTheOrders() async throws {
    try Files.write(Array("before\n".utf8), to: folder.path + "/log")
    let job = try await submit(order("echo $A; echo $HOME; echo err >&2"))
    #expect(try await end(of: job) == .completed)
    #expect(Files.text(folder.path + "/log") == "before\n1,2\n\nerr")
  }

  @Test func calledBack() async throws {
    let job = try await submit(
      order("trap 'exit 0' TERM; touch $FOLDER/on; while :; do sleep 0.01; done"))
    #expect(try await eventually { Files.exists(folder.path + "/on") })
    #expect(try await jobs.look(at: [job]) == [job: .running(node: nil)])
    try await jobs.cancel([job, JobID(rawValue: "none")])
    #expect(try await end(of: job) == .cancelled)
  }

  @Test func oneThatDoesNotListenIsKilled() async throws {
    let job = try await submit(
      order("trap '' TERM; touch $FOLDER/on; while :; do sleep 0.01; done"))
    #expect(try await eventually { Files.exists(folder.path + "/on") })
    try await jobs.cancel([job])
    #expect(try await end(of: job) == .cancelled)
  }

  @Test func timeLimit() async throws {
    #expect(try await end(of: submit(order("sleep 60", limit: 0.1))) == .timedOut)
  }

  /// Another process sees it by what stands in the folder.
  @Test func foundByNameByAnother() async throws {
    let job = try await submit(order("sleep 60", name: "uet-r-b"))
    _ = try await end(of: submit(order("exit 0", name: "uet-r-c")))
    let other = ProcessJobs(folder: folder.path + "/jobs")
    #expect(try await other.find(prefix: "uet-r-") == ["uet-r-b": job])
    #expect(try await other.find(prefix: "uet-s-") == [:])
    #expect(try await other.look(at: [job]) == [job: .running(node: nil)])
    try await other.cancel([job])
    #expect(try await end(of: job) == .cancelled)
  }

  @Test func unknownIsMissing() async throws {
    #expect(try await jobs.look(at: [JobID(rawValue: "none")]) == [:])
  }

  @Test func logThatCannotBeWritten() async throws {
    var order = order("exit 0")
    order.log = folder.path + "/none/log"
    guard case .failure(.refused(let words)) = await jobs.submit([order])[0] else {
      Issue.record("taken")
      return
    }
    #expect(words.contains("none/log"))
  }

  private func eventually(_ condition: () -> Bool) async throws -> Bool {
    for _ in 0..<2000 {
      if condition() { return true }
      try await Task.sleep(for: .milliseconds(5))
    }
    return false
  }
}
