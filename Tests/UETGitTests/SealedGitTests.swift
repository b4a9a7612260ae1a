import Testing
import UETModel
import UETTestSupport

@testable import UETGit

@Suite struct SealedGitTests {
  @Test func versions() async throws {
    let environment = TestRepository.environment(home: "/")
    #expect(try await SealedGit.requireVersion(environment: environment) >= GitVersion.minimum)
    await #expect(throws: GitError.gitMissing) {
      try await SealedGit.version(environment: ["PATH": "/nowhere"])
    }
    #expect(GitVersion(printed: "git version 2.39.5 (Apple Git-154)\n") == GitVersion(2, 39, 5))
    #expect(GitVersion(printed: "git version 2.43.0.rc1\n") == GitVersion(2, 43, 0))
    #expect(GitVersion(printed: "git version 2.50\n") == GitVersion(2, 50, 0))
    #expect(GitVersion(printed: "hello") == nil)
    #expect(GitVersion(2, 38, 9) < .minimum && GitVersion(10, 0, 0) > .minimum)
  }

  @Test func anOldGitIsRefused() async throws {
    let directory = TemporaryDirectory()
    let script = "#!/bin/sh\necho git version 2.30.2\n"
    TemporaryDirectory.write(Array(script.utf8), to: directory.path + "/git", mode: 0o755)
    await #expect(throws: GitError.gitTooOld(found: "2.30.2")) {
      try await SealedGit.requireVersion(environment: ["PATH": directory.path])
    }
  }

  @Test func theEnvironmentIsScrubbed() async throws {
    let fixture = try SealedGitFixture(environment: [
      "GIT_DIR": "/nowhere", "GIT_WORK_TREE": "/nowhere", "GIT_INDEX_FILE": "/nowhere",
      "GIT_OBJECT_DIRECTORY": "/nowhere", "GIT_CONFIG_COUNT": "1",
      "GIT_CONFIG_KEY_0": "core.bare", "GIT_CONFIG_VALUE_0": "true", "GIT_TRACE": "1",
      "GIT_EXEC_PATH": "/nowhere", "GIT_NAMESPACE": "x", "LANGUAGE": "de", "LC_ALL": "de_DE.UTF-8",
    ])
    let output = try await fixture.git.check(["rev-parse", "HEAD"])
    #expect(output.text == fixture.tip.hex + "\n" && output.stderr.isEmpty)
  }

  @Test func inputOutputStatusAndNul() async throws {
    let fixture = try SealedGitFixture()
    let big = [UInt8](repeating: 65, count: 3_000_000)
    let hash = try await fixture.git.check(["hash-object", "-w", "--stdin"]) { $0.input = big }
    let id = try #require(ObjectID(hash.text.prefix(40)))
    #expect(id == Repository.hashBlob(big))
    let back = try await fixture.git.check(["cat-file", "blob", id.hex])
    #expect(back.stdout == big)
    await #expect(throws: GitError.outputTooLarge(command: "git cat-file", limit: 1000)) {
      try await fixture.git.run(["cat-file", "blob", id.hex]) { $0.limit = 1000 }
    }
    let missing = try await fixture.git.run(["cat-file", "-e", "HEAD:nothing"])
    #expect(missing.status == 128)
    await #expect(throws: GitError.invalidArgument("a\0b")) {
      try await fixture.git.run(["rev-parse", "a\0b"])
    }
    // A child that does not read its input is no reason to fail.
    let ignored = try await fixture.git.check(["rev-parse", "HEAD"]) { $0.input = big }
    #expect(ignored.status == 0)
  }

  @Test func hooksAndMonitorsDoNotRun() async throws {
    let fixture = try SealedGitFixture()
    let mark = fixture.test.directory.path + "/ran"
    let script = "#!/bin/sh\ntouch '\(mark)'\n"
    for hook in ["post-checkout", "reference-transaction", "post-index-change", "pre-commit"] {
      fixture.test.write(".git/hooks/" + hook, script, mode: 0o755)
    }
    fixture.test.write("../evil", script, mode: 0o755)
    fixture.test.git("config", "core.fsmonitor", fixture.test.directory.path + "/evil")
    try await fixture.git.updateReferences([
      ReferenceChange(name: "refs/uet/x", new: fixture.tip, old: .zero)
    ])
    let worktree = try await fixture.add("w")
    fixture.write(worktree, "b", "2")
    #expect(try await fixture.commit(worktree) != nil)
    #expect(try await !fixture.git.isDirty())
    #expect(TemporaryDirectory.read(mark) == nil)
  }

  @Test func aCancelledTaskDoesNotKillItsChild() async throws {
    let fixture = try SealedGitFixture()
    let (git, tip) = (fixture.git, fixture.tip)
    let task = Task {
      withUnsafeCurrentTask { $0?.cancel() }
      return try await git.check(["rev-parse", "HEAD"]).text
    }
    #expect(try await task.value == tip.hex + "\n")
  }
}
