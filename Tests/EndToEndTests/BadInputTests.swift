import Foundation
import Testing

/// Each likely mistake gets one clear error, the right status, and changes nothing.
@Suite struct BadInputTests {
  private func expect(
    _ output: Scratch.Output, status: Int32, says text: String,
    _ location: SourceLocation = #_sourceLocation
  ) {
    #expect(output.status == status, "\(output)", sourceLocation: location)
    #expect(output.errors.contains(text), "\(output)", sourceLocation: location)
    #expect(!output.errors.contains("Fatal error"), "\(output)", sourceLocation: location)
  }

  @Test func helpIsNoError() throws {
    let scratch = try Scratch()
    for words in [[], ["--help"], ["run", "--help"], ["help", "run"], ["queue", "--help"]] {
      // Without git, which shows the manual page for `git uet --help`.
      let help = try scratch.direct(words).finish()
      #expect(help.status == 0 && help.errors.isEmpty, "\(words): \(help)")
      #expect(help.text.contains("USAGE: git uet"), "\(words): \(help)")
    }
  }

  @Test func noRepository() throws {
    let scratch = try Scratch()
    let folder = scratch.root.appendingPathComponent("nothing").path
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    expect(try scratch.uet("run", in: folder), status: 2, says: "not a git repository")
    expect(try scratch.uet("status", in: folder), status: 2, says: "not a git repository")
  }

  @Test func bareRepository() throws {
    let scratch = try Scratch()
    let bare = scratch.root.appendingPathComponent("bare.git").path
    try scratch.git("clone", "--quiet", "--bare", scratch.path, bare)
    expect(try scratch.uet("run", in: bare), status: 2, says: "work tree")
    #expect(try scratch.uet("runs", in: bare).status == 0)
  }

  @Test func unbornBranch() throws {
    let scratch = try Scratch(commit: false)
    try scratch.bundle("ws-a", scope: ["a"], "echo > a")
    expect(try scratch.uet("run"), status: 2, says: "does not have any commits yet")
    #expect(try scratch.uet("plan").status == 0, "planning needs no commit")
  }

  @Test func otherObjectFormat() throws {
    let scratch = try Scratch()
    let other = scratch.root.appendingPathComponent("sha256").path
    try scratch.git("init", "--quiet", "--object-format=sha256", other)
    expect(try scratch.uet("run", in: other), status: 2, says: "sha256")
  }

  @Test func unknownExtensionAndReftable() throws {
    let scratch = try Scratch()
    try scratch.git("config", "core.repositoryformatversion", "1")
    let config = scratch.path + "/.git/config"
    let text = try String(contentsOfFile: config, encoding: .utf8)
    try (text + "[extensions]\n\tmadeup = true\n").write(
      toFile: config, atomically: true, encoding: .utf8)
    expect(try scratch.running(["status"]).finish(), status: 2, says: "madeup")
    try (text + "[extensions]\n\trefstorage = reftable\n").write(
      toFile: config, atomically: true, encoding: .utf8)
    let output = try scratch.running(["status"]).finish()
    #expect(output.errors.contains("refstorage") || output.errors.contains("reftable"), "\(output)")
  }

  @Test func shallowCloneDetachedHeadAndDirtyTreeAreNoErrors() throws {
    let scratch = try Scratch()
    try scratch.bundle("ws-a", scope: ["a"], "echo > a")
    try scratch.git("add", "--all")
    try scratch.git("commit", "--quiet", "--message=bundles")
    let clone = scratch.root.appendingPathComponent("shallow").path
    try scratch.git("clone", "--quiet", "--depth=1", "file://" + scratch.path, clone)
    let start = try Scratch.start(
      "/bin/sh",
      ["-c", "git checkout --quiet --detach && echo dirty >> README && git status --porcelain"],
      clone, scratch.environment
    ).finish()
    #expect(start.status == 0, "\(start)")
    let output = try scratch.uet("run", in: clone)
    #expect(output.status == 0, "\(output)")
    for word in ["detached", "uncommitted", "shallow"] {
      #expect(output.errors.contains(word), "\(output)")
    }
    let after = try Scratch.start(
      Scratch.gitProgram, ["status", "--porcelain"], clone, scratch.environment
    ).finish()
    #expect(after.text == " M README\n")
  }

  @Test func brokenConfiguration() throws {
    let scratch = try Scratch()
    try scratch.write(".uet/config.yaml", "version: 1\nrun:\n  wokers: 3\n  base: [\n")
    expect(try scratch.uet("run"), status: 2, says: ".uet/config.yaml:")
    try scratch.write(".uet/config.yaml", "version: 1\nrun:\n  wokers: 3\n")
    let output = try scratch.uet("plan")
    expect(output, status: 2, says: ".uet/config.yaml:3:3: ")
    #expect(output.errors.contains("workers"), "did you mean: \(output)")
  }

  @Test func threeBrokenBundlesAmongFiftyAreReportedAtOnce() throws {
    let scratch = try Scratch()
    for index in 0..<50 {
      try scratch.bundle("ws-n\(index)", scope: ["n\(index)"], "true")
    }
    try scratch.write("workstreams/ws-n7.yaml", "id: ws-n7\ntasks: [x\n")
    try scratch.write("workstreams/broken.json", "{\"id\": \"ws-broken\",\n  \"tasks\": [}")
    try scratch.bundle("ws-n9", scope: ["../outside"], "true")
    let output = try scratch.uet("plan")
    #expect(output.status == 2, "\(output)")
    for place in ["ws-n7.yaml:", "broken.json:2:13", "ws-n9.yaml:4:"] {
      #expect(output.errors.contains("workstreams/" + place), "\(place): \(output)")
    }
  }

