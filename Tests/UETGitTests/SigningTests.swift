import Testing
import UETModel
import UETTestSupport

@testable import UETGit

/// Commits that the user's git would sign.
@Suite struct SigningTests {
  /// A fixture whose git signs by this program.
  private func fixture(_ script: String) throws -> (SealedGitFixture, SealedGit) {
    let fixture = try SealedGitFixture(["a": "1\n"])
    let program = fixture.test.directory.path + "/sign"
    TemporaryDirectory.write(Array(("#!/bin/sh\n" + script).utf8), to: program, mode: 0o755)
    fixture.test.git("config", "gpg.program", program)
    fixture.test.git("config", "user.signingKey", "the key")
    fixture.test.git("config", "user.name", "Pat")
    fixture.test.git("config", "user.email", "pat@example.org")
    fixture.test.git("config", "commit.gpgSign", "true")
    var environment = fixture.test.environment
    for key in environment.keys where key.hasPrefix("GIT_COMMITTER_") { environment[key] = nil }
    let repository = try Repository.open(
      discoveringFrom: fixture.test.path, environment: environment)
    return (fixture, SealedGit(repository: repository, environment: environment))
  }

  /// Signs as far as git looks at it, with the key's name in the signature.
  private static let program = """
    test -z "$(cat | head -c 0)"
    printf -- '-----BEGIN PGP SIGNATURE-----\\n\\nby %s\\n-----END PGP SIGNATURE-----\\n' "$3"
    printf '\\n[GNUPG:] SIG_CREATED x\\n' >&2
    """

  private func text(_ id: ObjectID, _ fixture: SealedGitFixture) -> String {
    fixture.test.git("cat-file", "commit", id.hex)
  }

  @Test func resultsAreSigned() async throws {
    let (fixture, git) = try fixture(Self.program)
    try await git.requireSigning()
    let worktree = try await git.addWorktree(
      at: fixture.place("w"), commit: fixture.tip, reason: "test")
    fixture.write(worktree, "b", "2\n")
    let who = Signature(
      name: "A U Thor", email: "a@example.com", at: .init(seconds: 5), offsetMinutes: -90)
    let work = try #require(
      try await git.commitAll(
        worktree, base: fixture.tip, message: "work\n\nUET-Run: r\n", author: who, committer: who,
        signs: true))
    let text = text(work.tip, fixture)
    #expect(text.contains("gpgsig -----BEGIN PGP SIGNATURE-----\n \n by the key"))
    #expect(text.contains("author A U Thor <a@example.com> 5 -0130\n"))
    #expect(text.contains("committer Pat <pat@example.org> 5 -0130\n"))
    #expect(text.hasSuffix("\n\nwork\n\nUET-Run: r"))
    // What is only kept is not.
    let kept = try #require(
      try await git.commitAll(
        worktree, base: fixture.tip, message: "kept\n", author: who, committer: who))
    #expect(!self.text(kept.tip, fixture).contains("gpgsig"))
  }

  @Test func mergesInMemoryAreSigned() async throws {
    let (fixture, git) = try fixture(Self.program)
    let base = fixture.tip
    func side(_ name: String) -> ObjectID {
      fixture.test.git("checkout", "-q", "--detach", base.hex)
      fixture.test.write(name, "x\n")
      fixture.test.git("add", name)
      fixture.test.git("-c", "commit.gpgSign=false", "commit", "-q", "-m", name)
      return fixture.test.id("HEAD")
    }
    let (ours, theirs) = (side("b"), side("c"))
    let session = MergeSession(git)
    guard case .clean(let tree) = try await session.merge(ours, theirs) else {
      Issue.record("it conflicts")
      return
    }
    let merge = try await session.writeCommit(
      tree: tree, parents: [ours, theirs], message: "m\n", author: fixture.who,
      committer: fixture.who)
    #expect(session.stash.holds(merge))
    try session.stash.settle()
    session.stash.release()
    session.close()
    #expect(text(merge, fixture).contains("gpgsig"))
    #expect(fixture.test.id("\(merge.hex)^{tree}") == tree)
    #expect(fixture.test.git("fsck", "--strict", "--no-dangling") == "")
  }

  @Test(arguments: ["echo 'no such key' >&2; exit 2", "kill -9 $$", "exit 0"])
  func whatFailsIsToldBeforeAnyWork(script: String) async throws {
    let (fixture, git) = try fixture("cat > /dev/null; " + script)
    let error = await #expect(throws: GitError.self) { try await git.requireSigning() }
    guard case .signingFailed(let detail)? = error else {
      Issue.record("unexpected \(String(describing: error))")
      return
    }
    if script.hasPrefix("echo") {
      #expect(["no such key", "gpg failed to sign the data"].contains(detail))
    }
    #expect(fixture.test.git("fsck", "--unreachable") == "")
  }

  @Test func whatHangsIsToldAsWell() async throws {
    let (fixture, git) = try fixture("exec sleep 600")
    git.watch.limit = .milliseconds(500)
    let error = await #expect(throws: GitError.self) { try await git.requireSigning() }
    guard case .signingFailed? = error else {
      Issue.record("unexpected \(String(describing: error))")
      return
    }
    #expect(fixture.test.git("fsck", "--unreachable") == "")
  }

  @Test func nobodyIsAskedWhereNothingIsSigned() async throws {
    let (fixture, _) = try fixture("exit 1")
    fixture.test.git("config", "commit.gpgSign", "false")
    let repository = try Repository.open(
      discoveringFrom: fixture.test.path, environment: fixture.test.environment)
    let git = SealedGit(repository: repository, environment: fixture.test.environment)
    try await git.requireSigning()
    let commit = try await git.writeCommit(
      tree: repository.treeID(of: fixture.tip), parents: [fixture.tip], message: "m\n",
      author: fixture.who, committer: fixture.who)
    #expect(!text(commit, fixture).contains("gpgsig"))
  }
}
