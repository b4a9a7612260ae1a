import UETGit
import UETLedger
import UETModel
import UETSystem

/// Looks at the repository: settings that endanger the record, lock files, the file system.
struct RepositoryCheck: Sendable {
  let project: Project

  func findings() -> [DoctorFinding] {
    [format, partial, borrowed, identity, letterCase, name, key].compactMap { $0 } + remotes()
      + locks()
      + debris()
  }

  private var repository: Repository { project.repository }

  private var format: DoctorFinding? {
    let names = repository.configList(prefix: "extensions.").map { "\($0.key)=\($0.value)" }
      .sorted()
    let shallow = repository.isShallow ? ", shallow" : ""
    let bare = repository.workTree == nil ? ", bare: only looking works here" : ""
    let extensions = names.isEmpty ? "" : ", " + names.joined(separator: ", ")
    return DoctorFinding("repository", .ok, "sha1, files\(extensions)\(shallow)\(bare)")
  }

  /// Whoever reads the key can write records that pass for this clone's own.
  private var key: DoctorFinding? {
    let path = CloneSeal.path(in: repository)
    guard let mode = Files.mode(path), mode & 0o077 != 0 else { return nil }
    return DoctorFinding(
      "uet.key", .problem, "others of this machine can read the key that seals this clone's record",
      fix: "chmod 600 \(path.shellQuoted)")
  }

  private var partial: DoctorFinding? {
    guard let remote = repository.promisor else { return nil }
    return DoctorFinding(
      "partial clone", .note,
      "what is not here is fetched from '\(remote.terminalSafe)' when it is needed: keep it within reach",
      fix: "to have all here: git fetch --refetch --no-filter \(remote.shellQuoted)")
  }

  private var borrowed: DoctorFinding? {
    let lenders = repository.lenders
    guard let first = lenders.first else { return nil }
    let more = lenders.count > 1 ? " and \(lenders.count - 1) more" : ""
    let file = "\(repository.commonDirectory)/objects/info/alternates"
    return DoctorFinding(
      "borrowed objects", .note,
      "some are in '\(first.terminalSafe)'\(more) alone: what is removed there is lost here",
      fix: "git repack -a -d && rm \(file.shellQuoted)")
  }

  private var identity: DoctorFinding? {
    let name = project.environment["GIT_AUTHOR_NAME"] ?? repository.config("user.name")
    let email = project.environment["GIT_AUTHOR_EMAIL"] ?? repository.config("user.email")
    if name?.isEmpty == false, email?.isEmpty == false { return nil }
    return DoctorFinding(
      "identity", .note, "no user.name or user.email: commits are made as 'git-uet'",
      fix: "git config user.name NAME; git config user.email ADDRESS")
  }

  /// What does not let runs have the references or the worktrees that they need.
  private var name: DoctorFinding? {
    guard let name = try? project.nameInTheWay() else { return nil }
    let short = RunNames.short(name)
    return DoctorFinding(
      "'\(short.terminalSafe)'", .problem,
      "it is in the way: runs need '\(short.terminalSafe)/...', and git cannot have both",
      fix: "git branch -m \(short.shellQuoted) NEW-NAME")
  }

  /// What lies among git's records of worktrees and is none, or is broken, or whose folder is gone.
  /// It stops nothing.
  private func debris() -> [DoctorFinding] {
    guard let records = try? repository.worktreeRecords() else { return [] }
    let broken = Set(records.debris.map(\.path))
    let absent = records.entries.dropFirst().filter { entry in
      // Those of runs are told with what becomes of them.
      let isOurs =
        entry.path.hasPrefix(project.worktreeRoot + "/")
        || entry.lock?.hasPrefix(WorktreeFacts.lockPrefix) == true
      return !isOurs && !broken.contains(entry.gitDirectory) && Files.kind(entry.path) == nil
    }
    return found(records.debris) + absent.map(Self.absence)
  }

  private static func absence(_ entry: WorktreeEntry) -> DoctorFinding {
    let name = entry.gitDirectory.split(separator: "/").last.map(String.init) ?? ""
    let gone = "its folder '\(entry.path.terminalSafe)' is gone"
    guard let lock = entry.lock else {
      return DoctorFinding(
        "'worktrees/\(name.terminalSafe)'", .note, gone, fix: "git worktree prune")
    }
    let reason = lock.isEmpty ? "" : " (\(lock.terminalSafe))"
    let branch =
      entry.branch.map { " and holds '\(RunNames.short($0).terminalSafe)'" } ?? ""
    return DoctorFinding(
      "'worktrees/\(name.terminalSafe)'", .note, "\(gone); it is locked\(reason)\(branch)",
      fix: "bring it back, or give it up: git worktree unlock \(entry.path.shellQuoted)"
        + " && git worktree prune")
  }

  private func found(_ debris: [WorktreeDebris]) -> [DoctorFinding] {
    let common = repository.commonDirectory
    return debris.map { debris in
      let name =
        debris.path.hasPrefix(common + "/")
        ? String(debris.path.dropFirst(common.count + 1)) : debris.path
      return DoctorFinding(
        "'\(name.terminalSafe)'", name == "worktrees" ? .problem : .note,
        "it \(debris.fault.terminalSafe)",
        fix: "see what it is, and move it away: mv \(debris.path.shellQuoted) /tmp/")
    }
  }

  private var letterCase: DoctorFinding? {
    guard Files.kind("\(repository.commonDirectory)/hEaD") != nil else { return nil }
    return DoctorFinding(
      "letter case", .note,
      "the file system takes 'a' and 'A' for one: keep scopes apart by more than case")
  }

  /// Settings of remotes that would throw away what was recorded here, or there.
  private func remotes() -> [DoctorFinding] {
    var findings: [DoctorFinding] = []
    for (key, value) in repository.configList(prefix: "remote.") {
      let name = key.split(separator: ".").dropFirst().dropLast().joined(separator: ".")
      let quoted = name.shellQuoted
      if key.hasSuffix(".fetch"), value.hasSuffix(":\(project.refPrefix)/*") {
        findings.append(
          DoctorFinding(
            "remote '\(name.terminalSafe)'", .problem,
            "its refspec '\(value.terminalSafe)' replaces the record of this clone by fetched ones",
            fix: "git config --fixed-value --unset-all remote.\(quoted).fetch \(value.shellQuoted)"
              + "; then: git uet init --share"))
      }
      if key.hasSuffix(".fetch"), let hazard = project.mirrorHazard(name, value) {
        findings.append(
          DoctorFinding(
            "remote '\(name.terminalSafe)'", .problem, hazard.reason, fix: hazard.fix))
      }
      if key.hasSuffix(".mirror"), ["true", "yes", "on", "1"].contains(value.lowercased()) {
        findings.append(
          DoctorFinding(
            "remote '\(name.terminalSafe)'", .note,
            "it is a mirror: a push deletes every run there that is not here",
            fix: "git config --unset remote.\(quoted).mirror"))
      }
    }
    return findings
  }

  private func locks() -> [DoctorFinding] {
    let common = repository.commonDirectory
    return StaleLocks(repository).locks(under: ["refs"]).map { lock in
      let name =
        lock.path.hasPrefix(common + "/")
        ? String(lock.path.dropFirst(common.count + 1)) : lock.path
      guard let evidence = lock.evidence else {
        return DoctorFinding("lock '\(name.terminalSafe)'", .note, "a git process may be using it")
      }
      return DoctorFinding(
        "lock '\(name.terminalSafe)'", .problem, "its owner is dead: \(evidence)",
        fix: "rm \(lock.path.shellQuoted)", repair: .removeLock(lock))
    }
  }
}
