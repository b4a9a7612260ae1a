import UETGit
import UETLedger
import UETModel

/// `git uet sync`: this clone and a remote get the same record.
package struct Sharing: Sendable {
  package let project: Project
  package let remote: String
  private let intake: Intake

  /// Finds the remote; talks to nobody yet.
  package static func prepare(
    _ remote: String?, in project: Project
  ) async throws(EngineError) -> Sharing {
    do {
      _ = try await SealedGit.requireVersion(environment: project.environment)
      let remote = try project.remote(named: remote)
      return Sharing(project: project, remote: remote, intake: try project.intake(remote))
    } catch {
      throw EngineError(error)
    }
  }

  /// Does it, or says what it would do.
  package func perform(
    isDry: Bool, network: SealedGit.Network
  ) async throws(EngineError) -> SyncReport {
    Repository.enableFsync()
    if !isDry, project.repository.config(Project.cloneKey) != nil {
      do { _ = try await project.cloneID() } catch { throw EngineError(error) }
    }
    if !isDry { try project.restoreOwnChains() }
    let sync = Sync(intake, network: network) { round in
      let wait = Double.random(in: 0.02...0.2) * Double(min(round, 8))
      try? await Task.sleep(for: .seconds(wait))
    }
    do {
      if isDry { return try await sync.preview() }
      // Two at a time in one clone would only get in each other's way.
      try Files.makeDirectory(project.stateDirectory)
      let lock = try await FileLock(at: project.stateDirectory + "/sync.lock", seconds: 300)
      let result: Result<SyncReport, any Error>
      do { result = .success(try await sync.perform()) } catch { result = .failure(error) }
      lock.release()
      let report = try result.get()
      _ = try? project.cache.catchUp()
      return report
    } catch {
      throw EngineError(error)
    }
  }
}
