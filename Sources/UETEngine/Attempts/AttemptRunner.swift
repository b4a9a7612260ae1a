import UETGit
import UETModel
import UETScheduling

/// Runs one attempt from its base to its outcome: worktree, tool, commit, scope, gates.
///
/// It decides nothing about the run: it reports facts while it works and returns how it ended.
struct AttemptRunner: Sendable {
  let context: RunContext
  let workstream: Workstream
  let order: AttemptOrder
  let previous: AttemptRecord?
  /// Ends what runs at once, without a grace.
  let stop: StopSwitch
  /// Hands a fact to the record and returns at once; the stream ends when the fact is durable.
  let report: @Sendable (EventDraft) -> AsyncStream<Void>

  /// The outcome, and what else is recorded of it.
  ///
  /// Whatever it is, work that was done is in a commit that a reference or the record keeps, unless
  /// the disk or git failed as well; then the worktree keeps it.
  func run() async -> (AttemptOutcome, JSONObject) {
    var base: ObjectID?
    do {
      let made = try await makeBase()
      base = made
      let started = reportStart(at: made)
      try await prepareWorktree(at: made)
      // Nothing works in the worktree before the record knows its base: a crash then finds the work.
      for await _ in started {}
      try Task.checkCancellation()
      try await runSetup()
      try await runTool()
      let result = try await conclude(base: made)
      return (.succeeded(tip: result.tip, base: made), ["files": .integer(Int64(result.files))])
    } catch {
      var failure = failure(from: error)
      if failure.salvage == nil, let base,
        let kept = await Salvage(context).keep(order.name, base: base)
      {
        (failure.salvage, failure.tip) = (kept.name, kept.commit)
      }
      if Task.isCancelled { return (.cancelled(salvage: failure.salvage), [:]) }
      return (.failed(failure), [:])
    }
  }

  var id: WorkstreamID { workstream.id }
  var attempt: Int { order.name.number }
  var worker: String { order.worker }
  var path: String { context.worktree(id) }

  private func makeBase() async throws -> ObjectID {
    do {
      return try await context.bases.base(for: order.inputs)
    } catch let conflict as BaseBuilder.Conflict {
      let paths = conflict.paths.prefix(3).joined(separator: ", ")
      throw AttemptFailure(
        .mergeConflict, "its inputs conflict: merging \(conflict.workstream) touches \(paths)")
    }
  }

  private func reportStart(at base: ObjectID) -> AsyncStream<Void> {
    report(
      EventDraft(
        .taskStarted, workstream: id, attempt: attempt, worker: worker,
        data: JSONObject([.base: .commit(base), .inputs: order.inputs.json]),
        anchors: [base] + order.inputs.map(\.commit)))
  }

  /// A fresh worktree at the base. What an earlier attempt left was salvaged when it ended; a folder
  /// that git knows nothing of is moved aside, since nobody can tell what is in it.
  private func prepareWorktree(at base: ObjectID) async throws {
    if context.repository.worktree(at: path) != nil {
      try await context.git.removeWorktree(at: path, force: true)
    }
    if Files.kind(path) != nil {
      try Files.move(path, to: "\(path).aside-\(context.project.clock.now().microseconds)")
    }
    try Files.makeDirectory(context.logs.folder)
    _ = try await context.git.addWorktree(
      at: path, commit: base, reason: "git-uet run \(context.run)")
    try copyLocalFiles()
    try Files.write(prompt.text.utf8, to: context.logs.prompt(order.name))
  }

  private var prompt: Prompt {
    let earlier = previous.map { record in
      let log = Files.tail(context.logs.output(AttemptName(id, record.number)), limit: 4096)
      return (message: record.message ?? "no message", log: String(decoding: log, as: UTF8.self))
    }
    return Prompt(workstream: workstream, attempt: attempt, previous: earlier)
  }

  /// Ignored files that a tool needs, such as `.env`; they are never committed.
  private func copyLocalFiles() throws {
    guard let source = context.repository.workTree else { return }
    for name in context.configuration.run.copy {
      guard let file = LocalFile(name), let bytes = try Files.read("\(source)/\(file.path)"),
        Files.kind("\(path)/\(file.path)") == nil
      else { continue }
      try Files.write(bytes, to: "\(path)/\(file.path)", mode: 0o600)
    }
  }

  /// An unexpected error of git or the system as the failure that is recorded.
  private func failure(from error: any Error) -> AttemptFailure {
    switch error {
    case let failure as AttemptFailure: failure
    case let failure as Files.Failure:
      AttemptFailure(
        .resourceLimit, "cannot \(failure.operation) '\(failure.path)': \(failure.reason)")
    default: AttemptFailure(.unknown, "\(error)")
    }
  }
}

extension AttemptFailure: Error {}
