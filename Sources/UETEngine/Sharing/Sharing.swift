import UETGit
import UETLedger
import UETModel
import UETSystem

/// `git uet sync`: this clone and a remote get the same record.
package struct Sharing: Sendable {
  package let project: Project
  package let remote: String
  private let intake: Intake

  /// Finds the remote, and the run where one is to be shared alone; talks to nobody yet.
  package static func prepare(
    _ places: [String], in project: Project
  ) async throws -> Sharing {
    _ = try await SealedGit.requireVersion(environment: project.environment)
    let known = project.remotes
    // What is no remote and looks like a run is one, here or not yet.
    let runs = places.filter { !known.contains($0) && run(named: $0, project) != nil }
    let remotes = places.filter { !runs.contains($0) }
    let remote = try project.remote(named: remotes.first)
    let only = runs.first.flatMap { run(named: $0, project) }
    return Sharing(
      project: project, remote: remote, intake: try project.intake(remote, only: only))
  }

  private static func run(named name: String, _ project: Project) -> RunID? {
    RunID(name) ?? (name.contains("-") ? try? project.run(named: name) : nil)
  }

  /// Does it, or says what it would do.
  package func perform(
    isDry: Bool, network: SealedGit.Network
  ) async throws -> SyncReport {
    Repository.enableFsync()
    if !isDry, project.repository.config(Project.cloneKey) != nil {
      _ = try await project.cloneID()
    }
    if !isDry {
      try project.restoreOwnChains()
      await project.completeRecord()
    }
    let sync = Sync(intake, network: network) { round in
      let wait = Double.random(in: 0.02...0.2) * Double(min(round, 8))
      try? await Task.sleep(for: .seconds(wait))
    }
    if isDry { return try await sync.preview() }
    // Two at a time in one clone would only get in each other's way.
    let path = project.stateDirectory + "/sync.lock"
    guard let lock = try await FileLock.wait(for: path, seconds: 300) else {
      throw GitError.lockTimeout(path: path)
    }
    let result: Result<SyncReport, any Error>
    do { result = .success(try await sync.perform()) } catch { result = .failure(error) }
    lock.release()
    let report = try result.get()
    _ = try? project.cache.catchUp()
    for change in report.sent {
      guard case .chain(let run, LedgerNames.mainWriter) = change.kind else { continue }
      for words in await project.unsharedSubmodules(of: run) { project.warn(words) }
    }
    return report
  }
}
