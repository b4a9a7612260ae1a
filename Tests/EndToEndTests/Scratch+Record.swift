import Foundation
import Testing
import UETGit
import UETLedger
import UETModel

extension Scratch {
  /// Records events on a run as some other process would, whoever holds it, and gives it up again.
  func record(_ drafts: [EventDraft], in run: String) async throws {
    let now = Timestamp(seconds: Int64(Date().timeIntervalSince1970))
    let writer = try LedgerWriter.open(
      in: Repository.open(discoveringFrom: path, environment: [:]), run: #require(RunID(run)),
      holder: Holder(host: "elsewhere", pid: 1, since: now, nonce: "e"), at: now,
      takingOver: true)
    _ = try writer.append(drafts, at: now)
    try await writer.release()
  }
}
