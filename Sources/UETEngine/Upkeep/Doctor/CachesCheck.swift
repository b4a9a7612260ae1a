import UETSystem

/// Looks at the folders of `run.caches`: those that worktrees cannot use.
struct CachesCheck: Sendable {
  let project: Project

  func findings() async -> [DoctorFinding] {
    guard let root = project.repository.workTree else { return [] }
    let checks = CacheChecks(project)
    var findings: [DoctorFinding] = []
    for name in project.configuration.run.caches {
      guard let cache = LocalFile(name), Files.kind("\(root)/\(cache.path)") == .directory,
        let tie = await checks.tie(of: cache)
      else { continue }
      findings.append(
        DoctorFinding(
          "cache \(cache.path.quoted(limit: 60))", .note,
          tie.reason(name) + ": worktrees do not get it",
          fix:
            "take it out of 'run.caches' in \(Project.configurationPath) and build it by 'run.setup'"
        ))
    }
    return findings
  }
}
