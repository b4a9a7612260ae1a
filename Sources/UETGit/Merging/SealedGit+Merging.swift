import UETModel

extension SealedGit {
  /// The tree that `git merge` would make of two commits, or its conflicts, on the disk; nothing
  /// moves.
  ///
  /// Who merges more than once uses a `MergeSession`. Throws `unrelatedHistories`.
  package func mergeTree(
    _ ours: ObjectID, _ theirs: ObjectID, base: ObjectID? = nil
  ) async throws(GitError) -> MergeResult {
    let session = MergeSession(self)
    defer { session.close() }
    let result = try await session.merge(ours, theirs, base: base)
    try session.stash.writeThrough()
    return result
  }

  /// What `git merge-file` makes of three texts; nil where they conflict or are no texts.
  package func mergeFiles(
    ours: [UInt8], base: [UInt8], theirs: [UInt8]
  ) async throws(GitError) -> [UInt8]? {
    let place = try ScratchDirectory()
    try place.write(ours, to: "ours")
    try place.write(base, to: "base")
    try place.write(theirs, to: "theirs")
    let path = place.path
    let home = try MergeDirectory.make(repository)
    var options = Options()
    home.enter(&options)
    // The one that this command goes by where nothing else is said.
    options.settings.append("diff.algorithm=myers")
    let settled = options
    let output = try await run([
      "merge-file", "-p", "-q", path + "/ours", path + "/base", path + "/theirs",
    ]) { $0 = settled }
    return output.status == 0 ? output.stdout : nil
  }

  /// Asks a git of its own; `commits` is what an error names.
  func askOnce(
    _ sides: (ObjectID, ObjectID), _ attributes: AttributeFiles, for commits: (ObjectID, ObjectID)
  ) async throws(GitError) -> MergeResult {
    var place = try AttributePlace.make(repository)
    _ = try place.add(attributes, repository)
    var options = Options()
    place.enter(&options)
    options.isDurable = true
    let settled = options
    let arguments = [
      "merge-tree", "--write-tree", "-z", "--messages", sides.0.hex, sides.1.hex,
    ]
    let output = try await run(arguments) { $0 = settled }
    guard output.status == 0 || output.status == 1 else {
      if output.stderr.contains("unrelated histories") {
        throw .unrelatedHistories(commits.0, commits.1)
      }
      throw Self.failure(arguments, output)
    }
    guard let result = MergeOutput.parse(output.stdout, isClean: output.status == 0) else {
      throw .unexpectedOutput(command: "git merge-tree")
    }
    return result
  }
}
