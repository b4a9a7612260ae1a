import Testing
import UETModel
import UETTestSupport

@testable import UETGit

@Suite struct SharedPartsTests {
  private struct Scene {
    let test: TestRepository
    let repository: Repository
    var parts: SharedParts

    init(_ prepare: (TestRepository) -> Void = { _ in }) throws {
      test = TestRepository()
      test.commit("first", ["a": "1\n", "b/c": "2\n"])
      prepare(test)
      repository = try Repository.open(discoveringFrom: test.path, environment: test.environment)
      parts = SharedParts(
        repository, environment: test.environment, excluding: ["refs/uet"],
        found: repository.commonDirectory + "/uet/found")
    }

    mutating func changes() -> [String] {
      parts.changes().map { change in
        "\(change.kind.rawValue) \(change.name)" + (change.isProtected ? " !" : "")
          + (change.isRestored ? " back" : "")
      }
    }
  }

  @Test func nothingMoved() throws {
    var scene = try Scene()
    #expect(scene.changes().isEmpty)
    // Written anew with the same content, and what the engine moves.
    scene.test.git("config", "core.bare", "false")
    scene.test.git("update-ref", "refs/uet/runs/x/main", "HEAD")
    #expect(scene.changes().isEmpty)
  }

  @Test func settingsArePutBack() throws {
    var scene = try Scene { $0.git("config", "filter.keep.clean", "cat") }
    let before = scene.test.read(".git/config")
    scene.test.git("config", "filter.evil.clean", "sed s/bad/good/")
    scene.test.git("config", "filter.keep.clean", "tr a b")
    scene.test.git("config", "uet.gates.GATE_UNIT.command", "true")
    #expect(
      scene.changes() == [
        "configuration filter.evil.clean ! back", "configuration filter.keep.clean ! back",
        "configuration uet.gates.GATE_UNIT.command ! back",
      ])
    #expect(scene.test.read(".git/config") == before)
    #expect(scene.changes().isEmpty)
  }

  @Test func whatUsersSetMeanwhileStays() throws {
    var scene = try Scene()
    scene.test.git("config", "branch.topic.merge", "refs/heads/main")
    #expect(scene.changes() == ["configuration branch.topic.merge"])
    scene.test.git("config", "branch.topic.remote", "a \"b\" \\c;#")
    scene.test.git("config", "core.hooksPath", ".husky")
    #expect(
      scene.changes() == [
        "configuration branch.topic.remote", "configuration core.hookspath ! back",
      ])
    #expect(scene.test.git("config", "branch.topic.merge") == "refs/heads/main")
    #expect(scene.test.git("config", "branch.topic.remote") == "a \"b\" \\c;#")
    #expect(scene.test.tryGit(["config", "core.hooksPath"]).status == 1)
    #expect(scene.test.read(".git/uet/found/config.1")?.contains(".husky") == true)
  }

  @Test func aBrokenConfigurationIsPutBack() throws {
    var scene = try Scene()
    scene.test.write(".git/config", "[core\n")
    #expect(scene.changes() == ["configuration configuration (broken) ! back"])
    #expect(scene.test.git("config", "core.bare") == "false")
  }

  @Test func rulesAndHooksArePutBack() throws {
    var scene = try Scene { $0.write(".git/hooks/pre-push", "#!/bin/sh\n", mode: 0o755) }
    scene.test.write(".git/info/attributes", "* filter=evil\n")
    scene.test.write(".git/hooks/post-checkout", "#!/bin/sh\ntouch x\n", mode: 0o755)
    scene.test.write(".git/hooks/pre-push", "#!/bin/sh\nexit 0\n", mode: 0o755)
    #expect(
      scene.changes() == [
        "info info/attributes ! back", "hook hooks/post-checkout ! back",
        "hook hooks/pre-push ! back",
      ])
    #expect(scene.test.read(".git/info/attributes") == nil)
    #expect(scene.test.read(".git/hooks/post-checkout") == nil)
    #expect(scene.test.read(".git/hooks/pre-push") == "#!/bin/sh\n")
    #expect(scene.changes().isEmpty)
  }

  @Test func referencesAreNamed() throws {
    var scene = try Scene { test in
      test.git("branch", "old")
      test.git("branch", "other")
      test.git("pack-refs", "--all")
    }
    scene.test.commit("second", ["a": "2\n"])
    scene.test.git("branch", "-D", "-q", "old")
    scene.test.git("tag", "new")
    #expect(
      scene.changes() == [
        "reference refs/heads/main", "reference refs/heads/old", "reference refs/tags/new",
      ])
    // Where they are kept does not matter.
    scene.test.git("pack-refs", "--all")
    #expect(scene.changes().isEmpty)
    scene.test.git("replace", "HEAD", "HEAD~1")
    let name = "refs/replace/" + scene.test.id("HEAD").hex
    #expect(scene.changes() == ["reference \(name) ! back"])
    #expect(scene.test.git("for-each-ref", "refs/replace").isEmpty)
  }

  @Test func headIsNamed() throws {
    var scene = try Scene()
    scene.test.git("checkout", "-q", "-b", "other")
    #expect(scene.changes() == ["reference refs/heads/other", "head HEAD"])
  }

  @Test func whatWasTakenFromTheStashComesBack() throws {
    var scene = try Scene { test in
      test.write("a", "mine\n")
      test.git("stash", "-q")
      test.write("b/c", "mine too\n")
      test.git("stash", "-q", "-m", "second")
    }
    let before = scene.test.git("stash", "list", "--format=%H %gs")
    scene.test.git("stash", "pop", "-q")
    let found = scene.parts.settleStash(collecting: false)
    let finding = try #require(found)
    #expect(finding.taken.count == 1 && finding.isRestored && finding.left.isEmpty)
    #expect(scene.test.git("stash", "list", "--format=%H %gs") == before)
    scene.test.git("stash", "clear")
    #expect(scene.parts.settleStash(collecting: false)?.taken.count == 2)
    #expect(scene.test.git("stash", "list", "--format=%H %gs") == before)
    #expect(scene.parts.settleStash(collecting: true) == nil)
  }

  @Test func whatWorkersLeaveInTheStashIsCollected() throws {
    var scene = try Scene()
    let place = scene.test.directory.path + "/worktree"
    scene.test.git("worktree", "add", "-q", "--detach", place)
    TemporaryDirectory.write(Array("w\n".utf8), to: place + "/a", mode: 0o644)
    scene.test.git("stash", "-q", in: place)
    scene.test.write("b/c", "mine\n")
    scene.test.git("stash", "-q")
    // While workers run, one may take its own out again.
    #expect(scene.parts.settleStash(collecting: false) == nil)
    let found = scene.parts.settleStash(collecting: true)
    let finding = try #require(found)
    #expect(finding.left.count == 1 && finding.taken.isEmpty)
    #expect(scene.test.git("stash", "list", "--format=%gs").hasPrefix("WIP on main"))
    #expect(scene.test.git("stash", "list").split(separator: "\n").count == 1)
  }

  @Test func aWholeHistoryIsMadeShallowByNobody() throws {
    var scene = try Scene()
    scene.test.write(".git/shallow", scene.test.git("rev-parse", "HEAD") + "\n")
    #expect(scene.changes() == ["info shallow ! back"])
    #expect(scene.test.read(".git/shallow") == nil)
    // Where it ends already, a fetch may move the end.
    var ended = try Scene { $0.write(".git/shallow", $0.git("rev-parse", "HEAD") + "\n") }
    ended.test.write(".git/shallow", "")
    #expect(ended.changes() == ["info shallow"])
    #expect(ended.changes().isEmpty)
  }

  @Test func submodulesOfTheCheckoutCountAsTheRepositoryDoes() throws {
    var scene = try Scene {
      for module in ["lib/x", "lib/x/modules/y"] {
        $0.write(".git/modules/\(module)/HEAD", "ref: refs/heads/main\n")
        $0.write(".git/modules/\(module)/config", "[core]\n\tbare = false\n")
      }
    }
    let inner = scene.test.path + "/.git/modules/lib/x/modules/y/config"
    scene.test.git("config", "--file", inner, "core.fsmonitor", "./watch")
    scene.test.git("config", "--file", inner, "remote.origin.url", "../y")
    scene.test.write(".git/modules/lib/x/hooks/pre-push", "#!/bin/sh\n")
    #expect(
      scene.changes() == [
        "configuration core.fsmonitor (modules/lib/x/modules/y) ! back",
        "configuration remote.origin.url (modules/lib/x/modules/y)",
        "hook modules/lib/x/hooks/pre-push ! back",
      ])
    #expect(scene.changes().isEmpty)
    #expect(scene.test.read(".git/modules/lib/x/hooks/pre-push") == nil)
  }

  @Test func whereTheCheckoutStandsIsNamed() throws {
    var scene = try Scene()
    scene.test.write(".git/MERGE_HEAD", scene.test.git("rev-parse", "HEAD") + "\n")
    scene.test.write(".git/info/sparse-checkout", "/*\n")
    scene.test.git("symbolic-ref", "HEAD", "refs/heads/other")
    #expect(scene.changes() == ["head HEAD", "head MERGE_HEAD", "head info/sparse-checkout"])
    #expect(scene.changes().isEmpty)
  }

  @Test func whatDecidesOnTheNextRunIsNamedThoughItIsNotTracked() throws {
    let scene = try Scene()
    scene.test.write("jobs/old", "o\n")
    scene.test.write("settings", "s\n")
    var watch = try #require(
      CheckoutWatch(
        scene.test.path, index: scene.test.path + "/.git/index", trustingIndex: false,
        files: ["settings", "absent"], folders: ["jobs"]))
    #expect(watch.changes().tracked.isEmpty)
    scene.test.write("jobs/new", "n\n")
    scene.test.write("absent", "a\n")
    scene.test.write("settings", "other\n")
    let (files, new) = watch.changes()
    #expect(files == ["settings", "absent"])
    // The old one as well, where the clock of the file system has not gone on since.
    #expect(new.contains("jobs/new"), "\(new)")
  }

  @Test func filesOfTheCheckoutAreNamed() throws {
    let scene = try Scene()
    var watch = try #require(
      CheckoutWatch(
        scene.test.path, index: scene.test.path + "/.git/index", trustingIndex: false))
    #expect(watch.changes().tracked.isEmpty)
    scene.test.write("a", "changed\n")
    scene.test.write("b/new", "n\n")
    let (tracked, new) = watch.changes()
    #expect(tracked == ["a"] && new == ["b/new"])
    let (again, none) = watch.changes()
    #expect(again.isEmpty && none.isEmpty)
  }
}
