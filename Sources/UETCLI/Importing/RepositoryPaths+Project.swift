import UETEngine
import UETGit
import UETModel
import UETWorkLists

extension Project {
  /// How far back files are looked for that are gone.
  private static let searchedCommits = 20_000

  /// The files of the commit that a run would start from, and, where one of `named` is not among
  /// them, those that history had.
  func paths(naming named: Set<String>) async throws -> RepositoryPaths {
    if case .unborn = try repository.head() { return RepositoryPaths() }
    let base = try repository.resolveBranchFirst(configuration.run.base)
    let files = try repository.changes(from: nil, to: base).map(\.path)
    let missing = named.subtracting(files)
    if missing.isEmpty { return RepositoryPaths(files: files) }
    let output = try await git.check([
      "log", "--branches", "--remotes", "--tags", "--max-count=\(Self.searchedCommits)",
      "--no-renames", "--diff-filter=D", "--name-only", "--format=", "-z", base.hex,
    ])
    let past = Set(output.text.split { $0 == "\0" || $0.isNewline }.map(String.init))
    return RepositoryPaths(files: files, past: past.intersection(missing).sorted())
  }
}
