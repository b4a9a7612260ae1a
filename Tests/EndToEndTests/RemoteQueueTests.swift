import Foundation
import Testing

/// A host without any hook of ours, served from a bare clone by fetches and pushes.
@Suite struct RemoteQueueTests {
  private final class Scene {
    let scratch: Scratch
    let host: String
    let server: String

    init() throws {
      scratch = try Scratch()
      host = scratch.root.appendingPathComponent("host.git").path
      server = scratch.root.appendingPathComponent("server.git").path
      try scratch.git("init", "--quiet", "--bare", "--initial-branch=main", host)
      try scratch.git("remote", "add", "origin", host)
      try scratch.write(
        ".uet/config.yaml",
        """
        gates:
          GATE_TEST: {command: [sh, -c, "! grep -rq BROKEN --include=*.txt ."]}
        integration: {gates: [GATE_TEST]}

        """)
      try scratch.git("add", "--all")
      try scratch.git("commit", "--quiet", "--message=settings")
      try scratch.git("push", "--quiet", "origin", "main")
      try scratch.git("clone", "--quiet", "--bare", host, server)
    }

    /// The gate of the branch runs a script instead.
    func gate(_ script: String) throws {
      let lines = script.split(separator: "\n").map { "        \($0)\n" }.joined()
      try scratch.write(
        ".uet/config.yaml",
        """
        gates:
          GATE_TEST:
            command:
            - sh
            - -c
            - |
        \(lines)integration: {gates: [GATE_TEST]}

        """)
      try scratch.git("commit", "--quiet", "--all", "--message=another gate")
      try scratch.git("push", "--quiet", "origin", "main")
    }

    /// Pushes a commit of one file to a branch of the host.
    func push(_ file: String, _ text: String = "text\n", to name: String) throws {
      try scratch.git("fetch", "--quiet", "origin")
      try scratch.git("checkout", "--quiet", "--detach", "origin/main")
      try scratch.write(file, text)
      try scratch.git("add", "--all")
      try scratch.git("commit", "--quiet", "--message=add \(file)")
      try scratch.git("push", "--quiet", "--force", "origin", "HEAD:refs/heads/\(name)")
    }

    func once() throws -> Scratch.Output {
      try scratch.uet("serve", "--remote", "origin", "--once", in: server)
    }

    func onHost(_ arguments: String...) throws -> String {
      let output = try Scratch.start(Scratch.gitProgram, arguments, host, scratch.environment)
        .finish()
      try #require(output.status == 0, "\(output)")
      return output.text
    }
  }

  @Test func branchesAreTestedAndLand() throws {
    let scene = try Scene()
    try scene.push("a.txt", to: "uet/for/main/a")
    try scene.push("b.txt", "BROKEN\n", to: "uet/for/main/b")
    let served = try scene.once()
    #expect(served.status == 0, "\(served)")
    #expect(served.text.contains("landed a") && served.text.contains("set aside b"), "\(served)")
    #expect(try scene.onHost("ls-tree", "--name-only", "main").contains("a.txt"))
    // What has landed is no branch any more; what was set aside is, until it is pushed again.
    let branches = try scene.onHost("branch", "--format=%(refname:short)")
    #expect(branches.split(separator: "\n") == ["main", "uet/for/main/b"])
    #expect(try scene.scratch.uet("queue", "--remote", "origin").text.contains("set aside:"))
    #expect(try !scene.once().text.contains("set aside"))
    try scene.push("b.txt", "mended\n", to: "uet/for/main/b")
    #expect(try scene.once().text.contains("landed b"))
    #expect(try scene.onHost("for-each-ref", "refs/uet/queue").isEmpty)
  }

