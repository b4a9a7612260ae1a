import Synchronization
import UETGit
import UETModel
import UETScheduling

/// Looks, while a run goes on, at what workers must not change: what all worktrees share, and the
/// user's own.
///
/// One look settles what moved since the last. Who did it cannot be seen, so all are named that ran
/// at any time between the two.
final class SharedGuard: Sendable {
  /// What a look found.
  struct Finding: Sendable {
    var changes: [SharedChange] = []
    /// Entries that workers left in the stash.
    var left: [ObjectID] = []
    /// Files that are new in the user's checkout, whether ignored or not.
    var new: [String] = []
    var suspects: [AttemptName] = []

    var isEmpty: Bool { changes.isEmpty && left.isEmpty && new.isEmpty }
  }

  private struct State: Sendable {
    var parts: SharedParts
    var checkout: CheckoutWatch?
    /// Those that run, and those that ran since the last look.
    var running: Set<AttemptName> = []
    var recent: Set<AttemptName> = []
    /// Those that ran since the last look at the files of the checkout.
    var recentFiles: Set<AttemptName> = []
    /// Of each that runs, those that ran at any time beside it.
    var beside: [AttemptName: Set<AttemptName>] = [:]
    /// Of the worktrees of those that run.
    var links: [AttemptName: WorktreeLinks] = [:]
    /// Worktrees in which nobody works any more.
    var left: [WorkstreamID: LeftFiles] = [:]
    var named: Set<String> = []
    /// The results' branches as the engine has set them, and what the disk said of their folder
    /// then.
    var branches: [String: ObjectID] = [:]
    var folder: ContentStamp?
    var kept: KeptReferences
    var nextLook: ContinuousClock.Instant
  }

  private let state: Mutex<State>
  private let clock = ContinuousClock()
  private let hasBranch: Bool
  private let repository: Repository
  private let folder: String
  /// Where what had to give way is kept.
  private let found: String

  /// Files are looked at again after so many times the span that a look at them takes.
  private static let rest = 100
  /// Paths of one finding.
  private static let mostPaths = 50

  init(_ project: Project, run: RunID, watchesFiles: Bool = true) {
    let names = RunNames(prefix: project.refPrefix, run: run)
    let repository = project.repository
    self.repository = repository
    folder = "\(repository.commonDirectory)/refs/heads/uet/\(run)"
    found = "\(project.stateDirectory)/runs/\(run)/found"
    let parts = SharedParts(
      repository, environment: project.environment,
      excluding: [
        project.refPrefix, "refs/uet", "refs/uet-remote", "refs/heads/uet/\(names.run)",
        "refs/notes/uet", "refs/notes/uet-verdicts", RunNames.passing,
      ], found: found)
    let kept = KeptReferences(
      repository, names, chain: project.ledgerNames.chain(run))
    state = Mutex(State(parts: parts, kept: kept, nextLook: clock.now))
    hasBranch = if case .branch? = try? repository.head() { true } else { false }
    guard watchesFiles, let root = repository.workTree else { return }
    let index = "\(repository.gitDirectory)/index"
    // What decides on the next run, whether it is tracked or not.
    let (settings, bundles) = (Project.configurationPath, project.configuration.workstreams)
    Task.detached(priority: .utility) { [weak self, clock] in
      let start = clock.now
      let watch = CheckoutWatch(
        root, index: index, trustingIndex: false, files: [settings], folders: [bundles])
      let next = clock.now + (clock.now - start) * Self.rest
      self?.state.withLock { ($0.checkout, $0.nextLook) = (watch, next) }
    }
  }

  func began(_ name: AttemptName, in worktree: WorktreeHandle?) {
    let links = worktree.map { WorktreeLinks($0, name: name.workstream.rawValue) }
    state.withLock { state in
      state.links[name] = links
      for other in state.running { state.beside[other]?.insert(name) }
      state.beside[name] = state.running
      state.left[name.workstream] = nil
      state.running.insert(name)
      state.recent.insert(name)
      state.recentFiles.insert(name)
    }
  }

  /// What moved since the last look. `ending`: an attempt that runs no more; `last`: none does, and
  /// all is looked at.
  func look(ending: AttemptName? = nil, asLast last: Bool = false) -> Finding {
    state.withLock { state in
      var finding = Finding()
      finding.changes = state.parts.changes(all: last) + changedBranches(&state, isLast: last)
      finding.changes += changedWorktrees(&state) + state.kept.changes() + changedLinks(&state)
      let isAlone = state.running.count <= 1
      if let stash = state.parts.settleStash(collecting: (isAlone || last) && hasBranch) {
        finding.changes += stash.taken.map {
          SharedChange(.stash, $0.short, isProtected: true, isRestored: stash.isRestored)
        }
        finding.left = stash.left
      }
      finding.suspects = state.recent.sorted { $0.label < $1.label }
      if let ending {
        state.running.remove(ending)
        (state.beside[ending], state.links[ending]) = (nil, nil)
      }
      if last || clock.now >= state.nextLook { lookAtFiles(&state, &finding) }
      state.recent = state.running
      return finding
    }
  }

