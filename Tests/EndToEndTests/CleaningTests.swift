import Foundation
import Testing

/// What `git uet worktrees` lists and `git uet clean` removes, keeps and salvages.
@Suite struct CleaningTests {
  /// A finished run of workstreams that each wrote a file of their letter; `f` failed.
  private func finished(_ letters: String) throws -> (scratch: Scratch, run: String, root: String) {
    let scratch = try Scratch()
    for letter in letters {
      let extra = letter == "f" ? "circuit_breaker: {max_attempts: 1}" : ""
      try scratch.bundle(
        "ws-\(letter)", scope: ["\(letter)"], extra: extra,
        "echo \(letter) > \(letter); \(letter == "f" ? "exit 3" : "true")")
    }
    try scratch.git("add", "--all")
    try scratch.git("commit", "--quiet", "--message=bundles")
    let output = try scratch.uet("run")
    #expect(output.status == (letters.contains("f") ? 1 : 0), "\(output)")
    let run = try scratch.onlyRun()
    return (scratch, run, "\(scratch.path).worktrees/\(run)")
  }

  private func exists(_ path: String) -> Bool { FileManager.default.fileExists(atPath: path) }

  @Test func whatLandedOrIsSalvagedGoesAndTheRestIsNamed() throws {
    let (scratch, run, root) = try finished("abf")
    try scratch.git("merge", "--quiet", "uet/\(run)/ws-a")
    let listed = try scratch.uet("worktrees")
    #expect(
      listed.text.contains("ws-a  landed") && listed.text.contains("ws-b  unlanded"), "\(listed)")
    #expect(listed.text.contains("ws-f  failed") && listed.errors.contains("2 can go"), "\(listed)")

    let dry = try scratch.uet("clean", "--dry-run")
    #expect(dry.text.contains("would remove") && exists(root + "/ws-a"), "\(dry)")

    let cleaned = try scratch.uet("clean")
    #expect(cleaned.status == 0, "\(cleaned)")
    #expect(!exists(root + "/ws-a") && exists(root + "/ws-b") && !exists(root + "/ws-f"))
    #expect(cleaned.text.contains("git uet integrate --land main \(run)"), "\(cleaned)")
    #expect(!exists(scratch.path + "/.git/uet/runs/\(run)"), "the logs are in the record")
    let logs = try scratch.uet("logs", run, "ws-f")
    #expect(logs.status == 0, "\(logs)")

    let forced = try scratch.uet("clean", "--force", "--json")
    #expect(forced.status == 0 && !exists(root), "\(forced)")
    #expect(try scratch.git("show", "uet/\(run)/ws-b:b") == "b", "the branch stays")
    #expect(try scratch.uet("clean").text == "nothing to clean\n")
  }

  @Test func changesAndLooseCommitsAreSalvagedFirst() throws {
    let (scratch, run, root) = try finished("abc")
    for letter in ["a", "b", "c"] { try scratch.git("merge", "-q", "uet/\(run)/ws-\(letter)") }
    // Unstaged on top of staged, a commit that no branch has, and a clean one with an ignored file.
    try scratch.git("-C", root + "/ws-a", "rm", "-q", "--cached", "README")
    try "staged".write(toFile: root + "/ws-a/new", atomically: true, encoding: .utf8)
    try scratch.git("-C", root + "/ws-a", "add", "new")
    try "changed".write(toFile: root + "/ws-a/new", atomically: true, encoding: .utf8)
    try scratch.git("-C", root + "/ws-b", "commit", "-q", "--allow-empty", "-m", "mine")
    let mine = try scratch.git("-C", root + "/ws-b", "rev-parse", "HEAD")

    let cleaned = try scratch.uet("clean")
    #expect(cleaned.status == 0 && !exists(root), "\(cleaned)")
    let salvage = "refs/uet/salvage/\(run)"
    #expect(try scratch.git("show", "\(salvage)/ws-a/kept-1:new") == "changed")
    #expect(try scratch.git("show", "\(salvage)/ws-a/kept-1~1:new") == "staged")
    #expect(try scratch.commit("\(salvage)/ws-b/kept-1") == mine)
    #expect(try scratch.commit("\(salvage)/ws-c/kept-1") == nil, "there was nothing to keep")
  }

  @Test func othersHoldTheirs() throws {
    let (scratch, run, root) = try finished("abcd")
    for letter in ["a", "b", "c", "d"] { try scratch.git("merge", "-q", "uet/\(run)/ws-\(letter)") }
    try scratch.git("worktree", "unlock", root + "/ws-a")
    try scratch.git("worktree", "lock", "--reason", "mine", root + "/ws-a")
    let visitor = try Scratch.start("/bin/sleep", ["100"], root + "/ws-b", [:])
    defer { visitor.signal(SIGKILL) }
    try FileManager.default.removeItem(atPath: root + "/ws-c")
    try scratch.git("clone", "--quiet", scratch.path, root + "/ws-d/inner")
    try FileManager.default.createDirectory(
      atPath: root + "/notes", withIntermediateDirectories: true)

    let listed = try scratch.uet("worktrees", run)
    #expect(listed.text.contains("ws-c  vanished"), "\(listed)")
    let cleaned = try scratch.uet("clean", "--force")
    for words in [
      "somebody locked it (mine)", "process \(visitor.pid) (sleep) works in it",
      "its folder is gone", "git does not know it",
    ] { #expect(cleaned.text.contains(words), "\(cleaned)") }
    for name in ["ws-a", "ws-b", "notes"] { #expect(exists("\(root)/\(name)"), "\(name)") }
    // A clone that has nothing of its own holds nothing.
    #expect(!exists("\(root)/ws-d"), "\(cleaned)")
    #expect(try !scratch.git("worktree", "list").contains("ws-c"))
  }
}
