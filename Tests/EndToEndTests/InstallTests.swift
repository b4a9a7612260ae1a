import Foundation
import Testing

/// What "make install" puts in place: manual pages that git finds, and completions in the shells
/// themselves.
@Suite struct InstallTests {
  private static let source = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("../..").standardizedFileURL.path

  /// Installs what is tested, or takes it away again.
  private func install(_ words: [String], for scratch: Scratch) throws -> Scratch.Output {
    var environment = scratch.environment
    environment["PREFIX"] = scratch.root.appendingPathComponent("installed").path
    environment["PATH"] = ProcessInfo.processInfo.environment["PATH"]
    return try Scratch.start(
      InstallTests.source + "/scripts/install.sh", words, scratch.path, environment
    ).finish()
  }

  private func installed() throws -> (scratch: Scratch, share: String) {
    let scratch = try Scratch()
    let output = try install(
      ["install", Scratch.binaries.appendingPathComponent("git-uet").path], for: scratch)
    try #require(output.status == 0, "\(output)")
    return (scratch, scratch.root.appendingPathComponent("installed/share").path)
  }

  @Test func allThatIsInstalledIsRemovedAgain() throws {
    let (scratch, share) = try installed()
    let files = FileManager.default
    for page in [
      "man1/git-uet.1", "man1/git-uet-plan.1", "man1/gituet-plan.1", "man5/git-uet-config.5",
    ] {
      #expect(files.fileExists(atPath: "\(share)/man/\(page)"), "\(page)")
    }
    let removed = try install(["uninstall"], for: scratch)
    #expect(removed.status == 0, "\(removed)")
    let root = scratch.root.appendingPathComponent("installed").path
    let left = try #require(files.enumerator(atPath: root)).compactMap { $0 as? String }
      .filter { path in
        var isFolder: ObjCBool = false
        return files.fileExists(atPath: "\(root)/\(path)", isDirectory: &isFolder)
          && !isFolder.boolValue
      }
    #expect(left.isEmpty)
  }

  @Test(
    "git help finds a command's page",
    .enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/man")))
  func gitHelpFindsThePage() throws {
    let (scratch, share) = try installed()
    var environment = scratch.environment
    environment["MANPATH"] = share + "/man"
    let output = try Scratch.start(
      Scratch.gitProgram, ["help", "--man", "uet-plan"], scratch.path, environment
    ).finish()
    #expect(output.status == 0 && output.text.contains("--check-files"), "\(output)")
  }

  @Test("names are offered", arguments: Shell.here)
  fileprivate func namesAreOffered(in shell: Shell) throws {
    let (scratch, share) = try installed()
    try scratch.write(".uet/config.yaml", "version: 1\ngates: {GATE_UNIT: {command: [\"true\"]}}\n")
    for name in ["one", "two"] {
      try scratch.bundle("ws-\(name)", scope: [name], "echo \(name) > \(name)")
    }
    try #require(scratch.uet("run").status == 0)
    let run = try scratch.uet("runs").text.prefix { $0 != " " }
    var environment = scratch.environment
    environment["TERM"] = "xterm"
    let terminal = try PseudoTerminal(
      [shell.path] + shell.words, in: scratch.path, environment: environment)
    terminal.type("\(shell.setUp(share)); echo REA''DY\r")
    try terminal.wait("the shell") { $0.contains("READY") }
    let lines = [
      ("show ws-o", "show ws-one"), ("plan --explain ws-t", "plan --explain ws-two"),
      ("status \(run.prefix(9))", "status \(run)"), ("logs --gate GATE_U", "logs --gate GATE_UNIT"),
      ("draft --tool gptm", "draft --tool gptme"), ("queue unfr", "queue unfreeze"),
    ]
    for (typed, whole) in lines {
      for command in ["git-uet", "git uet"] {
        // The line is shown as it was completed, in place of being run.
        terminal.type("\(command) \(typed)\t\u{1}echo GO''T \r")
        try terminal.wait("\(command) \(whole)") { $0.contains("GOT \(command) \(whole)") }
      }
    }
    terminal.type("exit\r")
  }
}

/// A shell that is on this machine, as a person starts it who has no settings.
private struct Shell: Sendable, CustomTestStringConvertible {
  let path: String
  let words: [String]
  /// Reads the completions below a folder, as the shell by itself does those of the system.
  let setUp: @Sendable (String) -> String

  var testDescription: String { path }

  static let here = [
    Shell(path: "/bin/bash", words: ["--noprofile", "--norc", "-i"]) { share in
      let folder = "bash-completion/completions"
      return ". /usr/share/\(folder)/git; . \(share)/\(folder)/git-uet"
    },
    Shell(path: "/usr/bin/zsh", words: ["-f", "-i"]) { share in
      "fpath=(\(share)/zsh/site-functions $fpath); autoload -Uz compinit; compinit -u -D"
    },
    Shell(path: "/usr/bin/fish", words: ["--no-config", "-i"]) { share in
      ["vendor_completions.d", "vendor_conf.d"].map { ". \(share)/fish/\($0)/git-uet.fish" }
        .joined(separator: "; ")
    },
  ].filter { FileManager.default.isExecutableFile(atPath: $0.path) }
}