  /// The others that ran at any time since an attempt began that still runs.
  func beside(_ name: AttemptName) -> [AttemptName] {
    state.withLock { ($0.beside[name] ?? []).sorted { $0.label < $1.label } }
  }

  /// Takes note of a worktree that stays as it is when its attempt has ended.
  func left(_ id: WorkstreamID, at path: String, _ files: [String]) {
    let files = LeftFiles(path, files: files)
    state.withLock { $0.left[id] = files }
  }

  private func changedWorktrees(_ state: inout State) -> [SharedChange] {
    state.left.keys.sorted().flatMap { id in
      (state.left[id]?.changed() ?? []).map {
        SharedChange(.worktree, "\(id)/\($0)", isProtected: false)
      }
    }
  }

  private func changedLinks(_ state: inout State) -> [SharedChange] {
    var changes: [SharedChange] = []
    for name in state.links.keys.sorted(by: { $0.label < $1.label }) {
      changes += state.links[name]?.changes(keepingIn: found) ?? []
    }
    return changes
  }

  /// Takes note of a reference that keeps work of an attempt.
  func keeps(_ name: String, at commit: ObjectID) {
    state.withLock { $0.kept.note(name, at: commit) }
  }

  /// Takes note of a branch that the engine has just set.
  func note(_ branch: String, at commit: ObjectID) {
    state.withLock { state in
      state.branches[branch] = commit
      state.folder = ContentStamp(folder)
    }
  }

  /// Results' branches that somebody moved. One that was deleted, or points to what does not build
  /// on the result, is put back; a commit on top of it is for its author to keep.
  private func changedBranches(_ state: inout State, isLast: Bool) -> [SharedChange] {
    let now = ContentStamp(folder)
    if state.branches.isEmpty || (now == state.folder && !isLast) { return [] }
    var changes: [SharedChange] = []
    for (name, wanted) in state.branches.sorted(by: { $0.key < $1.key }) {
      let found = try? repository.reference(name)
      if found == .some(wanted) { continue }
      if let found = found ?? nil, (try? repository.isAncestor(wanted, of: found)) == true {
        state.branches[name] = found
        changes.append(SharedChange(.reference, name, isProtected: false, old: wanted))
        continue
      }
      let back: Void? = try? repository.setReference(
        name, to: wanted, expecting: nil, message: "git-uet: put back")
      changes.append(
        SharedChange(.reference, name, isProtected: true, isRestored: back != nil, old: wanted))
    }
    state.folder = ContentStamp(folder)
    return changes
  }

  private func lookAtFiles(_ state: inout State, _ finding: inout Finding) {
    guard var watch = state.checkout else { return }
    let start = clock.now
    let (tracked, new) = watch.changes()
    let staged = watch.staged()
    state.checkout = watch
    state.nextLook = clock.now + (clock.now - start) * Self.rest
    let fresh = tracked.filter { state.named.insert($0).inserted }
    // What is named as a file of the checkout need not be named again.
    let added = staged.filter { !state.named.contains($0) }
    state.named.formUnion(added)
    finding.new = Array(new.filter { !state.named.contains($0) }.prefix(Self.mostPaths))
    finding.changes += fresh.prefix(Self.mostPaths).map {
      SharedChange(.file, $0, isProtected: false)
    }
    finding.changes += added.prefix(Self.mostPaths).map {
      SharedChange(.staged, $0, isProtected: false)
    }
    state.named.formUnion(new)
    if !fresh.isEmpty || !new.isEmpty || !added.isEmpty {
      finding.suspects = state.recent.union(state.recentFiles).sorted { $0.label < $1.label }
    }
    state.recentFiles = state.running
  }

  /// The entries of the user's stash.
  var stashed: [ObjectID] { state.withLock { $0.parts.stashed } }
}

extension EventDraft {
  static func protectedChange(
    _ changes: [SharedChange], _ suspects: [AttemptName], for name: AttemptName?
  ) -> EventDraft {
    EventDraft(
      .protectedChangeFound(
        .init {
          $0.changes = changes
          $0.suspects = suspects.map { name in
            .init { ($0.workstream, $0.attempt) = (name.workstream, name.number) }
          }
        }), workstream: name?.workstream, attempt: name?.number,
      anchors: changes.compactMap(\.old))
  }
}
