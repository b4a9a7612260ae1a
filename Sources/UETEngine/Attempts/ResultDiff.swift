import UETGit
import UETModel
import UETWorkers

extension Project {
  /// More is not shown: who wants all of it has git.
  private static let longestDiff = 4 << 20

  /// What a workstream's result changes, or what its last attempt left, as lines ready to be shown;
  /// nil where there is nothing to compare.
  ///
  /// Throws where git does not tell, or too much.
  package func diff(of record: WorkstreamRecord) async throws -> [String]? {
    guard let attempt = record.attempts.last(where: { $0.base != nil }), let base = attempt.base
    else { return nil }
    let kept = try attempt.salvage.flatMap { try repository.reference($0) }
    guard let end = record.tip ?? attempt.tip ?? kept else { return nil }
    let output = try await git.check([
      "diff-tree", "-p", "--stat", "--no-color", "--no-ext-diff", "--no-textconv", "-M",
      base.description, end.description,
    ]) { $0.limit = Self.longestDiff }
    return LogText.lines(of: output.stdout)
  }
}
