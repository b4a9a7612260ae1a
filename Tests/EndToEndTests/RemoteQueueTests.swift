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
    "pr list") cat "$UET_LIST" ;;
    "api --method") shift 3; echo "$@" >> "$UET_WRITTEN" ;;
    *) echo "unknown command" >&2; exit 1 ;;
    esac

    """

  @Test func labelledPullRequests() throws {
    let scene = try Scene()
    let root = scene.scratch.root.path
    let bin = "\(root)/bin"
    try FileManager.default.createDirectory(atPath: bin, withIntermediateDirectories: true)
    try Data(Self.program.utf8).write(to: URL(fileURLWithPath: bin + "/gh"))
    chmod(bin + "/gh", 0o755)
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
    let list = "[\(request(7, tips[0])),\(request(8, tips[1])),\(request(9, tips[0], draft: true))]"
    try Data(list.utf8).write(to: URL(fileURLWithPath: root + "/list"))
    let environment = scene.scratch.environment.merging([
      "PATH": "\(bin):\(scene.scratch.environment["PATH"] ?? "")", "UET_LIST": root + "/list",
      "UET_WRITTEN": root + "/written",
    ]) { $1 }
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
      scene.scratch.environment.merging(["PATH": bin + "/none"]) { $1 }
    ).finish()
    #expect(refused.errors.contains("hint: install it and log in: gh auth login"), "\(refused)")
  }
}
