import Testing
import UETModel
import UETTestSupport

@testable import UETGit

/// Hooks of the folder and, since git 2.54, of the configuration: none runs in a command of ours
/// but the user's `pre-push`, where a push may run it.
@Suite struct HookTests {
  private let fixture = Result { try SealedGitFixture() }

  private func mark(_ fixture: SealedGitFixture) -> String { fixture.test.directory.path + "/ran" }

  /// git 2.55 refuses a hook that is named like an event.
  @Test(arguments: ["plain", "it's", "a.b", "on-reference-transaction"])
  func noConfiguredHookRuns(name: String) async throws {
    let fixture = try fixture.get()
    let mark = mark(fixture)
    for event in ["reference-transaction", "post-index-change", "post-checkout", "pre-commit"] {
      fixture.test.git("config", "--add", "hook.\(name).event", event)
    }
    fixture.test.git("config", "hook.\(name).command", "touch '\(mark)'; exit 1; :")
    let repository = try Repository.open(
      discoveringFrom: fixture.test.path, environment: fixture.test.environment)
    let git = SealedGit(repository: repository, environment: fixture.test.environment)
    try await git.updateReferences([
      ReferenceChange(name: "refs/uet/x", new: fixture.tip, old: .zero)
    ])
    let worktree = try await git.addWorktree(
      at: fixture.place("w"), commit: fixture.tip, reason: "test")
    fixture.write(worktree, "b", "2")
    #expect(try await fixture.commit(worktree) != nil)
    #expect(TemporaryDirectory.read(mark) == nil)
  }

  @Test(arguments: [nil, "own hooks"])
  func aPushRunsPrePushAlone(folder: String?) async throws {
    let fixture = try fixture.get()
    let (test, ran) = (fixture.test, mark(fixture))
    test.git("init", "-q", "--bare", test.directory.path + "/host.git")
    test.git("remote", "add", "origin", test.directory.path + "/host.git")
    if let folder { test.git("config", "core.hooksPath", folder) }
    let hooks = folder ?? ".git/hooks"
    test.write("\(hooks)/pre-push", "#!/bin/sh\necho \"$0 $1\" >> '\(ran)'\n", mode: 0o755)
    test.write("\(hooks)/reference-transaction", "#!/bin/sh\nexit 1\n", mode: 0o755)
    let repository = try Repository.open(discoveringFrom: test.path, environment: test.environment)
    let git = SealedGit(repository: repository, environment: test.environment)
    var network = SealedGit.Network()
    let main = PushUpdate(name: "refs/heads/main", new: fixture.tip, expected: nil)
    network.runsHooks = true
    guard
      case .ended(let ended) = try await git.push(
        "origin", [main], isAtomic: true, network: network)
    else {
      Issue.record("the host cannot do it")
      return
    }
    #expect(ended.taken == [main])
    let said = String(decoding: TemporaryDirectory.read(ran) ?? [], as: UTF8.self)
    // It finds what stands beside it.
    #expect(said == "\(test.path)/\(hooks)/pre-push origin\n")
    try await git.fetch(
      "origin", refspecs: ["+refs/heads/*:refs/remotes/origin/*"], prune: false, network: network)
    #expect(test.id("refs/remotes/origin/main") == fixture.tip)
    network.runsHooks = false
    let other = PushUpdate(name: "refs/heads/other", new: fixture.tip, expected: nil)
    _ = try await git.push("origin", [other], isAtomic: true, network: network)
    #expect(String(decoding: TemporaryDirectory.read(ran) ?? [], as: UTF8.self) == said)
  }
}
