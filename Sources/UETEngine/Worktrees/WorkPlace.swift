import UETModel

/// Where an attempt works.
enum WorkPlace: Hashable, Sendable {
  /// A worktree of the workstream's own, which is kept for review.
  case own(path: String)
  /// A worktree of its worker's, used again and again by switching from tree to tree.
  case slot(path: String)
  /// An empty directory without any worktree: what is left there is nobody's work.
  case scratch(path: String)

  var path: String {
    switch self {
    case .own(let path), .slot(let path), .scratch(let path): path
    }
  }

  var isWorktree: Bool {
    if case .scratch = self { false } else { true }
  }
}

extension RunFacts {
  /// The bundle's `worktree` decides, else `run.mode`.
  func place(of id: WorkstreamID, worker: String) -> WorkPlace {
    switch workstreams[id]?.worktree ?? (configuration.run.mode == .slots ? .slot : .own) {
    case .own: .own(path: worktree(id))
    case .slot: .slot(path: slot(of: worker))
    case .none: .scratch(path: worktree(id) + ".scratch")
    }
  }

  /// `slot-3` belongs to worker `w3`.
  private func slot(of worker: String) -> String {
    "\(project.worktreeRoot)/slot-\(worker.drop { !$0.isNumber })"
  }

  /// Paths that are in worktrees by the engine's hand and never part of anybody's work.
  var local: [String] { configuration.run.copy + configuration.run.caches }
}
