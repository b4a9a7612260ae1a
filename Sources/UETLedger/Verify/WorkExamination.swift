import UETGit
import UETModel

/// Compares the commits of a run's work with what the record says of them.
struct WorkExamination {
  let repository: Repository
  let state: RunState

  /// How many commits of one attempt are looked at.
  private static let limit = 1000

  func examine(into report: inout RunReport) {
    for record in state.workstreams {
      for attempt in record.attempts { examine(attempt, record, &report) }
      // What others merged says whatever they wrote.
      if let merge = record.integrated, !record.isFound {
        examine(merge: merge, record, &report)
      }
    }
  }

  /// Commits that name a workstream must name this one. A worker's own commits need not say
  /// anything.
  private func examine(
    _ attempt: AttemptRecord, _ record: WorkstreamRecord, _ report: inout RunReport
  ) {
    guard let tip = attempt.tip, let base = attempt.base, tip != base,
      let commits = try? repository.commits(in: tip, notIn: [base])
    else { return }
    let expected = [
      ("UET-Run", state.run.rawValue), ("UET-Workstream", record.id.rawValue),
      ("UET-Attempt", "\(attempt.number)"),
    ]
    for id in commits.suffix(Self.limit) {
      guard let message = try? repository.commit(id).message else { continue }
      report.works += 1
      let trailers = CommitTrailers(message)
      for (name, value) in expected {
        guard let found = trailers.contradiction(name, value) else { continue }
        report.note(
          .trailer, id,
          "its \(name) is \(found.quoted()), but the record has it as attempt \(attempt.number) of "
            + "'\(record.id)'")
      }
    }
  }

  /// A merge must name the candidate that it merged, and have it as a parent.
  private func examine(
    merge id: ObjectID, _ record: WorkstreamRecord, _ report: inout RunReport
  ) {
    guard let commit = try? repository.commit(id), commit.parents.count > 1 else { return }
    report.works += 1
    let trailers = CommitTrailers(commit.message)
    let expected = [("UET-Run", state.run.rawValue), ("UET-Workstream", record.id.rawValue)]
    for (name, value) in expected where trailers[name] != value {
      report.note(
        .trailer, id,
        "its \(name) is \((trailers[name] ?? "").quoted()), but it merged '\(record.id)'")
    }
    guard let tip = record.candidate?.mergedTip else { return }
    if trailers["UET-Candidate"] != tip.hex {
      report.note(
        .trailer, id,
        "its UET-Candidate is \((trailers["UET-Candidate"] ?? "").quoted()), not \(tip)")
    }
    if !commit.parents.contains(tip) {
      report.note(.trailer, id, "it does not contain \(tip), the candidate that it merged")
    }
  }
}
