import Synchronization
import UETModel
import UETPlanning
import UETScheduling
import UETWorkers

/// One round of a draft: an attempt like any other, but that no run records it.
struct DraftAttempt {
  private let drafting: Drafting
  private let round: Int
  private let base: ObjectID
  private let session: String?

  struct Outcome {
    let result: AttemptOutcome
    var usage: [Told<Fact.Usage>] = []
    /// What it wrote outside its folder.
    var strayed: [String] = []

    var session: String? { usage.last?.session }

    /// The commit that holds its folder. Throws what went wrong.
    func tip(_ used: DraftUsage) throws -> ObjectID {
      switch result {
      case .succeeded(let tip, _): return tip
      case .failed(let failure):
        if failure.kind == .scopeViolation, let tip = failure.tip { return tip }
        throw Refusal(
          .failed, "nothing is drafted: \(failure.message.terminalSafe); \(used.words)",
          hint: "try another agent: --tool NAME")
      case .cancelled: throw CancellationError()
      }
    }
  }

  init(_ drafting: Drafting, _ round: Int, at base: ObjectID, session: String?) {
    (self.drafting, self.round, self.base, self.session) = (drafting, round, base, session)
  }

  /// Like the attempts of a run, but for what is of no use to somebody who only reads.
  private var project: Project {
    var configuration = drafting.project.configuration
    configuration.run.setup = []
    configuration.run.mode = .own
    configuration.run.keep = .all
    configuration.prompt.handoff = false
    return drafting.project.with(configuration).fixingSettings()
  }

  private func workstream(_ project: Project) throws -> Workstream {
    let scope = Workstream.Scope(
      writes: [], creates: [try ScopePattern(drafting.folder.path + "/**")], reads: [])
    var workstream = Workstream(
      id: Drafting.id, tasks: [drafting.request.goal], tool: drafting.tool, scope: scope)
    workstream.model = drafting.request.model
    workstream.estimate.maxCostUSD = drafting.request.maxCost
    workstream.timeout = project.configuration.tools[drafting.tool]?.timeout ?? Self.longest
    return workstream
  }

  /// Seconds, where its tool has no limit of its own.
  private static let longest = 1800.0

  func run(asking prompt: String) async -> Outcome {
    let heard = Heard()
    do {
      let project = project
      let workstream = try workstream(project)
      let plan = Planner.plan(workstreams: [workstream], dependencies: [[]])
      let ground = try Ground(
        RunFacts(
          project: project, plan: plan, run: drafting.run, base: base,
          waves: WavePlan(plan, project.configuration)))
      // What a run beside it moves is not its doing.
      let isAlone = try project.heldRun() == nil
      try project.makeWorktreeRoot()
      var runner = AttemptRunner(
        context: Shared(isAlone ? ground.guarded() : ground), seeds: BenchSeeds(),
        workstream: workstream,
        order: AttemptOrder(
          name: AttemptName(Drafting.id, round), worker: "w1", tool: drafting.tool),
        previous: previous, stop: StopSwitch(), report: { heard.take($0) })
      runner.ownPrompt = prompt
      let (result, _) = await runner.run()
      return heard.outcome(result)
    } catch {
      return heard.outcome(
        .failed(
          AttemptFailure(.unknown, (error as? any Refusing)?.refusal.messages[0] ?? "\(error)")))
    }
  }

  /// By which the conversation goes on.
  private var previous: AttemptRecord? {
    guard round > 1, let session else { return nil }
    var record = AttemptRecord(
      number: round - 1, worker: "w1", assignedAt: drafting.project.clock.now())
    (record.outcome, record.session, record.tool) = (.failed, session, drafting.tool)
    return record
  }

  /// What an attempt reports, which nobody records.
  private final class Heard: Sendable {
    private let facts = Mutex<(usage: [Told<Fact.Usage>], strayed: [String])>(([], []))

    func take(_ draft: EventDraft) -> AsyncStream<Void> {
      facts.withLock { facts in
        switch draft.fact {
        case .usageRecorded(let fact): facts.usage.append(fact)
        case .scopeViolation(let fact): facts.strayed += fact.paths ?? []
        default: break
        }
      }
      return AsyncStream { $0.finish() }
    }

    func outcome(_ result: AttemptOutcome) -> Outcome {
      facts.withLock { Outcome(result: result, usage: $0.usage, strayed: $0.strayed) }
    }
  }
}
