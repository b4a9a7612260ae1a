import UETGit
import UETLedger
import UETModel
import UETSystem

/// `git uet doctor`: looks at everything a run depends on, and mends what can be mended safely.
package struct Doctor: Sendable {
  private let directory: String
  private let environment: [String: String]
  /// Nil where the repository cannot be opened; that is a finding of its own.
  private let project: Project?
  private let refusal: DoctorFinding?

  /// `project` is what opening gave, or why it failed, with what to do about that.
  package init(
    directory: String, environment: [String: String], project: Project?, refusal: DoctorFinding?
  ) {
    self.directory = directory
    self.environment = environment
    self.project = project
    self.refusal = refusal
  }

  /// All findings, the machine's first.
  package func findings() async -> [DoctorFinding] {
    let system = SystemCheck(environment: environment)
    var findings = await system.programs() + system.limits()
    guard let project else { return findings + [refusal].compactMap { $0 } }
    let common = project.repository.commonDirectory
    findings += VolumeCheck(subject: "repository", path: common).findings()
    let root = Self.nearest(project.worktreeRoot)
    if root != common {
      findings += VolumeCheck(subject: "worktrees", path: root).findings()
    }
    findings += await CachesCheck(project: project).findings()
    findings += EnvironmentCheck(project: project).findings()
    findings += SafetyCheck(project: project).findings()
    return findings + RepositoryCheck(project: project).findings()
      + (await RunsCheck(project: project).findings())
  }

  /// The folder itself, or the next one above it that is there.
  private static func nearest(_ path: String) -> String {
    var path = path
    while Files.kind(path) == nil, let slash = path.lastIndex(of: "/"), slash != path.startIndex {
      path = String(path[..<slash])
    }
    return path
  }

  /// Mends one finding; says what was done, or throws.
  package func mend(_ repair: DoctorFinding.Repair) async throws -> String {
    guard let project else { throw Refusal(.internalError, "there is no repository to mend") }
    switch repair {
    case .removeLock(let lock):
      return StaleLocks(project.repository).remove(lock) == nil
        ? "left alone: somebody uses it now" : "removed"
    case .recover(let run):
      let result = try await Recovery(project).recover(run)
      return "in order; go on with: git uet resume \(run)"
        + (result.survivors > 0
          ? "; \(result.survivors) process\(result.survivors == 1 ? "" : "es") would not end"
          : "")
    case .rebuildCache: return "built anew: \(try project.cache.rebuild().counting("event"))"
    case .dropVanishedWorktrees: return try await dropVanished(project)
    }
  }

  private func dropVanished(_ project: Project) async throws -> String {
    let survey = WorktreeSurvey(project)
    let removal = WorktreeRemoval(survey)
    var (dropped, held) = (0, 0)
    for facts in try await survey.facts() where facts.presence == .vanished {
      if case .removed = await removal.remove(facts) { dropped += 1 } else { held += 1 }
    }
    return "taken off git's list: \(dropped)" + (held > 0 ? ", held: \(held)" : "")
  }
}
