import UETModel

extension SealedGit {
  /// Whether the user's git signs the commits that it makes.
  package var signsCommits: Bool {
    repository.config("commit.gpgSign").map(Repository.isTrue) ?? false
  }

  /// Stores a commit that is to last, signed where the user's git would sign it; no reference
  /// moves.
  ///
  /// Throws `signingFailed`.
  package func writeCommit(
    tree: ObjectID, parents: [ObjectID], message: String, author: Signature, committer: Signature
  ) async throws(GitError) -> ObjectID {
    guard signsCommits else {
      return try repository.writeCommit(
        tree: tree, parents: parents, message: message, author: author, committer: committer)
    }
    return try await signedCommit(
      tree: tree, parents: parents, message: message, author: author, committer: committer)
  }

  /// Refuses to begin where commits are to be signed and the signing program fails or hangs: better
  /// now than after all the work. Nothing is kept of the trial.
  package func requireSigning() async throws(GitError) {
    guard signsCommits else { return }
    let place = try ScratchDirectory()
    let nobody = Signature(name: "git-uet", email: "git-uet@localhost", at: .init(seconds: 0))
    let path = place.path
    _ = try await signedCommit(
      tree: Self.emptyTree, parents: [], message: "trial\n", author: nobody, committer: nobody
    ) { options in
      options.time = .seconds(20)
      options.environment["GIT_OBJECT_DIRECTORY"] = path
      options.isDurable = false
    }
    _ = place.path
  }

  private static let emptyTree =
    ObjectID("4b825dc642cb6eb9a060e54bf8d69288fbee4904") ?? .zero

  /// Has git make and sign the commit, by whatever program it is set up for.
  func signedCommit(
    tree: ObjectID, parents: [ObjectID], message: String, author: Signature, committer: Signature,
    _ configure: (inout Options) -> Void = { _ in }
  ) async throws(GitError) -> ObjectID {
    let person = signer(for: committer)
    let arguments =
      signingSettings.flatMap { ["-c", $0] } + ["-c", "i18n.commitEncoding=utf-8"]
      + ["commit-tree", "-S"] + parents.flatMap { ["-p", $0.hex] } + [tree.hex]
    let output: Output
    do throws(GitError) {
      output = try await run(arguments) { options in
        options.input = Array(message.utf8)
        options.isDurable = Repository.isSyncing
        options.environment = [
          "GIT_AUTHOR_NAME": author.name, "GIT_AUTHOR_EMAIL": author.email,
          "GIT_AUTHOR_DATE": author.date, "GIT_COMMITTER_NAME": person.name,
          "GIT_COMMITTER_EMAIL": person.email, "GIT_COMMITTER_DATE": person.date,
        ]
        configure(&options)
      }
    } catch .gitOverdue(_, let limit) {
      throw .signingFailed("the signing program gave no answer in \(limit.components.seconds) s")
    }
    guard output.status == 0 else { throw .signingFailed(Self.complaint(output.stderr)) }
    guard let id = ObjectID(output.text.prefix(40)) else {
      throw .unexpectedOutput(command: "git commit-tree")
    }
    return id
  }

  /// Those who check a signature want it to be the committer's: what a person's git signs, that
  /// person commits.
  private func signer(for committer: Signature) -> Signature {
    var person = committer
    let keys = ["committer.", "user."]
    if let name = identity["GIT_COMMITTER_NAME"]
      ?? keys.lazy.compactMap({ repository.config($0 + "name") }).first, !name.isEmpty
    {
      person.name = name
    }
    if let email = identity["GIT_COMMITTER_EMAIL"]
      ?? keys.lazy.compactMap({ repository.config($0 + "email") }).first, !email.isEmpty
    {
      person.email = email
    }
    return person
  }

  /// Said once more, as they were when the repository was opened: no file that is changed meanwhile
  /// names another program or key.
  var signingSettings: [String] {
    repository.configList(prefix: "gpg.").map { "\($0.key)=\($0.value)" }
      + [repository.config("user.signingKey").map { "user.signingKey=\($0)" }].compactMap { $0 }
  }

  /// What the signing program said, rather than what git makes of it.
  private static func complaint(_ text: String) -> String {
    let lines = text.split(whereSeparator: \.isNewline)
    let general = ["fatal: ", "error: gpg failed to sign", "hint: "]
    let line =
      lines.last { line in !general.contains { line.hasPrefix($0) } } ?? lines.first
      ?? "no reason given"
    return String(line.hasPrefix("error: ") ? line.dropFirst(7) : line)
  }
}

extension Signature {
  /// As git takes it from the environment.
  fileprivate var date: String {
    let minutes = abs(offsetMinutes)
    let (hours, rest) = (minutes / 60 % 100, minutes % 60)
    let zone = (hours < 10 ? "0" : "") + "\(hours)" + (rest < 10 ? "0" : "") + "\(rest)"
    return "@\(max(0, at.wholeSeconds)) \(offsetMinutes < 0 ? "-" : "+")\(zone)"
  }
}
