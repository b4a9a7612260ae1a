import Testing
import UETModel
import UETTestSupport

@testable import UETGit

/// Where the checkout of a repository is whose git directory is elsewhere.
@Suite struct CheckoutPlacesTests {
  let test = TestRepository()

  private func open(_ path: String) throws(GitError) -> Repository {
    try Repository.open(discoveringFrom: path, environment: test.environment)
  }

  @Test func aSeparateGitDirectory() async throws {
    let (place, meta) = (test.directory.path + "/proj", test.directory.path + "/meta")
    test.git("init", "-q", "-b", "main", "--separate-git-dir", meta, place)
    test.git("commit", "-q", "--allow-empty", "-m", "first", in: place)
    TemporaryDirectory.write(Array("x".utf8), to: place + "/deep/file")
    let repository = try open(place + "/deep")
    #expect(repository.gitDirectory == meta && repository.workTree == place)
    #expect(try repository.another().workTree == place)
    // From another checkout it is known as soon as somebody noted it.
    let linked = test.directory.path + "/linked"
    test.git("worktree", "add", "-q", "--detach", linked, in: place)
    #expect(try open(linked).mainWorkTree == nil)
    repository.rememberWorkTree()
    #expect(try open(linked).mainWorkTree == place && open(meta).workTree == place)
    let git = SealedGit(repository: try open(linked), environment: test.environment)
    #expect(try await git.checkedOutAt(branch: "refs/heads/main") == place)
    // A note that does not hold any more is none.
    Folder.remove(place)
    #expect(try open(linked).mainWorkTree == nil)
  }

  @Test func aSubmodule() async throws {
    let inner = test.directory.path + "/inner"
    test.git("init", "-q", "-b", "main", inner)
    test.git("commit", "-q", "--allow-empty", "-m", "first", in: inner)
    test.commit("outer")
    test.git("-c", "protocol.file.allow=always", "submodule", "--quiet", "add", inner, "lib")
    let place = test.path + "/lib"
    let repository = try open(place)
    #expect(repository.gitDirectory == test.path + "/.git/modules/lib")
    #expect(repository.workTree == place && repository.mainWorkTree == place)
    let git = SealedGit(repository: repository, environment: test.environment)
    #expect(try await git.worktrees().map(\.path) == [place])
    let checkout = try #require(try await git.checkout(of: "refs/heads/main"))
    #expect(checkout.path == place)
    #expect(try await git.obstacle(in: checkout, branch: "refs/heads/main") == nil)
    let linked = test.directory.path + "/linked"
    test.git("worktree", "add", "-q", "--detach", linked, in: place)
    #expect(try open(linked).mainWorkTree == place)
  }

  @Test func aBareOneHasNone() throws {
    test.commit()
    let bare = test.directory.path + "/.bare"
    test.git("clone", "-q", "--bare", test.path, bare)
    TemporaryDirectory.write(Array("gitdir: ./.bare\n".utf8), to: test.directory.path + "/.git")
    let linked = test.directory.path + "/linked"
    test.git("worktree", "add", "-q", "--detach", linked, in: bare)
    #expect(try open(linked).mainWorkTree == nil && open(linked).workTree == linked)
    #expect(try open(test.directory.path).workTree == nil)
  }
}
