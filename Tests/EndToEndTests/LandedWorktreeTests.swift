import Foundation
import Testing

/// Which worktrees go when their work has landed, and what one that is opened again is filled with.
@Suite struct LandedWorktreeTests {
  private func project(_ configuration: String = "{}") throws -> Scratch {
    let scratch = try Scratch()
    try scratch.write(".gitignore", ".env\n")
    try scratch.write(".env", "secret=1\n")
    try scratch.write(".uet/config.yaml", configuration + "\n")
    for id in ["a", "b"] { try scratch.bundle("ws-\(id)", scope: [id], "echo > \(id)") }
    try scratch.git("add", "--all")
    try scratch.git("commit", "--quiet", "--message=bundles")
    return scratch
  }

  @Test func oneInWhichSomebodyWorksStaysWhenItHasLanded() throws {
    let scratch = try project()
    #expect(try scratch.uet("run").status == 0)
    let run = try scratch.onlyRun()
    let folder = "\(scratch.path).worktrees/\(run)"
    let reader = try Scratch.start("/bin/sleep", ["60"], "\(folder)/ws-a", scratch.environment)
    defer { reader.signal(SIGKILL) }
    let landed = try scratch.uet("integrate", "--land", "main", "--update-checkout")
    #expect(landed.status == 0, "\(landed)")
    #expect(FileManager.default.fileExists(atPath: "\(folder)/ws-a/a"))
    #expect(!FileManager.default.fileExists(atPath: "\(folder)/ws-b"))
    reader.signal(SIGKILL)
    _ = reader.finish()
    #expect(try scratch.uet("clean").status == 0)
    #expect(!FileManager.default.fileExists(atPath: "\(folder)/ws-a"))
  }

  @Test func workThatWasDoneInItSinceIsKept() throws {
    let scratch = try project()
    #expect(try scratch.uet("run").status == 0)
    let run = try scratch.onlyRun()
    let folder = "\(scratch.path).worktrees/\(run)"
    try "mine\n".write(toFile: "\(folder)/ws-a/notes", atomically: true, encoding: .utf8)
    #expect(try scratch.uet("integrate", "--land", "main", "--update-checkout").status == 0)
    let isThere = FileManager.default.fileExists(atPath: "\(folder)/ws-a/notes")
    let kept = try scratch.git("for-each-ref", "--format=%(refname)", "refs/uet/salvage/\(run)")
    let names = try kept.isEmpty ? "" : scratch.git("ls-tree", "-r", "--name-only", kept)
    #expect(isThere || names.contains("notes"), "\(kept): \(names)")
  }

  @Test func anOpenedOneHasTheFilesThatAreCopied() throws {
    let scratch = try project("run: {keep: none}")
    #expect(try scratch.uet("run").status == 0)
    let run = try scratch.onlyRun()
    #expect(!FileManager.default.fileExists(atPath: "\(scratch.path).worktrees/\(run)/ws-a"))
    let opened = try scratch.uet("open", run, "ws-a")
    let path = opened.text.trimmingCharacters(in: .newlines)
    #expect(opened.status == 0, "\(opened)")
    #expect(try String(contentsOfFile: path + "/.env", encoding: .utf8) == "secret=1\n")
    #expect(try scratch.uet("clean", "--force").status == 0)
    #expect(!FileManager.default.fileExists(atPath: path))
  }
}
