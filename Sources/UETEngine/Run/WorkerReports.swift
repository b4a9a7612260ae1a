import UETModel
import UETScheduling

final class WorkerReports: Sendable {
  let path: String
  init?(run: RunID, in project: Project, mailbox: Mailbox<DispatchInput>) { return nil }
  func close() {}
}
