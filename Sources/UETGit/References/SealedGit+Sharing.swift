import UETModel

/// One reference of a push: what it must be on the other side afterwards, and what it must be
/// before.
package struct PushUpdate: Hashable, Sendable {
  /// The full name on the other side.
  package let name: String
  /// Nil removes the reference.
  package let new: ObjectID?
  /// What the other side must have at that moment; nil for nothing at all.
  package let expected: ObjectID?

  package init(name: String, new: ObjectID?, expected: ObjectID?) {
    (self.name, self.new, self.expected) = (name, new, expected)
  }
}

extension SealedGit {
  /// Fetches into the right sides of `refspecs` and nowhere else; durably, and whole: a partial
  /// clone's filter is for content that git can ask for later, which libgit2 cannot.
  ///
  /// With `prune`, what the other side no longer has goes from there. Throws `remoteFailed`.
  package func fetch(
    _ remote: String, refspecs: [String], prune: Bool, network: Network
  ) async throws(GitError) {
    var arguments = [
      "fetch", "--no-tags", "--no-write-fetch-head", "--no-auto-maintenance",
      "--no-recurse-submodules", "--refmap=", "--no-filter", "--progress",
    ]
    if prune { arguments.append("--prune") }
    arguments += ["--end-of-options", remote] + refspecs
    let output = try await run(arguments) { configure(&$0, network) }
    if output.status != 0 { throw Self.remoteFailure(remote, output) }
  }

  /// The references of the other side whose names begin with one of `prefixes`; nothing is fetched.
  package func remoteReferences(
    _ remote: String, under prefixes: [String], network: Network
  ) async throws(GitError) -> [String: ObjectID] {
    let patterns = prefixes.map { $0 + "*" }
    let output = try await run(
      ["ls-remote", "--refs", "--quiet", "--end-of-options", remote] + patterns
    ) { configure(&$0, network) }
    if output.status != 0 { throw Self.remoteFailure(remote, output) }
    var found: [String: ObjectID] = [:]
    for line in output.text.split(separator: "\n") {
      let parts = line.split(separator: "\t", maxSplits: 1)
      // A pattern also matches in the middle of a name.
      guard parts.count == 2, let id = ObjectID(parts[0]),
        prefixes.contains(where: { parts[1].hasPrefix($0) })
      else { continue }
      found[String(parts[1])] = id
    }
    return found
  }

  /// Pushes all of the updates, or none, each only where the other side has what is expected.
  ///
  /// Throws `remoteFailed` when the other side cannot be talked to; what it refuses is in the
  /// result.
  package func push(
    _ remote: String, _ updates: [PushUpdate], isAtomic: Bool, network: Network
  ) async throws(GitError) -> PushResult {
    var arguments = ["push", "--porcelain", "--progress", "--no-follow-tags"]
    arguments.append(signing)
    if isAtomic { arguments.append("--atomic") }
    if !network.runsHooks { arguments.append("--no-verify") }
    for update in updates {
      arguments.append("--force-with-lease=\(update.name):\(update.expected?.hex ?? "")")
    }
    arguments += ["--end-of-options", remote]
    for update in updates { arguments.append("\(update.new?.hex ?? ""):\(update.name)") }
    let output = try await run(arguments) { options in
      configure(&options, network)
      // A mirror takes no list of what to push.
      if !remote.contains("=") { options.settings.append("remote.\(remote).mirror=false") }
    }
    if output.stderr.contains("does not support --atomic push") { return .cannotBeAtomic }
    let result = PushResult(porcelain: output.text, said: output.stderr, updates)
    if case .ended(let ended) = result, ended.refused.isEmpty, output.status != 0 {
      throw Self.remoteFailure(remote, output)
    }
    return result
  }

  /// Where the user signs pushes, and the other side can tell.
  private var signing: String {
    let signs = repository.config("push.gpgSign").map { $0 == "if-asked" || Repository.isTrue($0) }
    return signs == true ? "--signed=if-asked" : "--no-signed"
  }

  /// Pushes a commit to a name that the other side takes for a wish, with options; gives what it
  /// says, a line each.
  ///
  /// Throws `remoteFailed` when the other side cannot be talked to, or refuses.
  package func push(
    _ remote: String, wishing name: String, with commit: ObjectID, options wishes: [String],
    network: Network
  ) async throws(GitError) -> (said: [String], isTaken: Bool) {
    var arguments = ["push", "--porcelain", "--no-follow-tags", "--no-verify", signing]
    for wish in wishes { arguments.append("--push-option=\(wish)") }
    arguments += ["--end-of-options", remote, "\(commit.hex):\(name)"]
    let output = try await run(arguments) { configure(&$0, network) }
    let said = output.stderr.split(whereSeparator: \.isNewline).filter { $0.hasPrefix("remote: ") }
      .map { line in String(line.dropFirst(8)).withoutBlanksAtEnd }
    if output.status != 0, said.isEmpty { throw Self.remoteFailure(remote, output) }
    return (said, output.status == 0)
  }

  /// Makes all references of the other side that begin with one of `prefixes` what they are here.
  ///
  /// Throws `remoteFailed` when the other side cannot be talked to, or refuses some.
  package func mirror(
    _ remote: String, _ prefixes: [String], network: Network
  ) async throws(GitError) {
    var arguments = ["push", "--porcelain", "--prune", "--no-follow-tags", "--no-verify", signing]
    arguments += ["--end-of-options", remote] + prefixes.map { "+\($0)*:\($0)*" }
    let output = try await run(arguments) { configure(&$0, network) }
    if output.status != 0 { throw Self.remoteFailure(remote, output) }
  }

  /// Addresses relative to the work tree, and hooks, want to be in it.
  private func configure(_ options: inout Options, _ network: Network) {
    options.network = network
    options.isDurable = true
    options.gitDirectory = repository.gitDirectory
    options.workTree = repository.workTree
  }

  /// The last complaint of git, or of the host, says the most.
  private static func remoteFailure(_ remote: String, _ output: Output) -> GitError {
    .remoteFailed(remote: remote, detail: complaint(output))
  }

  static func complaint(_ output: Output) -> String {
    let lines = output.stderr.split(whereSeparator: \.isNewline)
    let complaints = lines.filter {
      $0.hasPrefix("fatal: ") || $0.hasPrefix("error: ") || $0.hasPrefix("ssh: ")
        || $0.hasPrefix("remote: ")
    }
    let general = [
      "fatal: Could not read from remote repository.", "fatal: the remote end hung up",
    ]
    let telling = complaints.filter { line in !general.contains { line.hasPrefix($0) } }
    let line = telling.last ?? complaints.last ?? lines.last ?? "no message"
    let detail = ["fatal: ", "error: "].reduce(line) { $0.hasPrefix($1) ? $0.dropFirst(7) : $0 }
    return String(detail)
  }
}

extension String {
  /// Git fills up the lines of the other side with blanks.
  fileprivate var withoutBlanksAtEnd: String {
    let end = lastIndex { $0 != " " }
    return end.map { String(self[...$0]) } ?? ""
  }
}
