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

  /// A condition that the library does not know, and silently takes for false.
  @Test func includesByRemote() throws {
    test.write(
      "../home/.gitconfig",
      "[user]\n\tname = Me\n[includeIf \"hasconfig:remote.*.url:https://work.example/**\"]\n"
        + "\tpath = work.inc\n[uet]\n\tflag\n\ttext = \"two\\nlines\"\n")
    test.write("../home/work.inc", "[user]\n\tname = Me at Work\n")
    #expect(try open().config("user.name") == "Me")
    test.git("remote", "add", "origin", "https://work.example/x.git")
    let repository = try open()
    #expect(repository.config("user.name") == "Me at Work")
    #expect(
      repository.config("uet.flag") == "true" && repository.config("uet.text") == "two\nlines")
    #expect(repository.config("remote.origin.url") == "https://work.example/x.git")
    // What the command line says still comes last.
    let told = try open([
      "GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": "user.name", "GIT_CONFIG_VALUE_0": "Told",
    ])
    #expect(told.config("user.name") == "Told")
    // Where there is no git, all that can be known is known.
    #expect(try open(["PATH": "/nowhere"]).config("user.name") == "Me")
  }

  @Test func attributesThatMayBeMissing() throws {
    test.git("config", "core.attributesFile", ":(optional)~/attributes")
    func rules() throws -> ContentRules {
      SealedGit(repository: try open(), environment: test.environment).contentRules
    }
    #expect(try rules() == .asIs)
    test.write("../home/.config/git/attributes", "* filter=x\n")
    #expect(try rules() == .filtered)
    test.write("../home/.config/git/attributes", "")
    test.write("../home/attributes", "*.bin filter=x\n")
    #expect(try rules() == .filtered)
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
