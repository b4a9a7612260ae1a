import Foundation
import Testing
import UETSystem
import UETTestSupport
import UETWorkers

/// Workers that try to get out, each in one way (Tests/Escapes/escapes.sh), and what comes of it.
@Suite("Sandbox", .serialized)
struct SandboxTests {
  private static let hasBubblewrap =
    SandboxMeans.bubblewrap(ProcessInfo.processInfo.environment) != nil
  private static let hasLandlock = SandboxMeans.ofKernel != nil
  private static let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().appendingPathComponent("Escapes/escapes.sh").path

  /// What is not contained, by way.
  private static func outcomes(
    _ mode: String, asNobody: Bool = false
  ) throws -> [String: String] {
    let place = URL(fileURLWithPath: TemporaryDirectory.disk)
      .appendingPathComponent("uet-escapes-\(UUID().uuidString)").resolvingSymlinksInPath()
    try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
    chmod(place.path, 0o777)
    defer { try? FileManager.default.removeItem(at: place) }
    let user = asNobody ? ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"] : []
    let ended = try Scratch.start(
      "/usr/bin/env", user + ["bash", script, mode], "/",
      [
        "PATH": "\(Scratch.binaries.path):\(TestRepository.searchPath)", "LANG": "C.UTF-8",
        "TMPDIR": place.path,
      ]
    ).finish()
    var outcomes: [String: String] = [:]
    var count = 0
    for line in ended.text.split(separator: "\n") {
      let words = line.split(separator: " ").map(String.init)
      try #require(words.count == 2, "\(ended)")
      count += 1
      if words[1] != "contained" { outcomes[words[0]] = words[1] }
    }
    #expect(count == 65, "\(ended)")
    return outcomes
  }

  private static func table(open: String, detected: String = "") -> [String: String] {
    var table: [String: String] = [:]
    for way in open.split(separator: " ") { table[String(way)] = "open" }
    for way in detected.split(separator: " ") { table[String(way)] = "detected" }
    return table
  }

  private static let bubblewrap = table(open: "loose-object")
  private static let landlock = table(
    open: "shared-memory packs loose-object git-file outer-socket",
    detected: "alternates commondir gitdir")

  @Test("bubblewrap keeps them in", .enabled(if: hasBubblewrap))
  func insideBubblewrap() throws {
    #expect(try Self.outcomes("bubblewrap") == Self.bubblewrap)
  }

  @Test("Landlock keeps them in, but for what it has no rules for", .enabled(if: hasLandlock))
  func insideLandlock() throws {
    let found = try Self.outcomes("landlock")
    #expect(found == Self.landlock, "\(found.sorted { $0.key < $1.key })")
  }

  private static let isLong = ProcessInfo.processInfo.environment["UET_LONG"] != nil
  /// Root can become somebody else, who can reach what was built.
  private static let canBeNobody =
    getuid() == 0 && Spawn.find("setpriv", ["PATH": "/usr/bin:/bin"]) != nil

  @Test(
    "the same for an ordinary user",
    .enabled(if: isLong && canBeNobody && hasBubblewrap && hasLandlock))
  func asNobody() throws {
    #expect(try Self.outcomes("bubblewrap", asNobody: true) == Self.bubblewrap)
    #expect(try Self.outcomes("landlock", asNobody: true) == Self.landlock)
  }

  @Test("without a sandbox, what touches the repository is found", .enabled(if: isLong))
  func outside() throws {
    let found = try Self.outcomes("off").filter { $0.value == "detected" }
    #expect(
      found
        == Self.table(
          open: "",
          detected: """
            checkout-change checkout-new checkout-bundle folder-link branch tag branch-file \
            branch-gone fetch symbolic replaced notes head stash index config config-program \
            config-include hook attributes exclude shallow alternates commondir gitdir cwd-of-another
            """))
  }
}

@Suite("Sandboxed runs")
struct SandboxedRunTests {
  private static let means = ["bubblewrap", "landlock"].filter {
    $0 == "landlock"
      ? SandboxMeans.ofKernel != nil
      : SandboxMeans.bubblewrap(ProcessInfo.processInfo.environment) != nil
  }

  private static func scratch(_ mode: String) throws -> Scratch {
    try Scratch(variables: ["GIT_CONFIG_VALUE_1": mode], in: TemporaryDirectory.disk)
  }

