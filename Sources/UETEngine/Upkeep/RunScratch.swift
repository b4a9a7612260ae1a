import UETGit
import UETLedger
import UETModel
import UETSystem

/// What runs leave below `GIT_COMMON_DIR/uet`: logs, prompts, sockets and lock files.
package struct RunScratch: Sendable {
  private let project: Project

  package init(_ project: Project) { self.project = project }

  /// What one run left.
  package struct Leftover: Hashable, Sendable {
    package let run: RunID
    package let paths: [String]
    package let size: FolderSize
    /// Why it stays; nil for what can go.
    package let hold: WorktreeVerdict.Hold?
  }

  /// The leftovers of one run or of all, sorted by run. Those of a run stay while it goes on, while
  /// it may be resumed, and while one of its logs is nowhere else.
  package func leftovers(of only: RunID? = nil) throws -> [Leftover] {
    let known = Set(try project.reader.runs())
    let names = try names().filter { only == nil || $0.key == only }
    return try names.sorted { $0.key < $1.key }.map { run, paths in
      let size = paths.map { FolderSize(of: $0) }.reduce(FolderSize(), +)
      let hold = known.contains(run) ? try hold(run) : nil
      return Leftover(run: run, paths: paths, size: size, hold: hold)
    }
  }

  /// Removes what one run left; what is gone already counts as removed.
  package func remove(_ leftover: Leftover) throws {
    for path in leftover.paths { try Files.removeAll(path) }
  }

  /// The files and folders of each run, by the names they begin with.
  private func names() throws -> [RunID: [String]] {
    var found: [RunID: [String]] = [:]
    for folder in ["runs", "locks"] {
      let path = "\(project.stateDirectory)/\(folder)"
      for name in try Files.list(path) ?? [] {
        guard let run = RunID(String(name.prefix(20))) else { continue }
        found[run, default: []].append("\(path)/\(name)")
      }
    }
    return found
  }

  private func hold(_ run: RunID) throws -> WorktreeVerdict.Hold? {
    if try project.liveHolder(of: run) != nil {
      return .init(.run, "its run is going on", "git uet status \(run)")
    }
    let status = try project.state(of: run).status
    if !status.isOver || status == .interrupted || status == .halted {
      return .init(.crash, "its run can be resumed", "git uet resume \(run)")
    }
    guard let lost = try unrecorded(run).first else { return nil }
    return .init(
      .unreadable, "the log '\(lost.terminalSafe)' is not in the record",
      "look at it, then: rm -r \("\(project.stateDirectory)/runs/\(run)".shellQuoted)")
  }

  /// Logs with something in them that no commit of the chain holds.
  private func unrecorded(_ run: RunID) throws -> [String] {
    let folder = project.logs(of: run).folder
    let names = (try Files.list(folder) ?? []).filter { name in
      name.hasSuffix(".log") && FolderSize(of: "\(folder)/\(name)").bytes > 0
    }
    if names.isEmpty { return [] }
    let recorded = Set(try project.recordedLogNames(of: run))
    return names.filter { !recorded.contains($0) }
  }
}

extension Project {
  /// The names of all logs in a run's chain.
  func recordedLogNames(of run: RunID) throws -> [String] {
    var names: [String] = []
    var next: ObjectID? = try reader.tip(of: run)
    while let id = next {
      let commit = try reader.commit(id)
      if let folder = try repository.entry(at: "logs", in: commit.tree) {
        names += try repository.tree(folder.id).map(\.name)
      }
      next = commit.previous
    }
    return names
  }
}
