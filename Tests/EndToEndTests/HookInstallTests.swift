import Foundation
import Testing

/// Hooks are put beside what is there, and taken away without a trace.
@Suite struct HookInstallTests {
  private func host() throws -> (Scratch, String) {
    let scratch = try Scratch()
    let host = scratch.root.appendingPathComponent("host.git").path
    try scratch.git("init", "--quiet", "--bare", "--initial-branch=main", host)
    try scratch.git("remote", "add", "origin", host)
    return (scratch, host)
  }

  /// Every file of a folder, with its mode and content.
  private func snapshot(_ folder: String, _ scratch: Scratch) throws -> String {
    try Scratch.start(
      "/bin/sh",
      [
        "-c",
        "cd \"$1\" && find hooks config uet-server other -exec ls -ld --time-style=+ {} + 2>/dev/null"
          + " | cut -d' ' -f1,3-; cat config; cat hooks/* other/* 2>/dev/null",
        "sh", folder,
      ], scratch.path, scratch.environment
    ).finish().text
  }

  private func write(_ text: String, to path: String, _ mode: mode_t = 0o755) throws {
    try Data(text.utf8).write(to: URL(fileURLWithPath: path))
    chmod(path, mode)
  }

  @Test(arguments: ["", "#!/bin/sh\ncat > seen\n", "link"])
  func nothingIsLeft(before: String) throws {
    let (scratch, host) = try host()
    if before == "link" {
      try write("#!/bin/sh\ncat > seen\n", to: "\(host)/hooks/theirs")
      try FileManager.default.createSymbolicLink(
        atPath: "\(host)/hooks/pre-receive", withDestinationPath: "theirs")
    } else if !before.isEmpty {
      try write(before, to: "\(host)/hooks/pre-receive", 0o750)
    }
    let found = try snapshot(host, scratch)
    let dry = try scratch.uet("hook", "install", "--server", "--dry-run", in: host)
    #expect(dry.status == 0 && dry.text.contains("created  "), "\(dry)")
    #expect(try snapshot(host, scratch) == found)
    let first = try scratch.uet("hook", "install", "--server", in: host)
    #expect(first.status == 0 && first.text.contains("receive.fsckObjects = true"), "\(first)")
    let installed = try snapshot(host, scratch)
    let again = try scratch.uet("hook", "install", "--server", in: host)
    #expect(again.text.contains("kept     ") && !again.text.contains("set  "), "\(again)")
    #expect(try snapshot(host, scratch) == installed && installed != found)
    try scratch.git("push", "--quiet", "origin", "main")
    if !before.isEmpty {
      let seen = try String(contentsOfFile: "\(host)/seen", encoding: .utf8)
      #expect(seen.hasSuffix("refs/heads/main\n"), "\(seen)")
      try FileManager.default.removeItem(atPath: "\(host)/seen")
    }
    let removed = try scratch.uet("hook", "uninstall", in: host)
    #expect(removed.status == 0, "\(removed)")
    #expect(try snapshot(host, scratch) == found, "\(removed)")
    #expect(try scratch.uet("hook", "uninstall", in: host).text.contains("no hook of git-uet"))
  }

  @Test func theHookThatWasThereStillRefuses() throws {
    let (scratch, host) = try host()
    let script = "#!/bin/sh\nread old new name\necho \"theirs: $name\"\nexit 3\n"
    try write(script, to: "\(host)/hooks/pre-receive")
    try #require(try scratch.uet("hook", "install", "--server", in: host).status == 0)
    let push = try Scratch.start(
      Scratch.gitProgram, ["push", "origin", "main"], scratch.path, scratch.environment
    ).finish()
    #expect(push.status != 0 && push.errors.contains("remote: theirs: refs/heads/main"), "\(push)")
    // Ours comes first: what it refuses theirs does not see.
    let odd = try Scratch.start(
      Scratch.gitProgram, ["push", "origin", "main:refs/heads/-x"], scratch.path,
      scratch.environment
    ).finish()
    #expect(odd.status != 0 && !odd.errors.contains("theirs"), "\(odd)")
  }

  @Test func whatSomebodyChangedSinceIsTheirs() throws {
    let (scratch, host) = try host()
    try write("#!/bin/sh\n# theirs\n", to: "\(host)/hooks/pre-receive")
    try #require(try scratch.uet("hook", "install", "--server", in: host).status == 0)
    try write("#!/bin/sh\n# a third\n", to: "\(host)/hooks/pre-receive")
    let refused = try scratch.uet("hook", "install", "--server", in: host)
    #expect(refused.status == 3 && refused.errors.contains("is another's"), "\(refused)")
    try scratch.git("--git-dir=\(host)", "config", "receive.fsckObjects", "false")
    let removed = try scratch.uet("hook", "uninstall", in: host)
    #expect(removed.text.contains("left     "), "\(removed)")
    #expect(try scratch.git("--git-dir=\(host)", "config", "receive.fsckObjects") == "false")
    let kept = try String(contentsOfFile: "\(host)/hooks/pre-receive", encoding: .utf8)
    #expect(kept.contains("a third"))
  }

