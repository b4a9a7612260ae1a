import UETGit
import UETModel
import UETPlanning

/// What every part of one run shares.
struct RunContext: Sendable {
  let project: Project
  let run: RunID
  let names: RunNames
  let base: ObjectID
  let workstreams: [WorkstreamID: Workstream]
  let bases: BaseBuilder
  let supervisor: Supervisor
  /// Path of the socket that workers report to; nil where none could be opened.
  let socket: String?

  var repository: Repository { project.repository }
  var git: SealedGit { project.git }
  var configuration: Configuration { project.configuration }

  var logs: AttemptLogs { AttemptLogs(folder: "\(project.stateDirectory)/runs/\(run)") }

  func worktree(_ id: WorkstreamID) -> String { "\(project.worktreeRoot)/\(run)/\(id)" }

  var integrationWorktree: String { "\(project.worktreeRoot)/\(run)/integration" }
}
