import UETGit
import UETModel

/// Proves that a clone of the chain alone holds every commit that its events name.
struct AnchorExamination {
  let repository: Repository
  let report: LedgerReport
  let base: ObjectID

  func examine(into result: inout RunReport) throws(LedgerError) {
    guard let end = report.soundUpTo else { return }
    let repository = repository
    let base = base
    let reached = try LedgerError.wrap { () throws(GitError) in
      Set(try repository.commits(in: end, notIn: [base]))
    }
    for (id, sequence) in report.named.sorted(by: { ($0.value, $0.key) < ($1.value, $1.key) })
    where !reached.contains(id) {
      // What the run started from is kept by the root, and with it all of its history.
      if (try? repository.isAncestor(id, of: base)) == true { continue }
      result.note(
        .unanchored, id, "event \(sequence) names it, but the record does not keep it alive")
    }
  }
}
