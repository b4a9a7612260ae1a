import Foundation
import Testing

#if canImport(Glibc)
  import Glibc
#endif

/// Commands that hang in a program which git starts: signals end them with that program, and nothing is half done.
@Suite struct StoppedCommandTests {
  /// A repository in which content and connections go through a program that hangs while there is a file `hang`.
  private struct Stage {
    let scratch: Scratch
    let run: String
    let folder: String

    init() throws {
      scratch = try Scratch()
      folder = scratch.root.path
      let program = folder + "/slow"
      try """
      #!/bin/sh
      test ! -e '\(folder)/hang' || { echo $$ > '\(folder)/mark'; exec sleep 600; }
      exec cat

      """.write(toFile: program, atomically: true, encoding: .utf8)
      chmod(program, 0o755)
      try scratch.git("config", "filter.slow.smudge", program)
      try scratch.git("config", "filter.slow.clean", "cat")
      try scratch.write(".gitattributes", "*.slow filter=slow\n")
      try scratch.write("a.slow", "base\n")
      try scratch.git("add", "--all")
      try scratch.git("commit", "--quiet", "--message=base")
      for name in ["one", "two"] {
        try scratch.git("checkout", "--quiet", "-b", name, "main")
        try scratch.write("a.slow", "\(name)\n")
        try scratch.git("commit", "--quiet", "--all", "--message=\(name)")
      }
      try scratch.git("checkout", "--quiet", "main")
      let output = try scratch.uet(
        "integrate", "--branch", "one", "two", "--land", "main", "--update-checkout")
      try #require(output.status == 1 && output.text.contains("1 workstream landed"), "\(output)")
      run = try scratch.onlyRun()
    }

    /// Hangs, is told twice to stop, and leaves nobody behind.
    func stop(_ arguments: [String], with signal: Int32) throws -> Scratch.Output {
      let mark = folder + "/mark"
      try? FileManager.default.removeItem(atPath: mark)
      try Data().write(to: URL(fileURLWithPath: folder + "/hang"))
      let running = try scratch.direct(arguments)
      try scratch.wait("the program that hangs") {
        (try? String(contentsOfFile: mark, encoding: .utf8))?.hasSuffix("\n") == true
          || !running.process.isRunning
      }
      try scratch.wait("the end") {
        running.signal(signal)
        return !running.process.isRunning
      }
      let output = running.finish()
      try FileManager.default.removeItem(atPath: folder + "/hang")
      let text = try #require(try? String(contentsOfFile: mark, encoding: .utf8), "\(output)")
      let process = try #require(pid_t(text.dropLast()))
      try scratch.wait("the end of what git started") { kill(process, 0) != 0 }
      return output
    }
  }

  @Test func aConflictThatIsOpened() throws {
    let stage = try Stage()
    let stopped = try stage.stop(["resolve", stage.run, "ws-two"], with: SIGINT)
    #expect(stopped.status == 130, "\(stopped)")
    #expect(stopped.errors.contains("stopping: git may take"), "\(stopped)")
    let worktrees = try stage.scratch.git("worktree", "list").split(separator: "\n").count
    #expect(worktrees == 1)
    let again = try stage.scratch.uet("resolve", stage.run, "ws-two")
    #expect(again.status == 0 && again.text.contains("a.slow"), "\(again)")
    #expect(try stage.scratch.uet("resolve", stage.run, "ws-two", "--abort").status == 0)
  }

  @Test func aTreeThatIsReproduced() throws {
    let stage = try Stage()
    let stopped = try stage.stop(["reproduce", stage.run, "ws-one"], with: SIGTERM)
    #expect(stopped.status == 143, "\(stopped)")
    #expect(try !stage.scratch.git("worktree", "list").contains("reproduce"))
  }

  /// What is begun is on record, and goes on from there.
  @Test func aRollbackInACheckout() throws {
    let stage = try Stage()
    let landed = try stage.scratch.commit("main")
    let stopped = try stage.stop(["rollback", "ws-one", "--update-checkout"], with: SIGINT)
    #expect(stopped.status != 0, "\(stopped)")
    #expect(try stage.scratch.commit("main") == landed, "\(stopped)")
    try stage.scratch.git("checkout", "--quiet", "--force", "main")
    let goneOn = try stage.scratch.uet("rollback", "--continue", "--update-checkout")
    #expect(goneOn.status == 0, "\(goneOn)")
    #expect(stage.scratch.read("a.slow") == "base\n")
    #expect(try stage.scratch.git("status", "--porcelain") == "")
  }

  @Test func aConnection() throws {
    let stage = try Stage()
    let scratch = stage.scratch
    try scratch.git("config", "core.sshCommand", stage.folder + "/slow")
    try scratch.git("remote", "add", "origin", "ssh://host.invalid/repository")
    let before = try scratch.git("for-each-ref")
    let stopped = try stage.stop(["sync"], with: SIGINT)
    #expect(stopped.status == 130, "\(stopped)")
    #expect(try scratch.git("for-each-ref") == before)
  }
}
