import Testing
import UETGit
import UETModel
import UETPlanning
import UETScheduling
import UETTestSupport

@testable import UETEngine

/// What orchestrator and node write for each other is read as it was meant, and no more of it.
@Suite struct NodeRecordTests {
  private let fixture = TestRepository()
  private let run = RunID(startedAt: Timestamp(seconds: 0), salt: 7)
  private let time = Timestamp(seconds: 1_700_000_000)
  private let name: AttemptName

  init() throws {
    name = AttemptName(try #require(WorkstreamID("ws-a")), 2)
    fixture.commit("base", ["a": "1\n"])
    fixture.commit("work", ["a": "2\n"])
  }

  private func repository() throws -> Repository {
    try Repository.open(discoveringFrom: fixture.path, environment: fixture.environment)
  }

  private func commit(_ revision: String) throws -> ObjectID {
    try #require(ObjectID(fixture.git("rev-parse", revision)))
  }

  private func order(_ work: NodeOrder.Work) throws -> NodeOrder {
    var configuration = Configuration()
    configuration.run.ports = 3
    return NodeOrder(
      run: run, runBase: try commit("HEAD~1"), base: try commit("HEAD"),
      lease: RunNames(prefix: "refs/x", run: run).lease(name.workstream, attempt: 2),
      configuration: configuration, refPrefix: "refs/x", heartbeat: 12.5, work: work)
  }

  private func attempt() throws -> NodeOrder.Attempt {
    var workstream = Workstream(
      id: name.workstream, tasks: ["do it"], tool: "shell",
      scope: .init(writes: [try ScopePattern("a")]))
    workstream.command = .script("echo hi")
    let input = AttemptRecord.Input(workstream: name.workstream, commit: try commit("HEAD~1"))
    return NodeOrder.Attempt(
      workstream: workstream,
      order: AttemptOrder(
        name: name, place: 3, worker: "w2", inputs: [input], tool: "shell", timeout: 60,
        cap: Money(dollars: 1.5)), workInHand: try commit("HEAD"), prompt: "Do it.\n")
  }

  @Test func anOrderOfAnAttemptIsReadAsItWasWritten() throws {
    let repository = try repository()
    let attempt = try attempt()
    let written = try order(.attempt(attempt))
    let commit = try written.write(to: repository, at: time)
    let read = try NodeOrder(commit, in: repository)
    #expect(read.run == run && read.base == written.base && read.runBase == written.runBase)
    #expect(read.lease == written.lease && read.refPrefix == "refs/x" && read.heartbeat == 12.5)
    #expect(read.configuration == written.configuration)
    guard case .attempt(let again) = read.work else {
      Issue.record("no attempt")
      return
    }
    #expect(again.order == attempt.order && again.prompt == attempt.prompt)
    #expect(again.workInHand == attempt.workInHand)
    var workstream = again.workstream
    workstream.source = attempt.workstream.source
    #expect(workstream == attempt.workstream)
    // A fetch of the order brings what it starts from.
    #expect(try repository.commit(commit).parents == [written.base, attempt.workInHand])
  }

  @Test func anOrderOfAGateIsReadAsItWasWritten() throws {
    let repository = try repository()
    for command in [nil, Command.script("true"), .arguments(["make", "x"])] {
      let gate = NodeOrder.GateRun(
        name: "G", command: command, declared: ["A": "1"], isCold: true)
      let commit = try order(.gate(gate)).write(to: repository, at: time)
      guard case .gate(let read) = try NodeOrder(commit, in: repository).work else {
        Issue.record("no gate")
        continue
      }
      #expect(read.name == "G" && read.command == command && read.isCold)
      #expect(read.declared == ["A": "1"])
    }
  }

  @Test func aLeaseSaysHowFarItIs() throws {
    let repository = try repository()
    let order = try order(.attempt(attempt())).write(to: repository, at: time)
    func next(_ file: String, after end: ObjectID) throws -> ObjectID {
      try repository.writeRecord(
        [(file, Array("{}".utf8))], parents: [end], "x", of: run, at: time)
    }
    #expect(try Lease(endingAt: order, in: repository).step == .order)
    let claim = try next(Lease.Claim.document, after: order)
    let again = try next(Lease.Claim.document, after: claim)
    #expect(try Lease(endingAt: again, in: repository).step == .claim)
    let progress = try next(Lease.Progress.document, after: again)
    #expect(try Lease(endingAt: progress, in: repository).step == .progress)
    let result = try next(NodeResult.document, after: progress)
    let lease = try Lease(endingAt: result, in: repository)
    #expect(lease.step == .result && lease.order == order)
    // A commit of somebody's work is no lease.
    #expect(throws: (any Error).self) { try Lease(endingAt: commit("HEAD"), in: repository) }
  }

  @Test func aResultHoldsWhatAnAttemptMaySayAndNothingElse() throws {
    let repository = try repository()
    let (base, tip) = (try commit("HEAD~1"), try commit("HEAD"))
    let claim = try repository.writeRecord(
      [(Lease.Claim.document, [])], parents: [base], "claim", of: run, at: time)
    var usage = Told<Fact.Usage>()
    usage.model = "m"
    var landed = EventDraft(.runPaused(.because("mine")))
    landed.workstream = WorkstreamID("ws-other")
    let other = try #require(WorkstreamID("ws-other"))
    let result = NodeResult(
      outcome: .succeeded(tip: tip, base: base), details: ["files": 1],
      facts: [
        EventDraft(.usageRecorded(usage), workstream: other, attempt: 9, worker: "w9"), landed,
      ],
      logs: [("ws-a.2.log", [1, 2]), ("ws-b.1.log", [3]), ("ws-a.2.G.log", [4])], left: nil)
    let end = try result.write(to: repository, after: claim, of: run, at: time)
    #expect(try repository.commit(end).parents == [claim, tip])
    let read = try NodeResult(end, in: repository, of: name, worker: "w2")
    #expect(read.outcome == result.outcome && read.details == result.details)
    // Whoever it named, it speaks of this attempt alone.
    #expect(read.facts.map(\.type) == ["usage_recorded"])
    #expect(read.facts[0].workstream == name.workstream && read.facts[0].attempt == 2)
    #expect(read.facts[0].worker == "w2" && read.facts[0].data == usage.members)
    #expect(read.logs.map(\.name).sorted() == ["ws-a.2.G.log", "ws-a.2.log"])
  }

  @Test func whereAnAttemptIsCarriedOutStaysOnRecord() throws {
    var record = AttemptRecord(number: 1, worker: "w1", assignedAt: time)
    record.executor = "slurm"
    #expect(try AttemptRecord(json: record.json) == record)
  }

  @Test func failuresComeBack() throws {
    let repository = try repository()
    let (base, tip) = (try commit("HEAD~1"), try commit("HEAD"))
    var failure = AttemptFailure(.rateLimited, "slow down", tip: tip, isTransient: true)
    failure.wait = 12
    let result = NodeResult(
      outcome: .failed(failure), details: [:], facts: [], logs: [], left: nil)
    let end = try result.write(to: repository, after: base, of: run, at: time)
    #expect(
      try NodeResult(end, in: repository, of: name, worker: "w").outcome == .failed(failure))
    let cancelled = NodeResult(
      outcome: .cancelled(salvage: "refs/there"), details: [:], facts: [], logs: [], left: tip)
    let last = try cancelled.write(to: repository, after: base, of: run, at: time)
    let read = try NodeResult(last, in: repository, of: name, worker: "w")
    #expect(read.outcome == .cancelled(salvage: nil) && read.left == tip)
  }

  @Test func verdictsComeBack() throws {
    let repository = try repository()
    let base = try commit("HEAD")
    for verdict in [GateVerdict.passed, .failed("status 1"), .fault("no program")] {
      var result = GateResult(verdict: verdict, seconds: 1.5, isFlaky: true)
      (result.endedItself, result.warm, result.cold) = (true, base, "why")
      let end = try NodeVerdict(result, log: [65]).write(
        to: repository, after: base, of: run, at: time)
      let read = try NodeVerdict(end, in: repository)
      #expect(read.result.verdict == verdict && read.result.seconds == 1.5)
      #expect(read.result.isFlaky && read.result.endedItself && read.log == [65])
      #expect(read.result.warm == base && read.result.cold == "why")
      #expect(Lease.Progress(in: end, of: repository) == nil)
    }
  }
}