  @Test func unknownToolAndGate() throws {
    let scratch = try Scratch()
    try scratch.write(
      "workstreams/a.json",
      """
      {"id": "ws-a", "tasks": ["x"], "files_scope": ["a"], "tool": "nobody"}
      """)
    try scratch.write(
      "workstreams/b.json",
      """
      {"id": "ws-b", "tasks": ["x"], "files_scope": ["b"], "tool": "shell", "command": ["true"],
       "test_gates": [{"type": "GATE_NOWHERE"}]}
      """)
    let plan = try scratch.uet("plan")
    #expect(plan.status == 0, "a warning in a plan: \(plan)")
    let run = try scratch.uet("run")
    expect(run, status: 2, says: "nobody")
    expect(run, status: 2, says: "GATE_NOWHERE")
    #expect(try scratch.git("for-each-ref", "refs/uet").isEmpty, "nothing was changed")
  }

  @Test func unknownNames() throws {
    let scratch = try Scratch()
    try scratch.bundle("ws-alpha", scope: ["a"], "true")
    let output = try scratch.uet("run", "ws-alhpa")
    expect(output, status: 2, says: "ws-alpha")
    expect(
      try scratch.uet("status", "20260101-000000-abcd"), status: 2, says: "20260101-000000-abcd")
    expect(try scratch.uet("show", "--", "-x", "ws-a"), status: 2, says: "-x")
    expect(try scratch.uet("frobnicate"), status: 2, says: "frobnicate")
    expect(try scratch.uet("run", "--base=--upload-pack=x"), status: 2, says: "upload-pack")
  }

  @Test func oldGitIsRefused() throws {
    let scratch = try Scratch()
    try scratch.bundle("ws-a", scope: ["a"], "true")
    let folder = scratch.root.appendingPathComponent("old").path
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    let fake = folder + "/git"
    try "#!/bin/sh\necho git version 2.30.2\n".write(
      toFile: fake, atomically: true, encoding: .utf8)
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: fake)
    var environment = scratch.environment
    environment["PATH"] = folder + ":" + (environment["PATH"] ?? "")
    let output = try Scratch.start(
      Scratch.binaries.appendingPathComponent("git-uet").path, ["run"], scratch.path, environment
    ).finish()
    expect(output, status: 2, says: "2.39")
  }

  @Test func whatCannotBeDoneIsFoundBeforeARun() throws {
    let scratch = try Scratch()
    let none = try scratch.uet("plan")
    expect(none, status: 2, says: "'workstreams' does not exist")
    try scratch.write(
      ".uet/config.yaml", "version: 1\ntools: {own: {command: [no-such-program, x]}}\n")
    try scratch.write(
      "workstreams/a.yaml", "id: ws-a\nfiles_scope: [a]\ntasks: [t]\ntool: own\n")
    expect(try scratch.uet("validate"), status: 0, says: "a.yaml:4:7: warning: the program")
    expect(try scratch.uet("run"), status: 2, says: "'no-such-program'")
    try scratch.write(
      "workstreams/b.yaml", "id: ws-b\nfiles_scope: [b]\ntasks: []\ntool: shell\n")
    let plan = try scratch.uet("plan")
    #expect(plan.status == 0 && plan.text.hasPrefix("Warnings\n"), "\(plan)")
    #expect(plan.text.contains("workstreams/b.yaml:4:7: warning: "), "\(plan)")
    try expectJSON(scratch.uet("validate", "--json"), ["no_tasks", "no_command"])
    try scratch.write("workstreams/b.yaml", "id: ws-b\nfiles_scope: [*.c]\n")
    try expectJSON(scratch.uet("validate", "--json"), ["invalid_yaml"])
    try expectJSON(scratch.uet("plan", "--json"), ["invalid_yaml"])
    try expectJSON(scratch.uet("plan", "--format", "json"), ["invalid_yaml"])
  }

  private func expectJSON(_ output: Scratch.Output, _ codes: [String]) throws {
    #expect(output.status == 2 && output.errors.isEmpty, "\(output)")
    let found = try JSONSerialization.jsonObject(with: Data(output.text.utf8)) as? [String: Any]
    let errors = found?["errors"] as? [[String: Any]]
    #expect(found?["valid"] as? Bool == false, "\(output)")
    #expect(errors?.compactMap { $0["code"] as? String } == codes, "\(output)")
    #expect(errors?.allSatisfy { $0["line"] is Int && $0["file"] is String } == true)
  }

  @Test func nothingToPlan() throws {
    let scratch = try Scratch()
    let output = try scratch.uet("plan")
    expect(output, status: 2, says: "workstreams")
    #expect(output.errors.contains("hint: "), "\(output)")
    let made = try scratch.uet("init")
    #expect(made.status == 0, "\(made)")
    let again = try scratch.uet("init")
    #expect(again.text.contains("created") == false, "\(again)")
    #expect(try scratch.uet("run").status == 0)
  }
}
