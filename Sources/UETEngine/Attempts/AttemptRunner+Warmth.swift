import UETGit
import UETModel
import UETSystem

/// What stands in an attempt's worktree that was built before its worker began.
struct Warmth: Sendable {
  /// The tree on which it was built; nil for nothing.
  var tree: ObjectID?
  /// Where it stands.
  var folders: [String] = []
  /// Of which gate something is to be had that was not ready when the worktree was made.
  var awaited: BenchKind?
  /// What stood in the folders when the worker began.
  var untouched: UInt64?
  /// Why it was thrown away.
  var cold: String?
}

extension AttemptRunner {
  /// The first of its gates that builds decides what it can begin with.
  private var benchKind: BenchKind? {
    guard place.isWorktree, SparseChoice(workstream, context.configuration) == nil else {
      return nil
    }
    let gate = Gate.ofAttempt(workstream, context.configuration)
      .first { $0.builds(besides: context.configuration.run.caches) }
    return gate.flatMap { BenchKind(context, $0, declaring: workstream.environment) }
  }

  /// Brings to a fresh checkout of the base what a gate built in a bench. Where none stands ready
  /// one is begun, and what it builds is brought before the gates run.
  mutating func beginWarm(
    in worktree: WorktreeHandle, at base: ObjectID, builtOn tree: ObjectID?
  ) async throws {
    warmth = Warmth()
    guard let kind = benchKind else {
      if let tree { warmth = Warmth(tree: tree, folders: built(context.configuration.run.caches)) }
      return
    }
    warmth.folders = built(kind.keep)
    if let tree {
      warmth.tree = tree
    } else if let planted = await seeds.plant(
      kind, in: worktree, at: base, context
    ).planted {
      try note(planted, in: worktree, at: base)
    } else {
      await seeds.build(kind, declaring: workstream.environment, context)
      warmth.awaited = kind
    }
  }

  /// Notes what was brought to a checkout of `commit`.
  private mutating func note(
    _ planted: Planted, in worktree: WorktreeHandle, at commit: ObjectID
  ) throws {
    warmth.tree = planted.tree
    guard case .slot = place else { return }
    try slot.noteSeed(commit, since: planted.since, planted.former, in: worktree)
  }

  /// Notes what stands there when all but the worker is ready.
  mutating func noteUntouched() {
    guard warmth.awaited != nil else { return }
    warmth.untouched = KeptOutput(in: path, folders: warmth.folders).identity
  }

  /// Before its gates: brings what was not ready, and throws away what is of no use for what the
  /// worker made.
  mutating func settleWarmth(at tip: ObjectID) async throws {
    guard place.isWorktree, let worktree = context.repository.worktree(at: path) else { return }
    if let kind = warmth.awaited {
      await seeds.wait(for: kind)
      try Task.checkCancellation()
      warmth.awaited = nil
      try await plantLate(kind, in: worktree, at: tip)
    } else if let tree = warmth.tree {
      let changes = try context.repository.changes(
        from: tree, to: context.repository.treeID(of: tip))
      if let reason = SealedGit.coldness(changes, warmth.folders) { try await goCold(reason) }
    }
  }

  /// Where the worker built nothing itself.
  private mutating func plantLate(
    _ kind: BenchKind, in worktree: WorktreeHandle, at tip: ObjectID
  ) async throws {
    let output = KeptOutput(in: path, folders: warmth.folders)
    guard output.isEmpty || output.identity == warmth.untouched else { return }
    let aside = SetAside(warmth.folders, in: path, to: worktree.gitDirectory + "/uet-aside")
    guard aside.isDone else { return }
    let planting = await seeds.plant(kind, in: worktree, at: tip, context)
    guard let planted = planting.planted else {
      warmth.cold = planting.reason
      return aside.putBack()
    }
    aside.drop()
    try note(planted, in: worktree, at: tip)
  }

  /// Makes the worktree one in which nothing was built yet.
  mutating func goCold(_ reason: String) async throws {
    (warmth.tree, warmth.cold) = (nil, reason)
    KeptOutput.remove(warmth.folders, in: path)
    try await runSetup()
  }

  private func built(_ folders: [String]) -> [String] {
    folders.filter { !BuildDescription.isInstalled($0) }
  }
}

/// Folders of a worktree that stand elsewhere for a moment.
private struct SetAside {
  private let root: String
  private let place: String
  private var moved: [String] = []
  /// Whether all that was there is elsewhere now.
  private(set) var isDone = true

  init(_ folders: [String], in root: String, to place: String) {
    (self.root, self.place) = (root, place)
    Folder.remove(place)
    for folder in folders where Files.kind("\(root)/\(folder)") != nil {
      guard (try? Files.makeDirectory(place)) != nil,
        (try? Files.move("\(root)/\(folder)", to: "\(place)/\(moved.count)")) != nil
      else {
        isDone = false
        break
      }
      moved.append(folder)
    }
    if !isDone { putBack() }
  }

  func putBack() {
    for (number, folder) in moved.enumerated() {
      try? Files.move("\(place)/\(number)", to: "\(root)/\(folder)")
    }
    Folder.remove(place)
  }

  func drop() { Folder.remove(place) }
}
