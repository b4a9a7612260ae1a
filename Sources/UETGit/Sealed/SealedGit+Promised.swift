import UETModel
import UETSystem

extension Repository {
  /// The remote that has what a partial clone lacks; nil in a clone that has everything.
  package var promisor: String? {
    let settings = configList(prefix: "remote.")
    let named = configList(prefix: "extensions.").first {
      $0.key.lowercased() == "extensions.partialclone"
    }
    if let named, !named.value.isEmpty { return named.value }
    let promising = settings.first {
      $0.key.lowercased().hasSuffix(".promisor")
        && ["true", "yes", "on", "1"].contains($0.value.lowercased())
    }
    return promising.map { String($0.key.dropFirst(7).dropLast(9)) }
  }

  /// Another repository's objects that this one reads, where it borrows any.
  package var lenders: [String] {
    let text = Files.text(commonDirectory + "/objects/info/alternates") ?? ""
    return text.split(separator: "\n").map(String.init).filter { !$0.hasPrefix("#") }
  }
}

extension SealedGit {
  /// How often it is asked for what a fetched tree names in turn.
  private static let rounds = 16

  /// Has git fetch, all at once, what a partial clone lacks of a commit's tree.
  ///
  /// libgit2 knows nothing of promised objects, so what is read in this process has to be here
  /// before.
  func bringMissing(of commit: ObjectID) async throws(GitError) {
    guard let remote = repository.promisor else { return }
    let tree = "\(commit.hex)^{tree}"
    try await bringMissing([tree], without: [], from: remote, for: "commit \(commit.short)")
  }

  /// Brings what is missing of all that `tips` lead to and no branch has.
  package func bringMissing(behind tips: [ObjectID]) async throws(GitError) {
    guard let remote = repository.promisor, !tips.isEmpty else { return }
    let others = ["--not", "--branches", "--remotes", "--tags"]
    try await bringMissing(tips.map(\.hex), without: others, from: remote, for: "the record")
  }

  private func bringMissing(
    _ revisions: [String], without others: [String], from remote: String, for what: String
  ) async throws(GitError) {
    for _ in 0..<Self.rounds {
      let missing = try await missing(from: revisions, without: others)
      guard let first = missing.first.flatMap({ ObjectID($0) }) else { return }
      let input = Array((missing.joined(separator: "\n") + "\n").utf8)
      let output = try await run([
        "-c", "fetch.negotiationAlgorithm=noop", "fetch", "--no-tags", "--no-write-fetch-head",
        "--no-auto-maintenance", "--no-recurse-submodules", "--refmap=", "--no-filter", "--quiet",
        "--stdin", "--end-of-options", remote,
      ]) { options in
        options.network = Network()
        options.isDurable = true
        options.gitDirectory = repository.gitDirectory
        options.input = input
      }
      guard output.status == 0 else {
        let more = missing.count > 1 ? " and \(missing.count - 1) more" : ""
        throw .promisedMissing(
          first, remote: remote, of: "\(what)\(more)", detail: Self.complaint(output))
      }
      repository.renew()
    }
  }

  /// The objects that are named and not here; nothing is fetched.
  private func missing(
    from revisions: [String], without others: [String]
  ) async throws(GitError) -> [String] {
    let input = Array((revisions.joined(separator: "\n") + "\n").utf8)
    let output = try await check(
      ["rev-list", "--objects", "--no-object-names", "--missing=print", "--stdin"] + others
    ) { $0.input = input }
    return output.text.split(separator: "\n").filter { $0.hasPrefix("?") }
      .map { String($0.dropFirst()) }
  }
}

extension SealedGit {
  /// Throws `refusedTree` unless the commit's tree may be written to a disk. What a partial clone
  /// lacks of it git fetches first.
  package func judge(_ commit: ObjectID) async throws(GitError) {
    do throws(GitError) { return try repository.judge(commit) } catch {
      guard case .objectMissing = error else { throw error }
      try await bringMissing(of: commit)
    }
    try repository.judge(commit)
  }
}
