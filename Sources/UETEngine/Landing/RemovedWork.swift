import UETGit
import UETModel

/// Looks whether a branch that no run made brings back, or builds on, what was taken out of the
/// target: its history says that this is merged, so merging would land the one without the other.
struct RemovedWork: Sendable {
  let project: Project
  let presence: TargetPresence

  /// Work that is not in the target any more.
  struct Finding: Hashable, Sendable {
    /// How the branch has to do with it, as `builds on 'ws-a'`.
    let what: String
    /// What the branch would have to be rebased from.
    let commit: ObjectID
    let removal: TargetPresence.Removal
  }

  private var repository: Repository { presence.repository }

  /// The first that is found of a branch at `tip`.
  func finding(of tip: ObjectID) async throws -> Finding? {
    if try repository.isAncestor(tip, of: presence.tip) {
      let merge = try presence.bringer(of: tip)
      guard case .undone(let removal) = try await presence.standing(ofLanded: merge) else {
        return nil
      }
      return Finding(what: "was in it already", commit: tip, removal: removal)
    }
    if let found = try await onRecord(tip) { return found }
    return try await inHistory(tip)
  }

  /// What runs of this repository landed, and the branch contains.
  private func onRecord(_ tip: ObjectID) async throws -> Finding? {
    for run in try project.reader.runs().prefix(200) {
      guard let state = try? project.state(of: run) else { continue }
      for record in state.workstreams where [.landed, .rolledBack].contains(record.state) {
        guard let merge = record.integrated, repository.contains(merge),
          let part = try [record.tip, record.candidate?.mergedTip].compactMap({ $0 }).first(where: {
            try repository.contains($0) && repository.isAncestor($0, of: tip)
          }), case .undone(let removal) = try await presence.standing(ofLanded: merge),
          // Who has the removal too has seen it.
          try removal.by.map({ try !repository.isAncestor($0, of: tip) }) ?? true
        else { continue }
        return Finding(what: "builds on '\(record.id)'", commit: part, removal: removal)
      }
    }
    return nil
  }

  /// What others merged and reverted there since the branch began.
  private func inHistory(_ tip: ObjectID) async throws -> Finding? {
    let later = try repository.commits(in: presence.tip, notIn: [tip])
    for id in later.suffix(TargetPresence.limit) {
      let commit = try repository.commit(id)
      var suspects: [(merge: ObjectID, part: ObjectID)] = []
      if commit.parents.count > 1 { suspects.append((id, commit.parents[1])) }
      for named in Self.reverted(by: commit.message) where repository.contains(named) {
        let parents = try repository.commit(named).parents
        suspects.append((named, parents.count > 1 ? parents[1] : named))
      }
      for (merge, part) in suspects where try repository.isAncestor(part, of: tip) {
        guard case .undone(let removal) = try await presence.standing(ofLanded: merge) else {
          continue
        }
        return Finding(what: "builds on \(part.short)", commit: part, removal: removal)
      }
    }
    return nil
  }

  /// The commits that a revert says it reverts.
  private static func reverted(by message: String) -> [ObjectID] {
    let words = "This reverts commit "
    return message.split(separator: "\n").compactMap { line in
      line.hasPrefix(words) ? ObjectID(line.dropFirst(words.count).prefix(40)) : nil
    }
  }
}