  @Test func aFolderOfItsOwnIsUsedAndOneOfAllIsNot() throws {
    let (scratch, host) = try host()
    try scratch.git("config", "--global", "core.hooksPath", "~/hooks")
    let refused = try scratch.uet("hook", "install", "--server", in: host)
    #expect(
      refused.status == 3 && refused.errors.contains("git config core.hooksPath"), "\(refused)")
    try scratch.git("--git-dir=\(host)", "config", "core.hooksPath", "other")
    let output = try scratch.uet("hook", "install", "--server", in: host)
    #expect(output.status == 0 && output.text.contains("other/pre-receive"), "\(output)")
    let push = try Scratch.start(
      Scratch.gitProgram, ["push", "origin", "main:refs/heads/-x"], scratch.path,
      scratch.environment
    ).finish()
    #expect(push.status != 0 && push.errors.contains("begins with '-'"), "\(push)")
  }

  /// Git (2.54) runs hooks of its configuration as well: those of others before ours; and where
  /// ours is among them, no file judges a second time.
  @Test func whatIsConfiguredIsChainedAndNotDoubled() throws {
    let (scratch, host) = try host()
    let runsConfigured = try scratch.git("version").split(separator: " ").dropFirst(2).first.map {
      let numbers = $0.split(separator: ".").compactMap { Int($0) }
      return numbers.count > 1 && (numbers[0], numbers[1]) >= (2, 54)
    }
    func set(_ name: String, _ command: String) throws {
      try scratch.git("--git-dir=\(host)", "config", "hook.\(name).command", command)
      try scratch.git("--git-dir=\(host)", "config", "hook.\(name).event", "pre-receive")
    }
    try set("theirs", "cat > \(scratch.root.path)/seen")
    let found = try snapshot(host, scratch)
    let first = try scratch.uet("hook", "install", "--server", in: host)
    #expect(first.text.contains("/hooks/pre-receive"), "\(first)")
    #expect(first.text.contains("beside   hook.theirs.command") == (runsConfigured == true))
    let odd = try Scratch.start(
      Scratch.gitProgram, ["push", "origin", "main:refs/heads/-x"], scratch.path,
      scratch.environment
    ).finish()
    #expect(odd.errors.components(separatedBy: "begins with '-'").count == 2, "\(odd)")
    #expect(
      FileManager.default.fileExists(atPath: scratch.root.path + "/seen")
        == (runsConfigured == true))
    try #require(try scratch.uet("hook", "uninstall", in: host).status == 0)
    #expect(try snapshot(host, scratch) == found)

    try #require(try scratch.uet("hook", "install", "--server", in: host).status == 0)
    try set("ours", "git uet hook pre-receive")
    let again = try scratch.uet("hook", "install", "--server", in: host)
    #expect(again.text.contains("kept     hook.ours.command") == (runsConfigured == true))
    let judged = try Scratch.start(
      Scratch.gitProgram, ["push", "origin", "main:refs/heads/-x"], scratch.path,
      scratch.environment
    ).finish()
    // Once, by whichever of both.
    #expect(judged.errors.components(separatedBy: "begins with '-'").count == 2, "\(judged)")
    let removed = try scratch.uet("hook", "uninstall", in: host)
    #expect(
      removed.errors.contains("git config --unset-all hook.ours.event") == (runsConfigured == true),
      "\(removed)")
    #expect(try scratch.git("--git-dir=\(host)", "config", "hook.ours.event") == "pre-receive")
  }

  /// Where the program is gone nothing is taken.
  @Test func aHostWithoutTheProgramTakesNothing() throws {
    let (scratch, host) = try host()
    try #require(try scratch.uet("hook", "install", "--server", in: host).status == 0)
    let environment = scratch.environment.merging(["PATH": "/usr/bin:/bin"]) { $1 }
    let push = try Scratch.start(
      Scratch.gitProgram, ["push", "origin", "main"], scratch.path, environment
    ).finish()
    #expect(push.status != 0, "\(push)")
    #expect(try scratch.git("--git-dir=\(host)", "for-each-ref").isEmpty)
  }

  /// The files at the top of this project are what is installed.
  @Test func theFilesShownAreTheFilesInstalled() throws {
    let (scratch, host) = try host()
    try #require(try scratch.uet("hook", "install", "--server", in: host).status == 0)
    let top = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("hooks")
    try #require(try scratch.uet("hook", "install", "--client", in: host).status == 0)
    for name in ["pre-receive", "pre-push", "post-merge"] {
      let shown = try String(contentsOf: top.appendingPathComponent(name), encoding: .utf8)
      #expect(try String(contentsOfFile: "\(host)/hooks/\(name)", encoding: .utf8) == shown)
    }
  }
}
