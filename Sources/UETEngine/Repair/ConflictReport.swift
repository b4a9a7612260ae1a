import UETGit
import UETMergeQueue
import UETModel

/// What is found out about a conflict for the record: who made it, and some of its places.
struct ConflictReport: Sendable {
  private let repository: Repository

  init(_ repository: Repository) { self.repository = repository }

  /// At most so many paths with places, places of a path, and bytes of one.
  private static let limits = (paths: 8, hunks: 3, bytes: 600)
  /// At most so many commits of the target are looked at, and named.
  private static let history = (seen: 2000, named: 5)

  func details(
    _ conflict: MergeConflict, _ name: MergeName, base: ObjectID?, _ state: RunState
  ) -> Told<Fact.MergeConflict> {
    // Only a help for people: what cannot be read is left out.
    let makers = (try? makers(of: conflict, name.workstream, in: name.onto, state)) ?? []
    let earlier = makers.isEmpty ? (try? earlier(of: conflict, name, state.run)) ?? [] : []
    let hunks = places(of: conflict)
    return .init {
      ($0.base, $0.makers) = (base, makers.nonEmpty)
      ($0.earlier, $0.hunks) = (earlier.nonEmpty, hunks.nonEmpty)
    }
  }

  /// Some of the places in conflict; none where they cannot be read.
  func places(of conflict: MergeConflict) -> [ConflictRecord.Hunk] {
    (try? hunks(of: conflict)) ?? []
  }

  /// Candidates contained in `onto` that changed one of the paths.
  private func makers(
    of conflict: MergeConflict, _ id: WorkstreamID, in onto: ObjectID, _ state: RunState
  ) throws(GitError) -> [WorkstreamID] {
    let paths = Set(conflict.paths.map(\.path))
    var result: [WorkstreamID] = []
    for record in state.workstreams where record.id != id {
      guard [.queued, .integrated, .landed].contains(record.state),
        let candidate = record.candidate, let base = candidate.mergedBase,
        try repository.changes(from: base, to: candidate.mergedTip).contains(where: {
          paths.contains($0.path)
        }),
        try repository.isAncestor(candidate.mergedTip, of: onto)
      else { continue }
      result.append(record.id)
    }
    return result
  }

  /// Commits in the target, but for those of the run, that changed one of the paths; newest first.
  private func earlier(
    of conflict: MergeConflict, _ name: MergeName, _ run: RunID
  ) throws(GitError) -> [ConflictRecord.Earlier] {
    let paths = Set(conflict.paths.map(\.path))
    var result: [ConflictRecord.Earlier] = []
    let new = try repository.commits(in: name.onto, notIn: [name.tip])
    for id in new.suffix(Self.history.seen).reversed() where result.count < Self.history.named {
      let commit = try repository.commit(id)
      let trailers = CommitTrailers(commit.message)
      guard commit.parents.count < 2, trailers["UET-Run"] != run.rawValue,
        try repository.changes(from: commit.parents.first, to: id).contains(where: {
          paths.contains($0.path)
        })
      else { continue }
      let subject = commit.message.prefix { !$0.isNewline }.prefix(100)
      result.append(
        ConflictRecord.Earlier(
          commit: id, subject: String(subject),
          workstream: trailers["UET-Workstream"].flatMap(WorkstreamID.init),
          run: trailers["UET-Run"].flatMap(RunID.init)))
    }
    return result
  }

  private func hunks(of conflict: MergeConflict) throws(GitError) -> [ConflictRecord.Hunk] {
    var result: [ConflictRecord.Hunk] = []
    for path in conflict.paths.prefix(Self.limits.paths) where path.fileMode != nil {
      guard let entry = try repository.entry(at: path.path, in: conflict.tree),
        let text = ConflictText(try repository.blob(entry.id))
      else { continue }
      for hunk in text.places.prefix(Self.limits.hunks) {
        let part = String(decoding: hunk.prefix(Self.limits.bytes), as: UTF8.self)
        let isCut = hunk.count > Self.limits.bytes
        result.append(ConflictRecord.Hunk(path: path.path, text: isCut ? part + "…" : part))
      }
    }
    return result
  }
}