  @Test("a worker commits, reports and lands; its gate has no network", arguments: means)
  func work(_ mode: String) throws {
    let scratch = try Self.scratch(mode)
    try scratch.write(
      ".uet/config.yaml",
      """
      version: 1
      gates:
        GATE_UNIT: {command: "test -e a.txt && ! (exec 3<>/dev/tcp/127.0.0.1/9)", network: false}
      integration: {gates: [GATE_UNIT]}

      """)
    try scratch.bundle(
      "ws-a", scope: ["a.txt"], extra: "test_gates: [{type: GATE_UNIT}]",
      """
      test "$(git uet status $UET_RUN | grep -c 'RUNNING')" -ge 1 || exit 9
      git uet signal progress 40 "half" || exit 8
      echo one > a.txt && git add a.txt && git commit -qm "mine" || exit 7
      echo two >> a.txt
      echo kept > "$HOME/kept" && echo kept > "$TMPDIR/kept" || exit 6
      """)
    try scratch.git("add", "--all")
    try scratch.git("commit", "--quiet", "--message=work")
    let run = try scratch.uet("run")
    let log = try scratch.uet("logs", "@", "ws-a")
    #expect(run.status == 0, "\(run) \(log)")
    let landed = try scratch.uet("integrate", "--land", "main", "--update-checkout")
    #expect(landed.status == 0, "\(landed)")
    #expect(scratch.read("a.txt") == "one\ntwo\n")
    let chain = "refs/uet/runs/\(try scratch.onlyRun())/main"
    let first = try scratch.git("log", "--format=%H", "--grep=^run started$", chain)
    #expect(try scratch.git("show", "\(first):run.json").contains("\"sandbox\": \"\(mode)\""))
  }

  @Test("what is named besides is there, and no more", arguments: means)
  func besides(_ mode: String) throws {
    let scratch = try Self.scratch(mode)
    let (shared, own) = (scratch.root.appendingPathComponent("shared"), scratch.root.path)
    try FileManager.default.createDirectory(at: shared, withIntermediateDirectories: true)
    try Data("given\n".utf8).write(to: shared.appendingPathComponent("given"))
    try FileManager.default.createDirectory(
      atPath: own + "/home/.cache", withIntermediateDirectories: true)
    try scratch.write(
      ".uet/config.yaml",
      """
      version: 1
      sandbox: {read: ["\(shared.path)"], write: [~/.cache]}

      """)
    try scratch.bundle(
      "ws-a", scope: ["a.txt"],
      """
      cat '\(shared.path)/given' > a.txt || exit 9
      echo x > '\(shared.path)/new' && exit 8
      echo cached > ~/.cache/it || exit 7
      ls '\(own)/home/.gitconfig' && exit 6
      true
      """)
    try scratch.git("add", "--all")
    try scratch.git("commit", "--quiet", "--message=work")
    let run = try scratch.uet("run")
    let log = try scratch.uet("logs", "@", "ws-a")
    #expect(run.status == 0, "\(run) \(log)")
    let cached = try String(contentsOfFile: own + "/home/.cache/it", encoding: .utf8)
    #expect(cached == "cached\n")
  }

