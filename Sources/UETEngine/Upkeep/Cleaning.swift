import UETModel
import UETSystem

/// `git uet clean`: removes worktrees and scratch that hold nothing of anyone's.
package struct Cleaning: Sendable {
  /// A worktree or a run's scratch, and what became or would become of it.
  package struct Item: Sendable {
    package enum Kind: String, Sendable { case worktree, scratch }

    package let kind: Kind
    package let path: String
    package let run: RunID?
    package let size: FolderSize
    package let outcome: WorktreeRemoval.Outcome
  }

  private let project: Project
  private let policy: WorktreePolicy

  package init(_ project: Project, policy: WorktreePolicy = .clean) {
    self.project = project
    self.policy = policy
  }

  /// Works through one run or all, worktrees first, each item reported when it is done. A dry run
  /// changes nothing, and says of what would be salvaged only that it would.
  package func perform(
    run: RunID?, isDry: Bool, each: (Item) -> Void
  ) async throws {
    let survey = WorktreeSurvey(project)
    let removal = WorktreeRemoval(survey, policy: policy)
    var cleaned: Set<RunID> = []
    for facts in try await survey.facts(of: run) {
      // Whoever is told to stop begins with nothing more.
      try Task.checkCancellation()
      let size = FolderSize(of: facts.path)
      let outcome = isDry ? planned(facts) : await removal.remove(facts)
      if let run = facts.run, !isDry { cleaned.insert(run) }
      each(
        Item(
          kind: .worktree, path: facts.path, run: facts.run, size: size, outcome: outcome))
    }
    for run in cleaned where (try? project.requireFree(run)) != nil {
      await KeptApart.removeObjects(of: run, project)
    }
    if !isDry { removeEmptyFolders(survey.root) }
    try cleanScratch(run, isDry, each)
  }

  private func planned(_ facts: WorktreeFacts) -> WorktreeRemoval.Outcome {
    switch WorktreeVerdict(facts, policy: policy) {
    case .held(let hold): .held(hold)
    case .removable(let reason): .removed(reason, salvage: nil)
    case .afterSalvage(let reason): .removed(reason, salvage: "")
    }
  }

  /// Folders of runs whose worktrees are all gone; one that holds anything stays by itself.
  private func removeEmptyFolders(_ root: String) {
    for name in Files.names(in: root) where RunID(name) != nil {
      Files.removeEmpty("\(root)/\(name)")
    }
    Files.removeEmpty(root)
  }

  private func cleanScratch(
    _ run: RunID?, _ isDry: Bool, _ each: (Item) -> Void
  ) throws {
    let scratch = RunScratch(project)
    for leftover in try scratch.leftovers(of: run) {
      try Task.checkCancellation()
      var outcome = WorktreeRemoval.Outcome.removed("its run is over", salvage: nil)
      if let hold = leftover.hold { outcome = .held(hold) }
      if leftover.hold == nil, !isDry {
        do { try scratch.remove(leftover) } catch {
          outcome = .failed("\(error)")
        }
      }
      let path = "\(project.stateDirectory)/runs/\(leftover.run)"
      each(
        Item(kind: .scratch, path: path, run: leftover.run, size: leftover.size, outcome: outcome))
    }
  }
}