  /// Others may push to the branch as well: what lands is tested on top of that.
  @Test func othersMoveTheBranch() throws {
    let scene = try Scene()
    try scene.push("a.txt", to: "uet/for/main/a")
    // The host takes a push of somebody else's in the moment between test and landing.
    let hook = "\(scene.host)/hooks/pre-receive"
    let other = try {
      try scene.push("other.txt", to: "other")
      return try scene.scratch.git("rev-parse", "HEAD")
    }()
    try Data(
      """
      #!/bin/sh
      rm "$0"
      unset GIT_QUARANTINE_PATH
      git update-ref refs/heads/main \(other)

      """.utf8
    ).write(to: URL(fileURLWithPath: hook))
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: hook)
    let served = try scene.once()
    #expect(served.text.contains("landed a"), "\(served)")
    #expect(!FileManager.default.fileExists(atPath: hook))
    let files = try scene.onHost("ls-tree", "--name-only", "main")
    #expect(files.contains("a.txt") && files.contains("other.txt"), "\(files)")
    #expect(
      try scene.onHost("log", "--first-parent", "--format=%s", "main").hasPrefix("merge ws-a"))
  }

  /// Somebody merges by hand what is being tested.
  @Test func whatIsTestedIsMergedByHand() throws {
    let scene = try Scene()
    try scene.gate(
      """
      cd '\(scene.host)' && git rev-parse -q --verify uet/for/main/a || exit 0
      git update-ref refs/heads/main uet/for/main/a
      git update-ref -d refs/heads/uet/for/main/a
      """)
    try scene.push("a.txt", to: "uet/for/main/a")
    try scene.push("b.txt", to: "uet/for/main/b")
    let served = try scene.once()
    #expect(served.status == 0, "\(served)")
    let files = try scene.onHost("ls-tree", "--name-only", "main")
    #expect(files.contains("a.txt") && files.contains("b.txt"), "\(files) \(served)")
    let shown = try scene.scratch.uet("queue", in: scene.server)
    #expect(shown.text.contains("nothing waits") && !shown.text.contains("aside"), "\(shown)")
  }

  /// What landed is pushed on top of, and seen here, before the landing is on record.
  @Test func othersGoOnFromTheLanding() throws {
    let scene = try Scene()
    try scene.push("a.txt", to: "uet/for/main/a")
    let hook = "\(scene.host)/hooks/post-receive"
    try Data(
      """
      #!/bin/sh
      grep -q refs/heads/main || exit 0
      rm "$0"
      next=$(git -c user.name=eva -c user.email=e@example.com commit-tree -p main -m next main^{tree})
      git update-ref refs/heads/main "$next"
      unset GIT_DIR
      git --git-dir='\(scene.server)' fetch --quiet origin main:main

      """.utf8
    ).write(to: URL(fileURLWithPath: hook))
    chmod(hook, 0o755)
    let served = try scene.once()
    #expect(served.status == 0 && served.text.contains("landed a"), "\(served)")
    #expect(!FileManager.default.fileExists(atPath: hook))
    let subjects = try scene.onHost("log", "--first-parent", "--format=%s", "main").split(
      separator: "\n")
    #expect(subjects.first == "next" && subjects.count == 4, "\(subjects)")
    #expect(try scene.scratch.uet("queue", in: scene.server).text.contains("nothing waits"))
  }

  /// Killed after the host took the push and before it is on record here: it has landed once.
  @Test func aServerThatIsKilledAtTheLanding() throws {
    let scene = try Scene()
    try scene.push("a.txt", to: "uet/for/main/a")
    let (hook, pid) = ("\(scene.host)/hooks/post-receive", "\(scene.scratch.root.path)/pid")
    try Data(
      """
      #!/bin/sh
      grep -q refs/heads/main || exit 0
      rm "$0"
      while ! [ -s '\(pid)' ]; do sleep 0.01; done
      kill -9 "$(cat '\(pid)')"

      """.utf8
    ).write(to: URL(fileURLWithPath: hook))
    chmod(hook, 0o755)
    let server = try Scratch.start(
      Scratch.binaries.appendingPathComponent("git-uet").path,
      ["serve", "--remote", "origin", "--once"], scene.server, scene.scratch.environment)
    try Data("\(server.pid)\n".utf8).write(to: URL(fileURLWithPath: pid))
    #expect(server.finish().status == 128 + SIGKILL)
    #expect(try scene.onHost("ls-tree", "--name-only", "main").contains("a.txt"))
    let landed = try scene.onHost("rev-parse", "main")
    let served = try scene.once()
    #expect(served.status == 0 && served.text.contains("landed a"), "\(served)")
    #expect(try scene.onHost("rev-parse", "main") == landed)
    #expect(try scene.scratch.uet("queue", in: scene.server).text.contains("nothing waits"))
  }

  @Test func aBranchThatIsGoneIsTakenBack() throws {
    let scene = try Scene()
    try scene.push("a.txt", "BROKEN\n", to: "uet/for/main/a")
    _ = try scene.once()
    try scene.scratch.git("push", "--quiet", "origin", ":refs/heads/uet/for/main/a")
    _ = try scene.once()
    let shown = try scene.scratch.uet("queue", in: scene.server)
    #expect(shown.text.contains("nothing waits"), "\(shown)")
    #expect(!shown.text.contains("set aside"), "\(shown)")
    // A clone with files to work on would have them changed under one's hands.
    let refused = try scene.scratch.uet("serve", "--remote", "origin")
    #expect(refused.status == 2 && refused.errors.contains("hint: make one: git clone --bare"))
  }

  /// Stands in for the host's program: it has one request, and keeps what is written.
  private static let program = """
    #!/bin/sh
    case "$1 $2" in
    "pr list") case "$*" in *"--limit 500 "*) cat "$UET_LIST.500" ;; *) cat "$UET_LIST" ;; esac ;;
    "mr list") case "$*" in *"--page 2"*) cat "$UET_LIST" ;; *) cat "$UET_LIST.100" ;; esac ;;
    "api --method") shift 3; echo "$@" >> "$UET_WRITTEN" ;;
    *) echo "unknown command" >&2; exit 1 ;;
    esac

    """

  /// A program of that name that stands in for the host's own, and the variables to run with.
  private func standIn(_ name: String, _ scene: Scene) throws -> [String: String] {
    let root = scene.scratch.root.path
    let bin = "\(root)/bin"
    try FileManager.default.createDirectory(atPath: bin, withIntermediateDirectories: true)
    try Data(Self.program.utf8).write(to: URL(fileURLWithPath: "\(bin)/\(name)"))
    chmod("\(bin)/\(name)", 0o755)
    return scene.scratch.environment.merging([
      "PATH": "\(bin):\(scene.scratch.environment["PATH"] ?? "")", "UET_LIST": root + "/list",
      "UET_WRITTEN": root + "/written",
    ]) { $1 }
  }

  @Test func labelledPullRequests() throws {
    let scene = try Scene()
    let root = scene.scratch.root.path
    let environment = try standIn("gh", scene)
    var tips: [String] = []
    for (number, text) in [(7, "text\n"), (8, "BROKEN\n")] {
      try scene.push("f\(number).txt", text, to: "theirs")
      let tip = try scene.scratch.git("rev-parse", "HEAD")
      tips.append(tip)
      try scene.scratch.git("push", "--quiet", "origin", "HEAD:refs/pull/\(number)/head")
    }
    func request(_ number: Int, _ tip: String, draft: Bool = false) -> String {
      """
      {"number":\(number),"headRefOid":"\(tip)","baseRefName":"main","isDraft":\(draft),\
      "author":{"login":"eva"}}
      """
    }
    // The two that count are the last of a list that is longer than what is asked for at first.
    let drafts = (1001...1500).map { request($0, tips[0], draft: true) }
    let list = drafts + [request(7, tips[0]), request(8, tips[1])]
    try Data("[\(drafts.joined(separator: ","))]".utf8)
      .write(to: URL(fileURLWithPath: root + "/list.500"))
    try Data("[\(list.joined(separator: ","))]".utf8)
      .write(to: URL(fileURLWithPath: root + "/list"))
    let served = try Scratch.start(
      Scratch.gitProgram, ["uet", "serve", "--remote", "origin", "--label", "queue", "--once"],
      scene.server, environment
    ).finish()
    #expect(served.status == 0, "\(served)")
    #expect(served.text.contains("landed pr-7"), "\(served)")
    #expect(served.text.contains("set aside pr-8"), "\(served)")
    #expect(try scene.onHost("ls-tree", "--name-only", "main").contains("f7.txt"))
    let written = try String(contentsOfFile: root + "/written", encoding: .utf8)
      .split(separator: "\n")
    let states = written.map { line in
      (
        tips.firstIndex { line.contains("statuses/\($0)") }, line.contains("state=success"),
        line.contains("state=failure")
      )
    }
    #expect(states.contains { $0 == (0, true, false) }, "\(written)")
    #expect(states.contains { $0 == (1, false, true) }, "\(written)")
    #expect(written.allSatisfy { $0.contains("context=git-uet") }, "\(written)")
    #expect(written.contains { $0.contains("description=GATE_TEST failed") }, "\(written)")
    // Without the program it says how to have it.
    let refused = try Scratch.start(
      Scratch.binaries.appendingPathComponent("git-uet").path,
      ["serve", "--remote", "origin", "--label", "queue"], scene.server,
      scene.scratch.environment.merging(["PATH": root + "/none"]) { $1 }
    ).finish()
    #expect(refused.errors.contains("hint: install it and log in: gh auth login"), "\(refused)")
  }
  /// Merge requests come in pages, by a program of another name.
  @Test func labelledMergeRequests() throws {
    let scene = try Scene()
    let root = scene.scratch.root.path
    try FileManager.default.createSymbolicLink(
      atPath: root + "/gitlab.git", withDestinationPath: scene.host)
    try scene.scratch.git(
      "--git-dir=\(scene.server)", "config", "remote.origin.url", root + "/gitlab.git")
    let arguments = ["uet", "serve", "--remote", "origin", "--label", "queue", "--once"]
    let refused = try Scratch.start(
      Scratch.binaries.appendingPathComponent("git-uet").path, Array(arguments.dropFirst()),
      scene.server, scene.scratch.environment.merging(["PATH": root + "/none"]) { $1 }
    ).finish()
    #expect(refused.errors.contains("'glab'"), "\(refused)")
    #expect(refused.errors.contains("hint: install it and log in: glab auth login"), "\(refused)")
    try scene.push("f7.txt", to: "theirs")
    let tip = try scene.scratch.git("rev-parse", "HEAD")
    try scene.scratch.git("push", "--quiet", "origin", "HEAD:refs/merge-requests/7/head")
    func request(_ number: Int, draft: Bool) -> String {
      """
      {"iid":\(number),"sha":"\(tip)","target_branch":"main","draft":\(draft),\
      "author":{"username":"eva"}}
      """
    }
    let drafts = (101...200).map { request($0, draft: true) }
    try Data("[\(drafts.joined(separator: ","))]".utf8)
      .write(to: URL(fileURLWithPath: root + "/list.100"))
    try Data("[\(request(7, draft: false))]".utf8)
      .write(to: URL(fileURLWithPath: root + "/list"))
    let served = try Scratch.start(
      Scratch.gitProgram, arguments, scene.server, try standIn("glab", scene)
    ).finish()
    #expect(served.status == 0 && served.text.contains("landed pr-7"), "\(served)")
  }

  /// What cannot be queued is said once, and is in nobody's way.
  @Test func oneBadBranchStopsNothing() throws {
    let scene = try Scene()
    for name in ["a", "d", "e", "g"] {
      try scene.push("\(name).txt", "BROKEN\n", to: "uet/for/main/\(name)")
    }
    try scene.push("f/b.txt", "BROKEN\n", to: "uet/for/main/f/b")
    let first = try scene.once()
    #expect(first.text.contains("set aside f/b"), "\(first)")
    let git = scene.scratch
    // Gone, and a name below it is there.
    try git.git("push", "--quiet", "origin", ":refs/heads/uet/for/main/a")
    try scene.push("ab.txt", to: "uet/for/main/a/b")
    // The other way round.
    try git.git("push", "--quiet", "origin", ":refs/heads/uet/for/main/f/b")
    try scene.push("f.txt", to: "uet/for/main/f")
    // Set back to the branch itself, and to what cannot be queued.
    try git.git("push", "--quiet", "--force", "origin", "origin/main:refs/heads/uet/for/main/d")
    try git.git("checkout", "--quiet", "--orphan", "orphan")
    try git.git("commit", "--quiet", "--message=of nothing")
    try git.git("push", "--quiet", "--force", "origin", "HEAD:refs/heads/uet/for/main/g")
    try git.git("push", "--quiet", "origin", "HEAD:refs/heads/uet/for/main/orphan")
    // Merged by hand, with what mends it.
    try git.git("fetch", "--quiet", "origin")
    try git.git("checkout", "--quiet", "--detach", "origin/uet/for/main/e")
    try git.write("e.txt", "mended\n")
    try git.git("commit", "--quiet", "--all", "--message=mend e")
    try git.git("push", "--quiet", "origin", "HEAD:main", ":refs/heads/uet/for/main/e")
    let second = try scene.once()
    #expect(second.status == 0, "\(second)")
    let files = try scene.onHost("ls-tree", "--name-only", "main")
    #expect(files.contains("ab.txt") && files.contains("f.txt"), "\(second)")
    for name in ["g", "orphan"] {
      let words = "'uet/for/main/\(name)' on 'origin' is not queued: it has no common history"
      #expect(second.errors.components(separatedBy: words).count == 2, "\(second)")
    }
    #expect(second.errors.contains("start from the branch"), "\(second)")
    let shown = try scene.scratch.uet("queue", in: scene.server)
    #expect(shown.text.contains("nothing waits"), "\(shown)")
    #expect(!shown.text.contains("set aside"), "\(shown)")
  }

  /// A look at the host that began before a landing and ends after it is of no more use.
  @Test func aLookThatIsSlowerThanALanding() throws {
    let scene = try Scene()
    let root = scene.scratch.root.path
    try scene.gate(
      """
      touch '\(root)/testing'
      for i in $(seq 1000); do [ -e '\(root)/held' ] && break; sleep 0.02; done
      touch '\(root)/tested'
      """)
    try scene.push("a.txt", to: "uet/for/main/a")
    // By the first protocol it says at once what there is. Of what it says during the test nothing
    // arrives until it has landed here, or had the time for it.
    let slow = "\(root)/upload-pack"
    try Data(
      """
      #!/bin/sh
      [ -e '\(root)/testing' ] && [ ! -e '\(root)/held' ] || exec git-upload-pack "$@"
      git-upload-pack "$@" | {
        dd bs=1 count=4 of='\(root)/begun' 2>/dev/null
        old=$(git --git-dir='\(scene.server)' rev-parse main)
        touch '\(root)/held'
        while [ ! -e '\(root)/tested' ]; do sleep 0.02; done
        for i in $(seq 60); do
          [ "$old" = "$(git --git-dir='\(scene.server)' rev-parse main)" ] || break
          sleep 0.02
        done
        cat '\(root)/begun' -
      }

      """.utf8
    ).write(to: URL(fileURLWithPath: slow))
    chmod(slow, 0o755)
    for (name, value) in [("protocol.version", "0"), ("remote.origin.uploadpack", slow)] {
      try scene.scratch.git("--git-dir=\(scene.server)", "config", name, value)
    }
    let served = try scene.scratch.uet(
      "serve", "--remote", "origin", "--once", "--interval", "1", in: scene.server)
    #expect(served.status == 0 && served.text.contains("landed a"), "\(served)")
    #expect(FileManager.default.fileExists(atPath: root + "/begun"), "no look was held up")
    let main = try scene.onHost("rev-parse", "main")
    #expect(try scene.onHost("ls-tree", "--name-only", "main").contains("a.txt"))
    let here = try scene.scratch.git("--git-dir=\(scene.server)", "rev-parse", "main")
    #expect(here == main.trimmingCharacters(in: .newlines))
    #expect(try scene.scratch.uet("queue", in: scene.server).text.contains("nothing waits"))
  }
}