  @Test("a program of the home or the checkout brings nothing else along", arguments: means)
  func program(_ mode: String) throws {
    let scratch = try Self.scratch(mode)
    let home = scratch.root.appendingPathComponent("home")
    try Data("mine\n".utf8).write(to: home.appendingPathComponent("private"))
    let program = home.appendingPathComponent("tool")
    let script =
      "#!/bin/sh\ncat '\(home.path)/private' '\(scratch.path)/untracked' && exit 9\necho x > a\n"
    try Data(script.utf8).write(to: program)
    try scratch.write("tool.sh", script.replacingOccurrences(of: "> a\n", with: "> b\n"))
    for path in [program.path, scratch.path + "/tool.sh"] {
      try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: path)
    }
    try scratch.write(
      ".uet/config.yaml",
      "version: 1\ntools: {mine: {command: [\(program.path)]}, own: {command: [./tool.sh]}}\n")
    for (name, tool) in [("a", "mine"), ("b", "own")] {
      try scratch.write(
        "workstreams/ws-\(name).yaml",
        "id: ws-\(name)\ntasks: [work]\nfiles_scope: [\(name)]\ntool: \(tool)\n")
    }
    try scratch.git("add", "--all")
    try scratch.git("commit", "--quiet", "--message=work")
    try scratch.write("untracked", "mine\n")
    let run = try scratch.uet("run")
    let logs = try ["ws-a", "ws-b"].map { try scratch.uet("logs", "@", $0) }
    #expect(run.status == 0, "\(run) \(logs)")
    #expect(!logs.contains { $0.text.contains("mine") }, "\(logs)")
  }

  @Test("an agent logs in, and its tokens are counted from its own home", arguments: means)
  func agent(_ mode: String) throws {
    let scratch = try Self.scratch(mode)
    let codex = scratch.root.appendingPathComponent("home/.codex")
    try FileManager.default.createDirectory(at: codex, withIntermediateDirectories: true)
    try Data("login-of-the-user\n".utf8).write(to: codex.appendingPathComponent("auth.json"))
    try Data("not for it\n".utf8).write(to: codex.appendingPathComponent("history.jsonl"))
    try scratch.agent(
      "codex",
      #"""
      #!/bin/sh
      grep -q login-of-the-user ~/.codex/auth.json || exit 9
      echo changed >> ~/.codex/auth.json && exit 8
      test -e ~/.codex/history.jsonl && exit 7
      mkdir -p ~/.codex/sessions && echo edited > a
      cat > ~/.codex/sessions/rollout-t-1.jsonl <<'END'
      {"type":"turn_context","payload":{"model":"gpt-5-codex"}}
      {"type":"token_usage_record","payload":{"response_id":"r","usage":{"input_tokens":120,"output_tokens":7}}}
      END
      echo '{"type":"thread.started","thread_id":"t-1"}'
      echo '{"type":"turn.completed"}'
      """#)
    let run = try scratch.uet("run")
    let log = try scratch.uet("logs", "@", "ws-a")
    #expect(run.status == 0, "\(run) \(log)")
    let cost = try scratch.uet("cost", "--by", "model", "--json").text
    #expect(cost.contains("\"input_tokens\": 120") && cost.contains("gpt-5-codex"), "\(cost)")
    #expect(
      try String(contentsOf: codex.appendingPathComponent("auth.json"), encoding: .utf8)
        == "login-of-the-user\n")
  }

  /// aider prints rounded numbers; the exact ones are in a file that its entry names.
  @Test("a file that an agent is told to write is written", arguments: means)
  func namedFile(_ mode: String) throws {
    let scratch = try Self.scratch(mode)
    let log = scratch.root.appendingPathComponent("analytics.jsonl").path
    try scratch.agent(
      "aider",
      #"""
      #!/bin/sh
      echo "Aider v0.86.2"; echo edited > a
      echo "Tokens: 1.4k sent, 51 received. Cost: \$0.01 message, \$0.01 session."
      while [ "$1" != --analytics-log ]; do shift; done
      echo '{"event": "message_send", "properties": {"main_model": "m", "prompt_tokens": 1420, "completion_tokens": 51}}' > "$2"
      echo beside > "$2.other"
      exit 0
      """#, arguments: ["--analytics-log", log])
    let run = try scratch.uet("run")
    let printed = try scratch.uet("logs", "@", "ws-a")
    #expect(run.status == 0, "\(run) \(printed)")
    let cost = try scratch.uet("cost", "--by", "model", "--json").text
    #expect(cost.contains("\"input_tokens\": 1420"), "\(cost)")
    #expect(!FileManager.default.fileExists(atPath: log + ".other"), "only that file")
  }

  @Test("a worker is told to stop, and says goodbye", arguments: means)
  func stop(_ mode: String) throws {
    let scratch = try Self.scratch(mode)
    try scratch.bundle(
      "ws-a", scope: ["a.txt"],
      """
      trap 'echo goodbye; exit 3' TERM
      touch ready; sleep 300 & wait
      """)
    try scratch.git("add", "--all")
    try scratch.git("commit", "--quiet", "--message=work")
    let run = try scratch.running(["run"])
    try scratch.wait("the worker") { scratch.worktreeHolds("ws-a/ready") }
    let cancelled = try scratch.uet("cancel", "@", "ws-a", "--reason", "enough")
    #expect(cancelled.status == 0, "\(cancelled)")
    _ = run.finish()
    let log = try scratch.uet("logs", "@", "ws-a")
    #expect(log.text.contains("goodbye"), "\(log)")
  }

  @Test("how a worker ends is told as it is", arguments: means)
  func ending(_ mode: String) throws {
    let scratch = try Self.scratch(mode)
    try scratch.bundle("ws-a", scope: ["a.txt"], "echo x > a.txt; kill -9 $$")
    try scratch.git("add", "--all")
    try scratch.git("commit", "--quiet", "--message=work")
    let run = try scratch.uet("run")
    #expect(run.text.contains("was ended by signal 9"), "\(run)")
  }

  @Test(
    "what is not trusted works in a clone, and its commits are fetched",
    .enabled(if: means.count == 2))
  func clone() throws {
    let scratch = try Self.scratch("auto")
    try scratch.write(
      ".uet/config.yaml",
      """
      version: 1
      tools: {stranger: {command: [sh, work.sh], trust: none}}
      gates: {GATE_UNIT: {command: "git log --oneline -1 && test -e a.txt"}}

      """)
    try scratch.write(
      "work.sh",
      """
      set -e
      git status --short | grep . && exit 9
      git switch -q -c mine && echo one > a.txt && git add a.txt && git commit -qm "my own"
      git branch evil-branch && git tag evil-tag && git stash list && git config evil.key x
      test -n "$(git rev-parse origin/main)" || exit 8
      echo x > '\(scratch.path)/.git/objects/x' && exit 7
      ls '\(scratch.path)/.git/refs' && exit 6
      mkdir -p .git-is-a-file && rmdir .git-is-a-file
      echo two >> a.txt

      """.replacingOccurrences(of: "\\(scratch.path)", with: scratch.path))
    try scratch.write(
      "workstreams/ws-a.yaml",
      """
      id: ws-a
      tasks: [work]
      tool: stranger
      files_scope: [a.txt]
      test_gates: [{type: GATE_UNIT}]

      """)
    try scratch.git("add", "--all")
    try scratch.git("commit", "--quiet", "--message=work")
    let run = try scratch.uet("run")
    let log = try scratch.uet("logs", "@", "ws-a")
    #expect(run.status == 0, "\(run) \(log)")
    let branch = "uet/\(try scratch.onlyRun())/ws-a"
    #expect(try scratch.git("show", "\(branch):a.txt") == "one\ntwo")
    #expect(try scratch.git("log", "--format=%s", "-2", branch).hasSuffix("my own"))
    #expect(try scratch.git("for-each-ref", "refs/heads/evil-branch", "refs/tags").isEmpty)
    #expect(try scratch.commit("main") == scratch.commit("HEAD"))
    // Without what can do that, nothing is begun.
    let refused = try Scratch.start(
      Scratch.gitProgram, ["uet", "run"], scratch.path,
      scratch.environment.merging(["GIT_CONFIG_VALUE_1": "landlock"]) { $1 }
    ).finish()
    #expect(refused.status == 3 && refused.errors.contains("'trust: none'"), "\(refused)")
  }

  @Test("one that is required and is not there is refused")
  func required() throws {
    let scratch = try Scratch(variables: ["GIT_CONFIG_VALUE_1": "bubblewrap"])
    // A search path on which there is none.
    var environment = scratch.environment
    let bin = scratch.root.appendingPathComponent("bin")
    try FileManager.default.createDirectory(at: bin, withIntermediateDirectories: true)
    for (name, path) in [("git", Scratch.gitProgram), ("sh", "/bin/sh")] {
      try FileManager.default.createSymbolicLink(
        atPath: bin.appendingPathComponent(name).path, withDestinationPath: path)
    }
    environment["PATH"] = bin.path
    try scratch.bundle("ws-a", scope: ["a.txt"], "echo x > a.txt")
    try scratch.git("add", "--all")
    try scratch.git("commit", "--quiet", "--message=work")
    let run = try Scratch.start(
      Scratch.binaries.appendingPathComponent("git-uet").path, ["run"], scratch.path, environment
    ).finish()
    #expect(run.status == 3 && run.errors.contains("'sandbox.mode' requires one"), "\(run)")
    #expect(try scratch.git("for-each-ref", "refs/uet").isEmpty)
  }
}

extension Scratch {
  /// A program that plays an agent, and a commit with a workstream `ws-a` for it.
  fileprivate func agent(_ name: String, _ script: String, arguments: [String] = []) throws {
    let program = root.appendingPathComponent("tools/\(name)")
    try FileManager.default.createDirectory(
      at: program.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(script.utf8).write(to: program)
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: program.path)
    let entry = "{command: [\(program.path)], args: [\(arguments.joined(separator: ", "))]}"
    try write(
      ".uet/config.yaml",
      "version: 1\nretry: {max_attempts: 1}\ntools: {\(name): \(entry)}\n")
    try write(
      "workstreams/ws-a.yaml", "id: ws-a\ntasks: [edit]\nfiles_scope: [a]\ntool: \(name)\n")
    try git("add", "--all")
    try git("commit", "--quiet", "--message=work")
  }
}
