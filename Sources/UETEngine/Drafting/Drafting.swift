import UETGit
import UETModel
import UETPlanning
import UETScheduling
import UETSystem

/// The rounds of a draft: asked, judged, and asked again with what is wrong.
struct Drafting {
  let request: DraftRequest
  let project: Project
  let tell: @Sendable (DraftNews) -> Void
  let tool: String
  let folder: DraftFolder
  let base: ObjectID
  /// Names what belongs to it; no record has it.
  let run: RunID
  private let existing: [BundleFile]
  private let known: [WorkstreamID]
  /// The tools that their bundles name.
  private let others: Set<String>

  static let id = WorkstreamID("ws-draft") ?? .unnamed
  /// What an agent is told of what is wrong, at most.
  private static let (mostProblems, longestProblem) = (40, 300)

  init(
    _ request: DraftRequest, _ project: Project, _ tell: @escaping @Sendable (DraftNews) -> Void
  ) throws {
    (self.request, self.project, self.tell) = (request, project, tell)
    if request.goal.allSatisfy(\.isWhitespace) {
      throw Refusal(
        .usage, "the goal is empty",
        hint: "say what is to be reached: git uet draft \"Drop Python 2\"")
    }
    folder = DraftFolder(try Self.folder(request, project), project.repository)
    base = try project.repository.resolveBranchFirst(project.configuration.run.base)
    _ = try project.houseRules(at: base)
    existing = try project.bundlesIfAny()
    let judged = try project.judged(existing)
    known = judged.plan.workstreams.map(\.id)
    tool = try project.agent(named: request.tool, besides: judged.loaded, for: "draft")
    others = Set(judged.plan.workstreams.map(\.tool))
    run = RunID(startedAt: project.clock.now(), after: try project.reader.runs())
  }

  private static func folder(_ request: DraftRequest, _ project: Project) throws -> String {
    let name = request.into ?? "\(project.configuration.workstreams)/draft"
    guard let path = (try? ScopePattern(name))?.spelledPath, !path.isEmpty else {
      throw Refusal(
        .usage, "\(name.quoted(limit: 60)) is no folder of the repository",
        hint: "name one from its root: --into \(project.configuration.workstreams)/draft")
    }
    let found = Files.names(in: "\(project.repository.workTree ?? "")/\(path)")
    if path != project.configuration.workstreams, !BundleFile.names(among: found).isEmpty {
      throw Refusal(
        .usage, "\(path.quoted(limit: 60)) holds bundles already, and they stay as they are",
        hint: "take them or remove them first, or name another folder: --into FOLDER")
    }
    return path
  }

  /// Whatever becomes of it, nothing but the bundles is left.
  func finished() async throws -> Draft {
    do {
      let draft = try await rounds()
      await clear()
      return draft
    } catch {
      await clear()
      throw error
    }
  }

  private func rounds() async throws -> Draft {
    var usage = DraftUsage()
    var (start, session, problems): (ObjectID, String?, [String]?) = (base, nil, nil)
    for round in 1...max(1, request.rounds) {
      tell(.asks(round: round, of: request.rounds, tool: tool))
      let attempt = DraftAttempt(self, round, at: start, session: session)
      let outcome = await attempt.run(asking: prompt(after: problems))
      for fact in outcome.usage { usage.add(fact) }
      session = outcome.session ?? session
      let tip = try outcome.tip(usage)
      if !outcome.strayed.isEmpty { tell(.strayed(outcome.strayed)) }
      let (files, found) = try folder.bundles(of: tip, since: base)
      var wrong = found
      if wrong.isEmpty {
        do { return try taken(files, usage, rounds: round) } catch let error as InvalidDocuments {
          wrong = error.diagnostics.errors.map {
            $0.description + ($0.hint.map { "; \($0)" } ?? "")
          }
        }
      }
      tell(.refused(wrong))
      guard round < request.rounds else {
        throw Refusal.unfinished(wrong, kept: try keep(files), usage)
      }
      problems = wrong.prefix(Self.mostProblems).map { String($0.prefix(Self.longestProblem)) }
      start = try folder.commit(files, on: base, at: project.clock.now())
    }
    throw Refusal(.usage, "no round is left", hint: "allow some: --rounds 3")
  }

