import Foundation
import Testing

/// A finished run that nobody has integrated yet, for `main`, which is checked out nowhere.
struct LandingScene {
  let scratch: Scratch
  let run: String

  /// Each workstream by its name and script, on top of the one before where `chained`; `gate` is
  /// what all must pass.
  init(
    _ work: KeyValuePairs<String, String>, chained: Bool = false, gate: String = "true",
    extra: String = "", _ prepare: (Scratch) throws -> Void = { _ in }
  ) throws {
    scratch = try Scratch()
    try scratch.write(
      ".uet/config.yaml",
      """
      version: 1
      gates:
        GATE_UNIT: {command: [sh, -c, '\(gate)'], timeout: 1m}
      integration: {target: main, gates: [GATE_UNIT]}

      """)
    try prepare(scratch)
    var before: [String] = []
    for (name, script) in work {
      try scratch.bundle(
        "ws-\(name)", scope: ["\(name).txt"], after: before, extra: extra, script)
      if chained { before = ["ws-\(name)"] }
    }
    try scratch.git("add", "--all")
    try scratch.git("commit", "--quiet", "--message=bundles")
    try scratch.git("checkout", "--quiet", "--detach")
    let output = try scratch.uet("run")
    try #require(output.status == 0, "\(output)")
    run = try scratch.onlyRun()
  }

  func land(status: Int32 = 0) throws -> Scratch.Output {
    let output = try scratch.uet("integrate", run, "--land", "main")
    #expect(output.status == status, "\(output)")
    return output
  }

  /// Does something on `main` as a user would, and leaves it.
  func onMain(_ commands: [String]...) throws {
    try scratch.git("checkout", "--quiet", "main")
    for command in commands {
      let output = try Scratch.start(
        Scratch.gitProgram, command, scratch.path, scratch.environment
      ).finish()
      try #require(output.status == 0, "git \(command): \(output)")
    }
    try scratch.git("checkout", "--quiet", "--detach")
  }

  /// Runs the command of the hint that begins so.
  func follow(_ hint: String, of output: Scratch.Output) throws {
    let lines = (output.text + output.errors).split(separator: "\n")
    let line = try #require(lines.first { $0.contains("hint: \(hint)") }, "\(output)")
    let command = try #require(line.range(of: ": git ").map { line[$0.lowerBound...].dropFirst(2) })
    let made = try Scratch.start(
      "/bin/sh", ["-c", String(command)], scratch.path, scratch.environment
    ).finish()
    try #require(made.status == 0, "\(command): \(made)")
  }

  func files() throws -> [String] {
    try scratch.git("ls-tree", "-r", "--name-only", "main").split(separator: "\n").map(String.init)
      .filter { $0.hasSuffix(".txt") }
  }
}
