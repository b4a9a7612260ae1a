import Testing
import UETModel
import UETTestSupport

@testable import UETGit

@Suite struct RepositoryOpeningTests {
  private func open(_ test: TestRepository, at path: String? = nil) throws(GitError) -> Repository {
    try Repository.open(discoveringFrom: path ?? test.path, environment: test.environment)
  }

  @Test func plain() throws {
    let test = TestRepository()
    let tip = test.commit("first", ["a/b.txt": "b\n"])
    let repository = try open(test, at: test.path + "/a")
    #expect(repository.gitDirectory == test.path + "/.git")
    #expect(repository.commonDirectory == test.path + "/.git")
    #expect(repository.workTree == test.path)
    #expect(!repository.isBare && !repository.isShallow)
    #expect(try repository.head() == .branch(name: "refs/heads/main", commit: tip))
    #expect(try repository.resolve("HEAD") == tip)
  }

  @Test func unborn() throws {
    let test = TestRepository()
    let repository = try open(test)
    #expect(try repository.head() == .unborn(name: "refs/heads/main"))
    #expect(throws: GitError.unborn(name: "refs/heads/main")) { try repository.resolve("HEAD") }
  }

  @Test func detached() throws {
    let test = TestRepository()
    let tip = test.commit()
    test.git("checkout", "-q", "--detach")
    #expect(try open(test).head() == .detached(tip))
  }

  @Test func bare() throws {
    let test = TestRepository(.bare)
    let repository = try open(test)
    #expect(repository.isBare && repository.workTree == nil)
    #expect(repository.gitDirectory == test.path)
  }

  @Test func linkedWorktree() throws {
    let test = TestRepository()
    let tip = test.commit()
    let place = test.directory.path + "/linked"
    test.git("worktree", "add", "-q", "--detach", place)
    let repository = try open(test, at: place)
    #expect(repository.gitDirectory == test.path + "/.git/worktrees/linked")
    #expect(repository.commonDirectory == test.path + "/.git")
    #expect(repository.workTree == place)
    #expect(try repository.head() == .detached(tip))
  }

  @Test func sparseWorktreeOfBareRepositoryIsNotMistaken() throws {
    let test = TestRepository()
    test.commit("first", ["a/b": "b", "c/d": "d"])
    let bare = test.directory.path + "/bare.git"
    test.git("clone", "-q", "--bare", test.path, bare)
    let place = test.directory.path + "/linked"
    test.git("worktree", "add", "-q", "--detach", place, in: bare)
    test.git("sparse-checkout", "set", "a", in: place)
    let repository = try open(test, at: bare)
    #expect(repository.isBare)
    #expect(try open(test, at: place).workTree == place)
  }

  @Test func notARepository() throws {
    let directory = TemporaryDirectory()
    #expect(throws: GitError.notARepository(path: directory.path)) {
      try Repository.open(
        discoveringFrom: directory.path,
        environment: ["GIT_CEILING_DIRECTORIES": directory.path])
    }
  }

  @Test func sha256() throws {
    let test = TestRepository(extra: ["--object-format=sha256"])
    #expect(
      throws: GitError.unsupportedObjectFormat(path: test.path + "/.git", format: "sha256")
    ) { try open(test) }
  }

  @Test func reftable() throws {
    let test = TestRepository()
    test.git("config", "core.repositoryformatversion", "1")
    test.git("config", "extensions.refStorage", "reftable")
    #expect(
      throws: GitError.unsupportedReferenceStorage(path: test.path + "/.git", format: "reftable")
    ) { try open(test) }
  }

  @Test func unknownExtensionAndVersion() throws {
    let test = TestRepository()
    test.git("config", "core.repositoryformatversion", "1")
    test.git("config", "extensions.fromTheFuture", "true")
    #expect(
      throws: GitError.unknownExtension(path: test.path + "/.git", name: "fromthefuture")
    ) { try open(test) }
    test.write(".git/config", "[core]\n\trepositoryformatversion = 7\n")
    #expect(throws: GitError.unsupportedFormatVersion(path: test.path + "/.git", version: "7")) {
      try open(test)
    }
  }

  @Test(arguments: [
    "worktreeConfig", "partialClone", "preciousObjects", "relativeWorktrees", "submodulePathConfig",
  ])
  func knownExtension(name: String) throws {
    let test = TestRepository()
    let tip = test.commit()
    test.git("config", "core.repositoryformatversion", "1")
    test.git("config", "extensions.\(name)", name == "partialClone" ? "origin" : "true")
    #expect(try open(test).resolve("HEAD") == tip)
  }

  @Test func brokenConfigSaysWhere() throws {
    let test = TestRepository()
    test.write(".git/config", "[core\nnonsense")
    let error = #expect(throws: GitError.self) { try open(test) }
    guard case .unreadable(_, let detail) = error else {
      Issue.record("unexpected \(String(describing: error))")
      return
    }
    #expect(detail.contains("config"))
  }

  @Test func gitDirectoryFromTheEnvironment() throws {
    let test = TestRepository()
    let tip = test.commit()
    let repository = try Repository.open(
      discoveringFrom: test.directory.path,
      environment: test.environment.merging(["GIT_DIR": "repo/.git"]) { $1 })
    #expect(try repository.resolve("HEAD") == tip)
    #expect(throws: GitError.self) {
      try Repository.open(discoveringFrom: test.path, environment: ["GIT_DIR": "nowhere"])
    }
  }
}
