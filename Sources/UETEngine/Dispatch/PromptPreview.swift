import UETModel
import UETPlanning

/// The prompt of an attempt: of the next one, or of that which runs or has succeeded.
package struct PromptPreview: Hashable, Sendable {
  package let workstream: WorkstreamID
  package let attempt: Int
  /// As its worker gets it, byte by byte.
  package let text: String
  /// What it waits for: their results will stand in it, too.
  package let pending: [WorkstreamID]
}

extension Project {
  /// What the first attempt would get of a run that is started now.
  package func prompt(for name: String) throws -> PromptPreview {
    let base = try repository.resolveBranchFirst(configuration.run.base)
    let loaded = BundleLoader.load(try bundleFiles()).placed(in: repository.baseTree(base))
    if loaded.diagnostics.hasErrors {
      throw InvalidDocuments(loaded.diagnostics.inFileOrder)
    }
    guard let place = loaded.workstreams.firstIndex(where: { $0.id.rawValue == name }) else {
      throw Refusal.unknownWorkstream(name, known: loaded.workstreams.map(\.id))
    }
    var prompt = Prompt(workstream: loaded.workstreams[place], attempt: 1)
    prompt.preamble = try houseRules(at: base)
    prompt.asksHandoff = configuration.asksHandoff(of: prompt.workstream.tool)
    return PromptPreview(
      workstream: prompt.workstream.id, attempt: 1, text: redaction.redacted(prompt.text),
      pending: loaded.dependencies[place].map { loaded.workstreams[$0].id })
  }

  /// What an attempt of a run gets, by the plan and the configuration that are on its record.
  package func prompt(for name: String, in run: RunID) throws -> PromptPreview {
    let recorded = try RecordedPlan(reading: run, in: self)
    let state = try reader.state(of: run)
    let facts = RunFacts(recorded, run)
    guard let record = state.workstreams.first(where: { $0.id.rawValue == name }),
      let workstream = facts.workstreams[record.id]
    else {
      throw Refusal.unknownWorkstream(name, known: facts.workstreams.keys.sorted(), run: run)
    }
    let id = record.id
    var (number, inputs) = ((record.lastAttempt?.number ?? 0) + 1, [AttemptRecord.Input]())
    var tool = workstream.tool
    let isToBeRedone = record.state == .ready || record.state == .pending
    if let last = record.lastAttempt, !isToBeRedone,
      last.outcome == .running || last.outcome == .succeeded
    {
      (number, inputs, tool) = (last.number, last.inputs, last.tool ?? tool)
    } else {
      inputs = try recorded.dispatcher(state).inputs(of: id)
    }
    var prompt = facts.prompt(
      for: workstream, number, on: inputs, by: tool, after: record.previous(to: number),
      notes: record.notes, answers: record.answered(before: number))
    if let previous = prompt.previous {
      prompt.previous?.isTakenUp = previous.hasAsked && previous.kept != nil
    }
    return PromptPreview(
      workstream: id, attempt: number, text: facts.logs.redaction.redacted(prompt.text),
      pending: record.dependsOn.filter { state[$0]?.tip == nil })
  }
}

extension Project {
  /// What a workstream's worker gets in a run, with the name of its tool; nil where no bundle
  /// declares it.
  package func variables(
    of id: WorkstreamID, in state: RunState
  ) throws -> (tool: String, names: WorkerVariables)? {
    let root = try reader.root(of: state.run)
    let workstream: Workstream?
    if state.plan != nil {
      workstream = try planned(state)[id]
    } else {
      // Of many files only those that can declare it are read.
      let name = Array(id.rawValue.utf8)
      let files = root.bundles.filter { $0.bytes.contains(name) }
      let loaded = BundleLoader.load(files.map { BundleFile(path: $0.path, bytes: $0.bytes) })
      workstream = loaded.workstreams.first { $0.id == id }
    }
    let (configuration, _) = Configuration.load(
      root.configuration, file: Self.configurationPath)
    guard let workstream,
      let name = state[id]?.lastAttempt?.tool ?? configuration.tools(for: workstream).first,
      let tool = configuration.tools[name]
    else { return nil }
    return (
      name,
      WorkerVariables(tool, declared: workstream.environment, user: environment)
    )
  }
}
