import UETGit
import UETModel

/// Looks whether branches that no run made bring back, or build on, what was taken out of the
/// target: their history says that this is merged, so merging would land the one without the other.
///
/// What it reads of the record and of the target it reads once for all branches that it is asked
/// about.
actor RemovedWork {
  let project: Project
  let presence: TargetPresence
  private var recorded: [Landed]?
  private var standings: [ObjectID: TargetPresence.Standing] = [:]
  private var suspects: [ObjectID: [Suspect]] = [:]
  private var later: [[ObjectID]: BranchHistory.Later] = [:]
  private var patches: [ObjectID: PatchIndex] = [:]

  init(project: Project, presence: TargetPresence) {
    (self.project, self.presence) = (project, presence)
  }

  /// Work that is not in the target any more.
  struct Finding: Hashable, Sendable {
    /// How the branch has to do with it, as `builds on 'ws-a'`.
    let what: String
    /// What the branch would have to be rebased from.
    let commit: ObjectID
    let removal: TargetPresence.Removal
  }

  /// What a run landed.
  private struct Landed {
    let id: WorkstreamID
    let merge: ObjectID
    /// The commits that whoever builds on it may have.
    let parts: [ObjectID]
  }

  /// What others may have brought to the target and taken out again.
  private struct Suspect {
    let merge: ObjectID
    let part: ObjectID
  }

  private var repository: Repository { presence.repository }

  /// The first that is found of the branch.
  func finding(of branch: BranchHistory) async throws -> Finding? {
    if branch.isInTarget {
      let merge = try presence.bringer(of: branch.tip)
      guard case .undone(let removal) = try await standing(ofLanded: merge) else { return nil }
      return Finding(what: "was in it already", commit: branch.tip, removal: removal)
    }
    if let found = try await onRecord(branch) { return found }
    return try await inHistory(branch)
  }

  /// The history of a branch that ends at `tip`.
  func history(of tip: ObjectID) throws -> BranchHistory {
    let bases = try repository.mergeBases(presence.tip, tip)
    let later =
      try self.later[bases]
      ?? BranchHistory.Later(try repository.commits(in: presence.tip, notIn: bases))
    self.later[bases] = later
    return try BranchHistory(tip, bases, later, presence)
  }

  /// The commits of the target that `base` lacks, by what they change.
  func patches(since base: ObjectID) -> PatchIndex {
    let index = patches[base] ?? PatchIndex(presence, since: [base])
    patches[base] = index
    return index
  }

  /// What runs of this repository landed, and the branch contains.
  private func onRecord(_ branch: BranchHistory) async throws -> Finding? {
    for landed in try landed() {
      guard let part = try landed.parts.first(where: branch.contains),
        case .undone(let removal) = try await standing(ofLanded: landed.merge),
        // Who has the removal too has seen it.
        try removal.by.map({ try !branch.contains($0) }) ?? true
      else { continue }
      return Finding(what: "builds on '\(landed.id)'", commit: part, removal: removal)
    }
    return nil
  }

  private func landed() throws -> [Landed] {
    if let recorded { return recorded }
    var result: [Landed] = []
    // Each opening of the cache reads all of its file.
    let cache = project.cache
    defer { cache.close() }
    for run in try project.reader.runs().prefix(200) {
      guard let state = try? cache.state(of: run) ?? project.reader.state(of: run) else { continue }
      for record in state.workstreams where [.landed, .rolledBack].contains(record.state) {
        guard let merge = record.integrated, repository.contains(merge) else { continue }
        let parts = [record.tip, record.candidate?.mergedTip].compactMap { $0 }
        result.append(
          Landed(id: record.id, merge: merge, parts: parts.filter(repository.contains)))
      }
    }
    presence.learn(result.flatMap { $0.parts + [$0.merge] })
    recorded = result
    return result
  }

  /// What others merged and reverted there since the branch began.
  private func inHistory(_ branch: BranchHistory) async throws -> Finding? {
    for id in branch.later.commits.suffix(TargetPresence.limit) {
      for suspect in try suspects(in: id) where try branch.contains(suspect.part) {
        guard case .undone(let removal) = try await standing(ofLanded: suspect.merge) else {
          continue
        }
        return Finding(
          what: "builds on \(suspect.part.short)", commit: suspect.part, removal: removal)
      }
    }
    return nil
  }

  private func suspects(in id: ObjectID) throws -> [Suspect] {
    if let known = suspects[id] { return known }
    let commit = try repository.commit(id)
    var result: [Suspect] = []
    if commit.parents.count > 1 { result.append(Suspect(merge: id, part: commit.parents[1])) }
    for named in Self.reverted(by: commit.message) where repository.contains(named) {
      let parents = try repository.commit(named).parents
      result.append(Suspect(merge: named, part: parents.count > 1 ? parents[1] : named))
    }
    suspects[id] = result
    return result
  }

  private func standing(ofLanded merge: ObjectID) async throws -> TargetPresence.Standing {
    if let known = standings[merge] { return known }
    let standing = try await presence.standing(ofLanded: merge)
    standings[merge] = standing
    return standing
  }

  /// The commits that a revert says it reverts.
  private static func reverted(by message: String) -> [ObjectID] {
    let words = "This reverts commit "
    return message.split(separator: "\n").compactMap { line in
      line.hasPrefix(words) ? ObjectID(line.dropFirst(words.count).prefix(40)) : nil
    }
  }
}
