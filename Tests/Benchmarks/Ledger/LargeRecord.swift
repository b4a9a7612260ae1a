import Foundation
import UETGit
import UETLedger
import UETModel
import UETTestSupport

/// A run of many workstreams in phases, and then one event for each line that is read: what is
/// looked at beside it has something to follow.
struct LargeRecord {
  let events: Int
  let workstreams: Int
  let path: String

  private static let phases = 20
  /// Events of a workstream that ends: ready, assigned, started, completed.
  private static let least = 4

  func write() async throws {
    let repository = try Repository.open(
      discoveringFrom: path, environment: TestRepository.environment(home: path))
    let base = try repository.resolve("HEAD")
    let start = Timestamp(microseconds: Int64(Date().timeIntervalSince1970 * 1e6))
      .advanced(bySeconds: -7200)
    let ids = (0..<workstreams).compactMap { WorkstreamID("ws-part-\($0)") }
    let writer = try LedgerWriter.create(
      in: repository, run: RunID(startedAt: start, salt: 1), root: root(base, ids),
      holder: SystemProcesses.current(since: start, nonce: "large"), events: [started(ids)],
      at: start, options: LedgerOptions()
    ).writer
    try await work(ids, writer, base, start)
    try await writer.flush()
    print("written")
    fflush(nil)
    try await follow(writer)
    try await writer.release()
  }

  /// Half of them end; the others report on their way, so that all is as long as it is to be.
  private func work(
    _ ids: [WorkstreamID], _ writer: LedgerWriter, _ base: ObjectID, _ start: Timestamp
  ) async throws {
    let finished = ids.count / 2
    let more = max(0, events - 1 - Self.least * finished - 3 * 8) / max(1, finished)
    for (number, id) in ids.prefix(finished + 8).enumerated() {
      let worker = "w\(number % 8 + 1)"
      let at = start.advanced(bySeconds: 7000 * Double(number) / Double(finished + 8))
      func draft(_ type: EventType, _ data: JSONObject = [:]) -> EventDraft {
        EventDraft(type, workstream: id, attempt: 1, worker: worker, data: data)
      }
      var drafts = [
        EventDraft(.taskReady, workstream: id), draft(.taskAssigned), draft(.taskStarted),
      ]
      if number < finished {
        for step in 0..<more {
          drafts.append(
            draft(.taskProgress, ["percent": .integer(Int64(step * 100 / max(1, more)))]))
        }
        drafts.append(draft(.taskCompleted, ["tip": .commit(base), "files": 1]))
      }
      try writer.append(drafts, at: at)
      if number % 50 == 49 { try await writer.flush() }
    }
  }

  private func follow(_ writer: LedgerWriter) async throws {
    while let line = readLine() {
      let now = Timestamp(microseconds: Int64(Date().timeIntervalSince1970 * 1e6))
      let draft = EventDraft(.runPaused, data: ["reason": .string(line)])
      try writer.append([draft], at: now)
      try await writer.flush()
      print("told")
      fflush(nil)
    }
  }

  private func started(_ ids: [WorkstreamID]) -> EventDraft {
    let list = ids.enumerated().map { number, id -> JSONValue in
      let needs = needs(number).map { JSONValue.string("ws-part-\($0)") }
      return ["id": .string(id.rawValue), "after": .array(needs)]
    }
    return EventDraft(.runStarted, data: JSONObject([.workstreams: .array(list)]))
  }

  private func needs(_ number: Int) -> [Int] {
    number >= 100 && number % 3 == 0 ? [number - 100] : []
  }

  private func root(_ base: ObjectID, _ ids: [WorkstreamID]) -> RootRecord {
    let size = max(1, (ids.count + Self.phases - 1) / Self.phases)
    let bundles = stride(from: 0, to: ids.count, by: size).map { first -> RootRecord.Bundle in
      let phase = first / size + 1
      let work = (first..<min(first + size, ids.count)).map { number -> JSONValue in
        [
          "id": .string(ids[number].rawValue), "tasks": [.string("part \(number)")],
          "files_scope": [.string("parts/\(number).txt")], "tool": "shell", "command": "true",
          "depends_on": .array(needs(number).map { .string("ws-part-\($0)") }),
        ]
      }
      let document: JSONValue = [
        "phase": .string("phase \(phase)"), "workstreams": .array(work),
      ]
      return RootRecord.Bundle(
        path: "workstreams/\(phase).json", bytes: Array(document.encoded().utf8))
    }
    return RootRecord(base: base, programVersion: "bench", bundles: bundles)
  }
}