  private func prompt(after problems: [String]?) -> String {
    let configuration = project.configuration
    var prompt = DraftPrompt(goal: request.goal, folder: folder.path)
    prompt.preamble = try? project.houseRules(at: base)
    let named = others.union(project.ownAgents + [self.tool, "shell"])
    let tools = configuration.tools.filter { named.contains($0.key) }
    prompt.tools = tools.sorted { $0.key < $1.key }.map { name, tool in
      let parts = [
        tool.adapter == .shell ? "runs the bundle's own `command`, and is no agent" : nil,
        tool.model.map { "asks \($0)" },
        tool.capabilities.isEmpty ? nil : "can \(tool.capabilities.joined(separator: ", "))",
      ]
      return (name, parts.compactMap(\.self).joined(separator: "; "))
    }
    prompt.gates = configuration.gates.keys.sorted()
    let paths = (try? project.repository.changes(from: nil, to: base).map(\.path)) ?? []
    prompt.map = FolderMap(paths).lines(most: 80)
    prompt.known = known
    prompt.problems = problems
    return prompt.text
  }

  /// Judges it together with what is there, and writes it into its folder.
  private func taken(
    _ files: [BundleFile], _ usage: DraftUsage, rounds: Int
  ) throws -> Draft {
    try project.requireNoSecrets(in: files)
    let judged = try project.judged(existing + files)
    let earlier = Set(known)
    let ids = judged.plan.workstreams.map(\.id).filter { !earlier.contains($0) }
    try write(files, usage)
    let draft = Set(ids)
    let crossing = ids.compactMap { judged.plan.index(of: $0) }.reduce(0) { count, index in
      count
        + judged.plan.conflicts(with: index).count { !draft.contains(judged.plan.id($0)) }
    }
    let paths = Set(files.map(\.path))
    return Draft(
      folder: folder.path, files: files, workstreams: ids,
      plan: Planner.plan(
        judged.loaded, selecting: ids, workers: project.configuration.run.workers),
      conflictsWithOthers: crossing,
      warnings: judged.warnings.filter { paths.contains($0.place.file) }, usage: usage,
      rounds: rounds)
  }

  /// Writes all of them, or none where a file is in the way.
  private func write(_ files: [BundleFile], _ usage: DraftUsage) throws {
    do { for file in files { try project.requireFree(file.path) } } catch {
      throw Refusal(
        .usage, "a file is in the way of the draft: \(Refusal(error).messages[0])",
        hint:
          "the draft is kept in \(try keep(files) ?? "no file"); name another folder: --into FOLDER"
      )
    }
    for file in files { try project.write(file) }
  }

  /// Where a draft lies that is not taken; nil where there is none.
  private func keep(_ files: [BundleFile]) throws -> String? {
    if files.isEmpty { return nil }
    let place = "\(project.stateDirectory)/drafts/\(run)"
    for file in files {
      let name = file.path.split(separator: "/").last.map(String.init) ?? file.path
      try Files.makeDirectory(place)
      try Files.write(file.bytes, to: "\(place)/\(name)")
    }
    return place
  }

  private func clear() async {
    let folder = "\(project.worktreeRoot)/\(run)"
    let path = "\(folder)/\(Self.id)"
    if project.repository.worktree(at: path) != nil {
      try? await project.git.removeWorktree(at: path, force: true)
    }
    Folder.remove(path)
    Folder.remove(folder)
    Folder.remove(project.logs(of: run).folder)
    let kept =
      (try? project.repository.references(under: "\(project.refPrefix)/salvage/\(run)")) ?? []
    try? await project.git.updateReferences(
      kept.map { ReferenceChange(name: $0.name, new: nil, old: $0.id) })
  }
}

extension Refusal {
  /// No round is left, and the loader does not take what is there.
  fileprivate static func unfinished(
    _ problems: [String], kept: String?, _ usage: DraftUsage
  ) -> Refusal {
    let shown = problems.prefix(8).map(\.terminalSafe)
    let more = problems.count > 8 ? ["and \(problems.count - 8) more"] : []
    var refusal = Refusal(
      .failed, "the draft is not valid; \(usage.words)",
      hint: kept.map { "it is kept in \($0.shellQuoted); mend it, and move it to the bundles" },
      "or let the agent try longer: --rounds N")
    refusal.messages += shown + more
    return refusal
  }
}

extension DraftUsage {
  /// As `it used 1200 tokens in, 300 out, $0.0123`.
  package var words: String {
    guard isTold else { return "it did not say what it used" }
    let price =
      cost.map { isPriced ? ", \($0)" : ", \($0) for what has a price" } ?? ", no price known"
    return "it used \(input) tokens in, \(output) out" + price
  }
}
