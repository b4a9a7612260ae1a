import UETGit
import UETLedger
import UETModel

extension Project {
  /// Names the commits of submodules between two commits that only this clone has, each with what
  /// shares it.
  func unsharedSubmodules(from old: ObjectID, to new: ObjectID) async -> [String] {
    let found = (try? await git.unsharedSubmodules(from: old, to: new)) ?? []
    return found.map { module in
      let path = module.path.terminalSafe
      guard module.isHere else {
        return
          "submodule '\(path)' is to be at \(module.commit.short), which is not here; fetch it: "
          + "git -C \(module.path.shellQuoted) fetch"
      }
      return
        "submodule '\(path)' is to be at \(module.commit.short), which only this clone has; share it: "
        + "git -C \(module.path.shellQuoted) push origin \(module.commit):refs/heads/BRANCH"
    }
  }

  /// What is unshared in any of the results of a run, each said once.
  func unsharedSubmodules(of run: RunID) async -> [String] {
    guard let state = try? reader.state(of: run), let base = try? reader.root(of: run).base
    else { return [] }
    var words: Set<String> = []
    for tip in Set(state.workstreams.compactMap(\.tip)) where repository.contains(tip) {
      words.formUnion(await unsharedSubmodules(from: base, to: tip))
    }
    return words.sorted()
  }
}
