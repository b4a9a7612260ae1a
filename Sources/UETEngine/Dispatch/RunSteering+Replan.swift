import UETGit
import UETLedger
import UETModel
import UETPlanning
import UETScheduling
import UETWorkers

extension SteeringRefusal {
  /// Turns what is wrong with bundles into a refusal; what is wrong with the machine stays an
  /// error.
  static func catching<Value>(_ body: () throws -> Value) throws -> Value {
    do { return try body() } catch let documents as InvalidDocuments {
      let lines = documents.diagnostics.errors.map(\.description)
      let more = lines.count > 1 ? " (and \(lines.count - 1) more)" : ""
      throw SteeringRefusal(
        answer: .refused(
          (lines.first ?? "the bundles are not valid") + more,
          hint: "see all that is wrong: git uet validate"))
    } catch let tool as UnusableTool {
      throw SteeringRefusal(
        answer: .refused(
          "workstream '\(tool.workstream)' cannot be run: \(tool.problem)",
          hint: "the tools are those of the run's start"))
    } catch let untrusted as Untrusted {
      throw SteeringRefusal(
        answer: .refused(
          untrusted.refusal.messages[0], hint: untrusted.refusal.hints.first))
    } catch let missing as NoBundles {
      throw SteeringRefusal(answer: .refused("no bundles in '\(missing.place)'"))
    }
  }
}

extension RunSteering {
  /// What other bundles would change, and what to tell the dispatcher where that is wanted.
  func replan(
    _ state: RunState, in project: Project
  ) throws -> (SteeringAnswer, PlanChange?, Plan?) {
    let recorded = try RecordedPlan(of: state.run, changed: state.plan, in: project)
    let replan = try Replan(try bundles(recorded, project), recorded, state)
    var answer = SteeringAnswer(.unchanged, "run '\(state.run)' is planned as the bundles say")
    answer.details = replan.json
    answer.details["fingerprint"] = .string(replan.fingerprint)
    if replan.isEmpty { return (answer, nil, nil) }
    switch self {
    // Its own worker runs it, as confined as the one that adds it.
    case .add(_, let worker?): try replan.require(within: worker, recorded)
    case .add, .replan(isDryRun: true, _): break
    default: try replan.requireTrust(in: recorded.project)
    }
    if case .replan(true, _) = self {
      answer.message = "would change the plan of run '\(state.run)': \(replan.summary)"
      answer.hint = "do it: git uet replan \(state.run) --yes"
      return (answer, nil, nil)
    }
    if case .replan(_, let expected?) = self, expected != replan.fingerprint {
      throw SteeringRefusal(
        answer: .refused(
          "something changed since the difference was shown", hint: "look again: git uet replan"))
    }
    answer.outcome = .done
    answer.message = "changed the plan of run '\(state.run)': \(replan.summary)"
    let change = try replan.change(state.run, after: state.plan, in: recorded.project)
    return (answer, change, replan.after)
  }

  /// The directory's files with those that were added by request, or what is planned with one more.
  private func bundles(_ recorded: RecordedPlan, _ project: Project) throws -> [BundleFile] {
    let planned = recorded.work.bundles
    if case .add(let file, let worker) = self {
      // Workers name their files as they like: one does not take the place of another.
      let isTaken = worker != nil && planned.contains { $0.path == file.path && $0 != file }
      let own = isTaken ? file.renamed : file
      return planned.filter { $0.path != own.path } + [own]
    }
    let files = try project.with(recorded.project.configuration).bundleFiles()
    try project.requireNoSecrets(in: files)
    let declared = try Set(PlannedWork(files, selection: [], nil, over: nil).items.keys)
    let added = planned.filter { file in
      guard file.path.hasPrefix(PlannedWork.addedFolder) else { return false }
      return declared.isDisjoint(with: BundleLoader.load([file]).workstreams.map(\.id))
    }
    return files + added
  }
}

extension BundleFile {
  /// This file with a name that its content makes its own.
  fileprivate var renamed: BundleFile {
    let name = path.split(separator: "/").last.map(String.init) ?? path
    return BundleFile(
      path: PlannedWork.addedFolder + Repository.hashBlob(bytes).short + "-" + name, bytes: bytes)
  }
}

extension Replan {
  /// Tells one difference from another.
  var fingerprint: String {
    let text =
      JSONValue.object(json).encoded(.canonical)
      + work.bundles.map { Repository.hashBlob($0.bytes).hex }.joined()
    return Repository.hashBlob(Array(text.utf8)).hex
  }
}

extension Project {
  /// Whether the bundles are other ones than those that the run was planned with; false where that
  /// cannot be told.
  package func hasOtherBundles(than state: RunState) -> Bool {
    guard let root = try? reader.root(of: state.run), let files = try? bundleFiles(),
      let work = try? PlannedWork(root, in: repository).following(state.plan, in: repository)
    else { return false }
    let planned = work.bundles.filter { !$0.path.hasPrefix(PlannedWork.addedFolder) }
    return Set(files) != Set(planned)
  }
}
