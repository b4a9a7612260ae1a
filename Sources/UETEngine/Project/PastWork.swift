import UETGit
import UETModel

extension Project {
  /// How many commits are looked through for past work.
  private static let pastCommits = 5000

  /// The paths that past commits of each workstream changed: commits with its trailer, or whose
  /// subject begins with its id and a colon. Newest commits of HEAD only, merges left out.
  package func pastWork(
    of ids: [WorkstreamID]
  ) async throws -> [WorkstreamID: [String]] {
    if case .unborn = try repository.head() { return [:] }
    let head = try repository.resolve("HEAD")
    let output = try await git.check([
      "log", "--no-merges", "--max-count=\(Self.pastCommits)", "--name-only", "--no-renames",
      "-z",
      "--format=%x01%s%x02%(trailers:key=UET-Workstream,valueonly,separator=%x20)%x02", head.hex,
    ])
    var touched: [WorkstreamID: Set<String>] = [:]
    let known = Set(ids)
    for commit in output.text.split(separator: "\u{1}") {
      let parts = commit.split(separator: "\u{2}", omittingEmptySubsequences: false)
      guard parts.count == 3, let id = Self.workstream(parts[0], parts[1]), known.contains(id)
      else { continue }
      let paths = parts[2].split { $0 == "\0" || $0.isNewline }.map(String.init)
      touched[id, default: []].formUnion(paths)
    }
    return touched.mapValues { $0.sorted() }
  }

  /// The workstream that a commit was made for, as its trailer or the start of its subject says.
  private static func workstream(_ subject: Substring, _ trailer: Substring) -> WorkstreamID? {
    if let name = trailer.split(separator: " ").first, let id = WorkstreamID(String(name)) {
      return id
    }
    return subject.split(separator: ":").first.flatMap { WorkstreamID(String($0)) }
  }
}
