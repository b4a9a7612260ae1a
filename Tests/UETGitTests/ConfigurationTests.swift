import Testing
import UETModel
import UETTestSupport

@testable import UETGit

@Suite struct ConfigurationTests {
  let test = TestRepository()

  private func open(_ extra: [String: String] = [:]) throws(GitError) -> Repository {
    try Repository.open(
      discoveringFrom: test.path, environment: test.environment.merging(extra) { $1 })
  }

  @Test func lastValueWins() throws {
    test.git("config", "uet.workers", "3")
    test.git("config", "--add", "uet.workers", "5")
    test.git("config", "uet.tool.MyTool.model", "x")
    let repository = try open()
    #expect(repository.config("UET.Workers") == "5")
    #expect(repository.config("uet.tool.MyTool.Model") == "x")
    #expect(repository.config("uet.tool.mytool.model") == nil)
    #expect(repository.config("uet.none") == nil)
    #expect(
      repository.configList(prefix: "uet.").map { $0.key + "=" + $0.value }
        == ["uet.workers=3", "uet.workers=5", "uet.tool.MyTool.model=x"])
  }

  @Test func filesOfTheUserComeFirst() throws {
    test.write("../home/.gitconfig", "[uet]\n\tworkers = 1\n\tflag\n[user]\n\tname = Me\n")
    #expect(try open().config("uet.workers") == "1")
    #expect(try open().config("uet.flag") == "true")
    test.git("config", "uet.workers", "2")
    #expect(try open().config("uet.workers") == "2")
    #expect(try open(["GIT_CONFIG_GLOBAL": "/dev/null"]).config("user.name") == nil)
  }

  @Test func worktreeConfigCountsWhereItIsOn() throws {
    test.git("config", "uet.workers", "2")
    test.write(".git/config.worktree", "[uet]\n\tworkers = 9\n")
    #expect(try open().config("uet.workers") == "2")
    test.git("config", "extensions.worktreeConfig", "true")
    #expect(try open().config("uet.workers") == "9")
  }

  @Test(arguments: ["4", "it's", "a b\n'\\''!", "", "=x='y'"])
  func commandLineAsGitHandsItDown(value: String) throws {
    test.git("config", "uet.x", "file")
    test.git("config", "alias.parameters", "!printf %s \"$GIT_CONFIG_PARAMETERS\"")
    let parameters = test.git("-c", "uet.x=\(value)", "-c", "uet.Sub.y", "parameters")
    let repository = try open(["GIT_CONFIG_PARAMETERS": parameters])
    #expect(repository.config("uet.x") == value)
    #expect(repository.config("uet.Sub.y") == "true")
  }

  @Test func commandLineFromCounts() throws {
    let repository = try open([
      "GIT_CONFIG_COUNT": "2", "GIT_CONFIG_KEY_0": "uet.a", "GIT_CONFIG_VALUE_0": "1",
      "GIT_CONFIG_KEY_1": "uet.B", "GIT_CONFIG_VALUE_1": "2",
    ])
    #expect(repository.config("uet.b") == "2" && repository.config("uet.a") == "1")
  }

  @Test(arguments: ["'", "x", "'a", "'a'=", "'a'='", "''", "'a''b", "\0"])
  func brokenParametersAreNoHarm(text: String) {
    _ = CommandLineConfig(["GIT_CONFIG_PARAMETERS": text, "GIT_CONFIG_COUNT": "-1"])
  }
}
