import UETModel
import UETSystem
import UETWorkers

/// The socket of the process that works on a run: workers report to it, and users steer by it.
final class RunSocket: Sendable {
  private let server: ControlServer

  var path: String { server.path }

  /// nil where no socket can be opened: the run goes on without.
  init?(
    _ run: RunID, in project: Project, at preferred: String? = nil,
    reports: (@Sendable (JSONValue) async -> JSONValue)? = nil,
    steer: @escaping @Sendable (SteeringRequest) async -> SteeringAnswer
  ) {
    do {
      try Files.makeDirectory(Self.folder(in: project))
      let path =
        try preferred.map { (path) throws(ProcessError) in try ControlPath.choose(preferred: path) }
        ?? Self.path(of: run, in: project)
      let screen: ControlScreen = { request, process in
        guard let steering = SteeringRequest(json: request), !steering.onlyLooks,
          process.map({ project.isWorker($0) }) ?? true
        else { return nil }
        return SteeringAnswer.refused("a worker must not steer a run").json
      }
      server = try ControlServer(path: path, screen: screen) { request in
        if let request = SteeringRequest(json: request) { return await steer(request).json }
        if let reports { return await reports(request) }
        return .refusal("this process takes no reports of workers")
      }
    } catch {
      return nil
    }
  }

  /// Where the socket of a run is.
  static func path(of run: RunID, in project: Project) throws(ProcessError) -> String {
    try ControlPath.choose(preferred: "\(folder(in: project))/\(run).sock")
  }

  private static func folder(in project: Project) -> String { "\(project.stateDirectory)/runs" }

  func close() async { await server.stop() }
}
