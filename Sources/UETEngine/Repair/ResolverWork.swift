import UETGit
import UETMergeQueue
import UETModel
import UETSystem
import UETWorkers

/// A conflict that a tool is to resolve.
struct ConflictSubject: Sendable {
  /// The workstream whose work is the other side.
  let id: WorkstreamID
  /// Names its files.
  let label: String
  let conflict: ConflictRecord
  /// Full name of the reference that keeps what the tool leaves.
  let salvage: String
}

/// Has the configured tool resolve one conflict, in a worktree of its own with the conflict in it.
struct ResolverWork: Sendable {
  let context: Ground
  let subject: ConflictSubject
  /// Ends the tool at once.
  var stop = StopSwitch()

  /// Why the conflict is not resolved by it.
  private struct Refusal: Error { let reason: String }

  private var id: WorkstreamID { subject.id }
  private var conflict: ConflictRecord { subject.conflict }
  private var place: ConflictWorktree {
    let folder = "\(context.project.worktreeRoot)/\(context.run)"
    return ConflictWorktree(context: context.facts, path: "\(folder)/\(subject.label).resolver")
  }

  /// Never lets go of what the tool did: it is in the result or in a salvage reference.
  func outcome() async -> RepairOutcome {
    var started: ConflictWorktree.Opened?
    do {
      try await clearAway()
      let opened = try await place.open(
        onto: conflict.onto, tip: conflict.tip, base: conflict.base, for: id)
      started = opened
      guard !opened.unmerged.isEmpty else {
        throw Refusal(reason: "git merges it without a conflict in a worktree")
      }
      let details = try await runTool()
      let tree = try await result(of: opened)
      let commit = try await write(tree)
      try await place.remove()
      return .resolved(commit: commit, tree: tree, details: details)
    } catch let refusal as Refusal {
      return await failed(refusal.reason, started)
    } catch GitError.refusedTree(_, let fault) {
      return await failed("what it made is refused: \(fault)", started)
    } catch {
      // Also what is half made stays kept; the next try clears it away.
      return Task.isCancelled ? await failed("it was stopped", started) : .fault("\(error)")
    }
  }

  private var treeOwner: String { "\(subject.label).resolver" }

  /// Ends what a crashed process left running, and keeps what it left.
  private func clearAway() async throws {
    _ = await context.logs.trees.last(for: treeOwner)?.end()
    _ = try await place.keep(id, as: subject.salvage, since: nil)
    try await place.remove()
  }

  private func runTool() async throws -> JSONObject {
    try Files.makeDirectory(context.logs.folder)
    let promptFile = context.logs.resolverPrompt(subject.label)
    var prompt = ResolverPrompt(id: id, conflict: conflict, workstreams: context.workstreams)
    prompt.preamble = try? context.project.houseRules(at: context.facts.base)
    try Files.write(context.logs.redaction.redacted(prompt.text).utf8, to: promptFile)
    let command: ResolverCommand
    do throws(ResolverCommand.Problem) {
      command = try ResolverCommand(context.configuration, id, promptFile: promptFile)
    } catch {
      throw Refusal(reason: error.reason)
    }
    let environment = WorkerEnvironment.make(
      user: context.project.environment, declared: [:],
      run: [
        "UET_RUN": context.run.rawValue, "UET_WORKSTREAM": id.rawValue,
        "UET_PROMPT_FILE": promptFile,
      ]
    ).merging(
      command.tool.map {
        WorkerEnvironment.own(of: $0, user: context.project.environment)
      } ?? [:]
    ) { $1 }
    let (trees, owner) = (context.logs.trees, treeOwner)
    let log = context.logs.resolver(subject.label)
    let report = await context.supervisor.run(
      context.enclosed(
        ProcessOrder(
          argv: command.argv, workingDirectory: place.path, environment: environment,
          logPath: log, timeout: command.timeout, grace: 5), enclosure(promptFile)),
      stop: stop
    ) { process in try? trees.add(process, for: owner) }
    guard case .exited(0) = report.ending else {
      let words = context.logs.lastWords(log)
      let limit =
        report.ending == .timedOut ? "did not end within \(seconds(command.timeout))" : nil
      throw Refusal(reason: "'\(command.name)' " + (limit ?? describe(report.ending)) + words)
    }
    return Told<Fact.ConflictRepair> {
      ($0.by, $0.seconds) = (command.name, report.seconds.roundedToThousandths)
    }.members
  }

  private func enclosure(_ promptFile: String) -> Enclosure {
    var enclosure = Enclosure(
      owner: id.rawValue, worktree: context.repository.worktree(at: place.path))
    enclosure.reading = [promptFile]
    return enclosure
  }

  private func result(of opened: ConflictWorktree.Opened) async throws -> ObjectID {
    let tree = try await place.tree(onto: conflict.onto)
    let untouched = try await place.untouched(since: opened, tree)
    if !untouched.isEmpty { throw Refusal(reason: "it left \(untouched.quoted(1)) as it was") }
    let check = ResolutionCheck(
      repository: context.repository, scope: context.workstreams[id]?.scope)
    let problem = try check.problem(
      of: tree, onto: conflict.onto, tip: conflict.tip, base: conflict.base,
      paths: conflict.paths + opened.unmerged)
    switch problem {
    case .marked(let paths): throw Refusal(reason: "it left conflict markers in \(paths.quoted(1))")
    case .outOfScope(let paths):
      throw Refusal(
        reason: "it changed \(paths.quoted(1)), neither in conflict nor in the scope of '\(id)'")
    case nil: break
    }
    let faults = try ResultSecrets(context.project, in: place.path)
      .faults(inTree: tree, onto: conflict.onto, besides: [conflict.tip])
    if !faults.isEmpty { throw Refusal(reason: "what it made is refused: \(faults.text)") }
    return tree
  }

  /// The merge of both sides with the tool's tree; equal results are equal commits.
  private func write(_ tree: ObjectID) async throws(GitError) -> ObjectID {
    let candidate = try context.repository.commit(conflict.tip)
    let message = """
      merge \(id), its conflict resolved

      UET-Run: \(context.run)
      UET-Workstream: \(id)
      UET-Candidate: \(conflict.tip.hex)
      UET-Repair: \(ConflictRecord.State.agent.rawValue)

      """
    let commit = try await context.git.writeCommit(
      tree: tree, parents: [conflict.onto, conflict.tip], message: message,
      author: candidate.author, committer: candidate.committer)
    try context.repository.syncObjects(
      in: commit, notIn: [conflict.onto, conflict.tip])
    return commit
  }

  private func failed(_ reason: String, _ started: ConflictWorktree.Opened?) async -> RepairOutcome
  {
    var repair = Told<Fact.ConflictRepair>()
    do {
      let kept = try await place.keep(id, as: subject.salvage, since: started)
      try await place.remove()
      repair.salvage = kept.map { _ in subject.salvage }
      return .failed(reason, kept: kept, details: repair.members)
    } catch {
      context.project.warn("what the resolver left is only in '\(place.path)': \(error)")
      return .failed(reason, kept: nil, details: repair.members)
    }
  }
}

extension RepairOutcome {
  /// This outcome with the name of its log in the record.
  func naming(log: String) -> RepairOutcome {
    func naming(_ details: JSONObject) -> JSONObject {
      var repair = Told<Fact.ConflictRepair>(members: details)
      repair.log = log
      return repair.members
    }
    switch self {
    case .resolved(let commit, let tree, let details):
      return .resolved(commit: commit, tree: tree, details: naming(details))
    case .failed(let reason, let kept, let details):
      return .failed(reason, kept: kept, details: naming(details))
    case .fault: return self
    }
  }
}
