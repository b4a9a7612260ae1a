import Foundation
import Testing

#if canImport(Glibc)
  import Glibc
#endif

/// Commands that hang in a program which git starts: signals end them with that program, and
/// nothing is half done.
@Suite struct StoppedCommandTests {
  /// A repository in which content and connections go through a program that hangs while there is a
  /// file `hang`.
  private struct Stage {
    let scratch: Scratch
    let run: String
    let folder: String

    /// A branch that landed, and one that conflicts with it.
    init() throws {
      scratch = try Scratch()
      folder = scratch.root.path
      try Self.filter(scratch, smudge: true)
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

    /// A workstream that nothing has run of yet; what is hard is to take in what it wrote.
    init(keeping script: String) throws {
      scratch = try Scratch()
      folder = scratch.root.path
      run = ""
      try Self.filter(scratch, smudge: false)
      try scratch.bundle("ws-a", scope: ["a.slow"], script)
      try scratch.git("add", "--all")
      try scratch.git("commit", "--quiet", "--message=bundles")
    }

    private static func filter(_ scratch: Scratch, smudge: Bool) throws {
      let folder = scratch.root.path
      let program = folder + "/slow"
      try """
      #!/bin/sh
      test ! -e '\(folder)/hang' || { echo $$ > '\(folder)/mark'; exec sleep 600; }
      exec cat

      """.write(toFile: program, atomically: true, encoding: .utf8)
      chmod(program, 0o755)
      try scratch.git("config", "filter.slow.smudge", smudge ? program : "cat")
      try scratch.git("config", "filter.slow.clean", smudge ? "cat" : program)
      try scratch.write(".gitattributes", "*.slow filter=slow\n")
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

  /// What cannot be kept is not given up for that, nor said to be nothing.
  @Test func workThatIsBeingKept() throws {
    let stage = try Stage(keeping: "echo part > a.slow; test -e quick || sleep 300")
    let scratch = stage.scratch
    let running = try scratch.direct(["run"])
    try scratch.wait("partial work") { scratch.worktreeHolds("ws-a/a.slow") }
    running.signal(SIGKILL)
    _ = running.finish()
    let run = try scratch.onlyRun()
    let stopped = try stage.stop(["recover"], with: SIGTERM)
    #expect(stopped.status == 143 && !stopped.text.contains("nothing"), "\(stopped)")
    let halfway = try stage.stop(["doctor", "--fix"], with: SIGINT)
    #expect(halfway.status == 130 && !halfway.text.contains("mended"), "\(halfway)")
    let recovered = try scratch.uet("recover")
    #expect(recovered.status == 0, "\(recovered)")
    #expect(try scratch.git("show", "refs/uet/salvage/\(run)/ws-a/1:a.slow") == "part")

    let worktree = "\(scratch.path).worktrees/\(run)/ws-a"
    try "changed".write(toFile: worktree + "/a.slow", atomically: true, encoding: .utf8)
    let surveyed = try stage.stop(["worktrees"], with: SIGTERM)
    #expect(surveyed.status == 143, "\(surveyed)")
    let halted = try stage.stop(["clean"], with: SIGINT)
    #expect(halted.status == 130, "\(halted)")
    #expect(FileManager.default.fileExists(atPath: worktree + "/a.slow"), "\(halted)")
    let cleaned = try scratch.uet("clean")
    #expect(cleaned.status == 0, "\(cleaned)")
    #expect(!FileManager.default.fileExists(atPath: worktree), "\(cleaned)")
    #expect(try scratch.git("show", "refs/uet/salvage/\(run)/ws-a/kept-1:a.slow") == "changed")
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
