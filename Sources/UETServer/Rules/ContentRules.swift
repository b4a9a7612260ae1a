import UETGit
import UETModel

/// What may stand in the files and messages of commits that are pushed.
struct ContentRules {
  let view: PushView
  private let new: NewCommits

  init(_ view: PushView) throws {
    self.view = view
    new = try NewCommits(view, of: \.holdsFiles)
  }

  /// How many faults are told; where there are more, the next push shows them.
  private static let most = 20

  func refusals() throws -> [PushRefusal] {
    var refusals = try sizes()
    if refusals.isEmpty { refusals = try paths() }
    return try refusals + trailers()
  }

  /// Every large file of the push, whether or not a branch leads to it: it would be stored anyway.
  private func sizes() throws -> [PushRefusal] {
    let limit = view.policy.settings.maxFileSize
    let large = try view.repository.quarantinedBlobs(over: limit)
    guard !large.isEmpty else { return [] }
    let places = try places(of: Set(large.map(\.id)))
    return large.prefix(Self.most).map { id, size in
      let place = places[id]
      let what = place.map { "'\($0.path.terminalSafe)' of commit \($0.commit.short)" } ?? "\(id)"
      return PushRefusal(
        place.flatMap { new.reference(of: $0.commit) },
        "\(what) has \(ByteCount.text(size)); at most \(ByteCount.text(limit)) are taken "
          + "(server.max_file_size)",
        hint: place.map { "take it out of the commits: git rebase -i \($0.commit.short)~1" }
          ?? "see what leads to it: git log --all --find-object=\(id.short)")
    }
  }

  private typealias Place = (commit: ObjectID, path: String)

  private func places(of blobs: Set<ObjectID>) throws -> [ObjectID: Place] {
    var places: [ObjectID: Place] = [:]
    for commit in new.commits {
      let parents = commit.parents.isEmpty ? [nil] : commit.parents.map(Optional.some)
      for parent in parents {
        for change in try view.repository.changes(from: parent, to: commit.id) {
          if let id = change.new?.id, blobs.contains(id) { places[id] = (commit.id, change.path) }
        }
      }
    }
    return places
  }

  /// Names that are no files anywhere, and paths that no push may change; of each commit, so that
  /// what a later one takes back is found as well.
  private func paths() throws -> [PushRefusal] {
    var refusals: [PushRefusal] = []
    for commit in new.commits where refusals.count < Self.most {
      do throws(GitError) {
        if let (path, pattern) = try forbidden(commit) {
          refusals.append(
            PushRefusal(
              new.reference(of: commit.id),
              "commit \(commit.id.short) changes '\(path.terminalSafe)'; '\(pattern.terminalSafe)' "
                + "is not changed by a push (server.forbidden_paths)",
              hint: "take that out of the commit: git rebase -i \(commit.id.short)~1"))
        }
      } catch {
        guard case .refusedTree(_, let fault) = error else { throw error }
        refusals.append(
          PushRefusal(
            new.reference(of: commit.id), "commit \(commit.id.short): \(fault)".terminalSafe,
            hint: "see what is wrong with it: git fsck --strict"))
      }
    }
    return refusals
  }

  /// The first path that may not be changed, going by all parents.
  private func forbidden(_ commit: Commit) throws(GitError) -> (path: String, pattern: String)? {
    var found: (path: String, pattern: String)?
    try view.repository.sweep(commit) { path in
      guard found == nil, view.policy.forbidsPaths, let pattern = view.policy.forbids(path) else {
        return
      }
      found = (path, pattern.text)
    }
    return found
  }

  /// Branches of runs are the engine's, and land by the queue.
  private func trailers() throws -> [PushRefusal] {
    let required = view.policy.settings.requiredTrailers
    guard !required.isEmpty else { return [] }
    let new = try NewCommits(view) { $0 == .branch || $0 == .queue }
    var refusals: [PushRefusal] = []
    for commit in new.commits where commit.parents.count < 2 && refusals.count < Self.most {
      let trailers = MessageTrailers(commit.message)
      guard let name = required.first(where: { !trailers.satisfies($0, commit) }) else { continue }
      refusals.append(
        PushRefusal(
          new.reference(of: commit.id),
          "commit \(commit.id.short) has no '\(name):' as the rules of this host want it "
            + "(server.required_trailers)",
          hint: name.lowercased() == "signed-off-by"
            ? "sign it off, as who made it: git rebase --signoff \(commit.id.short)~1"
            : "add it: git commit --amend --trailer '\(name): ...'"))
    }
    return refusals
  }
}

extension Repository {
  /// Calls `body` with each path that a commit itself changes: where it merged, those that differ
  /// from all of its parents, for what comes from one of them is not its doing.
  func sweep(_ commit: Commit, _ body: (String) -> Void) throws(GitError) {
    var counts: [[UInt8]: Int] = [:]
    let parents = commit.parents.isEmpty ? [nil] : commit.parents.map(Optional.some)
    for parent in parents {
      for path in try changedPaths(from: parent, to: commit.id) { counts[path, default: 0] += 1 }
    }
    for (path, count) in counts where count == parents.count {
      body(String(decoding: path, as: UTF8.self))
    }
  }

  private func changedPaths(
    from old: ObjectID?, to new: ObjectID
  ) throws(GitError) -> [[UInt8]] {
    let paths = PathList()
    try sweep(from: old, to: new) { paths.add($0.pathBytes) }
    return paths.all
  }
}

/// Collects what a sweep says.
private final class PathList {
  private(set) var all: [[UInt8]] = []

  func add(_ path: [UInt8]) { all.append(path) }
}
