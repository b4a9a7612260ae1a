import UETGit
import UETLedger
import UETModel
import UETSystem

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Gathers the facts about the worktrees that git-uet made, without changing any.
///
/// What it looks at goes on living meanwhile, so facts are a picture of one moment. On Linux
/// `/proc` tells who is at work in them; elsewhere nobody is seen, and what is changed is all that
/// counts.
package struct WorktreeSurvey: Sendable {
  let project: Project
  /// The folder of all worktrees, links resolved; as configured where it is not there.
  package let root: String
  let users: WorktreeUsers
  /// A run that the caller itself holds, so that it does not count as going on.
  let holding: RunID?

  package init(_ project: Project, holding: RunID? = nil) {
    self.project = project
    self.holding = holding
    root = Files.real(project.worktreeRoot) ?? project.worktreeRoot
    users = WorktreeUsers(proc: "/proc")
  }

  /// A worktree that is there or should be, before it is looked at.
  struct Place: Sendable {
    let path: String
    let role: WorktreeFacts.Role
    /// Nil for a folder that is not on git's list.
    let entry: WorktreeEntry?
  }

  /// The facts of all worktrees, of one run or of all with the slots, sorted by path.
  package func facts(of run: RunID? = nil) async throws -> [WorktreeFacts] {
    let places = try await places().filter { place in
      guard let run else { return true }
      return place.role.run == run
    }
    let runs = try await RunStandings(
      places.compactMap(\.role.run), in: project, holding: holding)
    return try await withThrowingTaskGroup(of: WorktreeFacts.self) { group in
      var found: [WorktreeFacts] = []
      for (index, place) in places.enumerated() {
        // A few at a time: each starts a git or two.
        if index >= 4, let facts = try await group.next() { found.append(facts) }
        group.addTask { await facts(of: place, runs) }
      }
      for try await facts in group { found.append(facts) }
      return found.sorted { $0.path < $1.path }
    }
  }

  /// The facts of the one worktree at `path`; nil when git-uet made none there.
  package func facts(at path: String) async throws -> WorktreeFacts? {
    let real = Files.real(path) ?? path
    guard let place = try await places().first(where: { $0.path == real }) else { return nil }
    let runs = try await RunStandings(
      [place.role.run].compactMap { $0 }, in: project, holding: holding)
    return await facts(of: place, runs)
  }

  /// What git lists and is ours, and what else lies below the root.
  private func places() async throws -> [Place] {
    var places: [Place] = []
    for entry in try await project.git.worktrees().dropFirst() {
      let isBelow = entry.path.hasPrefix(root + "/")
      let isOurs = entry.lock?.hasPrefix(WorktreeFacts.lockPrefix) ?? false
      guard isBelow || isOurs else { continue }
      let role = WorktreeFacts.Role(
        path: entry.path, below: isBelow ? root : Self.formerRoot(entry.path))
      places.append(Place(path: entry.path, role: role ?? .stranger, entry: entry))
    }
    let known = Set(places.map(\.path))
    return places + unregistered(known)
  }

  /// Where the root was when the worktree was made: runs remember, the configuration does not.
  static func formerRoot(_ path: String) -> String {
    let parts = path.split(separator: "/").map(String.init)
    let isMember = parts.count > 1 && RunID(parts[parts.count - 2]) != nil
    return "/" + parts.dropLast(isMember ? 2 : 1).joined(separator: "/")
  }

  private func unregistered(_ known: Set<String>) -> [Place] {
    // Where all are seen nothing stands.
    let seen = "\(root)/\(Project.onePathName)"
    func folders(in path: String) -> [String] {
      let names = Files.names(in: path)
      return names.map { "\(path)/\($0)" }.filter { Files.kind($0) == .directory }
        .filter { $0 != seen || !Files.names(in: $0).isEmpty }
    }
    let paths = folders(in: root).flatMap { path in
      known.contains(path) || WorktreeFacts.Role(path: path, below: root) != nil
        ? [path] : folders(in: path)
    }
    return paths.filter { !known.contains($0) }.compactMap { path in
      WorktreeFacts.Role(path: path, below: root).map { Place(path: path, role: $0, entry: nil) }
    }
  }
}

extension WorktreeFacts.Role {
  var run: RunID? { WorktreeFacts(path: "", role: self).run }
}
