import Foundation
import Testing

/// `git uet verify` on what the program itself recorded, whole and damaged.
@Suite struct VerifyTests {
  private func finished() throws -> (Scratch, String) {
    let scratch = try Scratch()
    try scratch.write(
      ".uet/config.yaml",
      "gates: {GATE_UNIT: {command: \"true\"}}\nintegration: {gates: [GATE_UNIT]}\n")
    try scratch.bundle("ws-a", scope: ["a"], "echo a > a")
    try scratch.bundle("ws-b", scope: ["b"], after: ["ws-a"], "echo b > b")
    try scratch.git("add", "--all")
    try scratch.git("commit", "--quiet", "--message=bundles")
    #expect(try scratch.uet("run").status == 0)
    let run = try scratch.onlyRun()
    let again = try scratch.uet("integrate", run)
    #expect(again.status == 0, "\(again)")
    return (scratch, run)
  }

  @Test func aRunIsSoundWithItsCommitsAndNotes() throws {
    let (scratch, run) = try finished()
    let text = try scratch.uet("verify")
    #expect(text.status == 0 && text.text.contains("commits of work"), "\(text)")
    #expect(text.text.contains("notes"), "\(text)")
    let json = try scratch.uet("verify", run, "--json")
    #expect(json.status == 0 && json.text.contains(#""sound": true"#), "\(json)")
  }

  @Test func wrongNotesAreToldAndMadeAnew() throws {
    let (scratch, run) = try finished()
    let tip = try scratch.git("rev-parse", "uet/\(run)/ws-a")
    try scratch.git("notes", "--ref=uet", "add", "-f", "-m", "ws-a in run \(run): LANDED", tip)
    let wrong = try scratch.uet("verify")
    #expect(wrong.status == 1 && wrong.text.contains("its notes are not"), "\(wrong)")
    #expect(wrong.text.contains("note \(tip.prefix(10))"), "\(wrong)")
    #expect(wrong.text.contains("git uet verify \(run) --repair"), "\(wrong)")
    #expect(try scratch.uet("verify", run, "--repair").status == 0)
    #expect(try scratch.uet("verify").status == 0)
    // All of them gone: the same.
    try scratch.git("update-ref", "-d", "refs/notes/uet")
    #expect(try scratch.uet("verify", "--json").status == 1)
    #expect(try scratch.uet("verify", "--repair").status == 0)
    #expect(try scratch.git("notes", "--ref=uet", "show", tip).contains("ws-a in run \(run)"))
  }

  @Test func theFirstBadCommitIsNamedAndWhatIsSafeCanBeGoneOnFrom() throws {
    let (scratch, run) = try finished()
    let chain = "refs/uet/runs/\(run)/main"
    // With its key this clone would set the chain back by itself.
    try FileManager.default.removeItem(atPath: scratch.path + "/.git/uet.key")
    // The last commit with events, written again with one event changed.
    let bad = try scratch.git("rev-list", "-1", "--first-parent", "--grep=UET-Events", chain)
    let script = """
      set -e
      events=$(git show \(bad):events.jsonl | sed 's/"at":"20/"at":"21/')
      blob=$(printf '%s\\n' "$events" | git hash-object -w --stdin)
      tree=$(git ls-tree \(bad) | sed "s/blob [0-9a-f]*\\tevents.jsonl/blob $blob\\tevents.jsonl/" | git mktree)
      parents=$(git rev-parse \(bad)^@ | sed 's/^/-p /' | tr '\\n' ' ')
      git log -1 --format=%B \(bad) | git commit-tree $tree $parents
      """
    let made = try Scratch.start("/bin/sh", ["-c", script], scratch.path, scratch.environment)
      .finish()
    try #require(made.status == 0, "\(made)")
    let forged = made.text.trimmingCharacters(in: .newlines)
    try scratch.git("update-ref", chain, forged)
    let report = try scratch.uet("verify", run)
    #expect(report.status == 1, "\(report)")
    #expect(report.text.contains("commit \(forged): event"), "\(report)")
    let safe = try scratch.git("rev-parse", "\(bad)^1")
    #expect(report.text.contains("up to commit \(safe)"), "\(report)")
    let json = try scratch.uet("verify", run, "--json")
    #expect(json.status == 1 && json.text.contains(#""sound_up_to": "\#(safe)""#), "\(json)")
    // What the hints say mends it.
    try scratch.git("update-ref", "refs/uet/salvage/\(run)/main", chain)
    try scratch.git("update-ref", chain, safe)
    let mended = try scratch.uet("verify", run, "--repair")
    #expect(mended.status == 0, "\(mended)")
    // Without the key nothing tells that this clone shortened it: it is read, and not gone on with.
    #expect(try scratch.uet("status", run).status == 0)
    let refused = try scratch.uet("integrate", run)
    #expect(refused.status == 3, "\(refused)")
    #expect(refused.errors.contains("git uet verify \(run) --adopt \(safe)"), "\(refused)")
    // Until a person who has looked at it says so, and names the commit.
    let wrong = try scratch.uet("verify", run, "--adopt", forged)
    #expect(wrong.status == 2 && wrong.errors.contains("its chain ends with"), "\(wrong)")
    #expect(try scratch.uet("verify", run, "--adopt", safe).status == 0)
    let goneOn = try scratch.uet("integrate", run)
    #expect(goneOn.status == 0, "\(goneOn)")
    #expect(try scratch.uet("verify", run).status == 0)

    // What a person made of the integration branch stays, and is told.
    let branch = "uet/\(run)/integration"
    try scratch.git("branch", "--force", branch, scratch.git("rev-parse", "HEAD"))
    try scratch.git(
      "branch", "--force", branch,
      scratch.git(
        "commit-tree", "-m", "mine", "-p", branch, branch + "^{tree}"))
    let beside = try scratch.uet("integrate", run)
    #expect(beside.status == 0, "\(beside)")
    #expect(beside.errors.contains("set it back with: git branch --force \(branch)"), "\(beside)")
  }

  @Test func whatThisCloneDidNotWriteIsSetBackAndTold() throws {
    let (scratch, run) = try finished()
    let chain = "refs/uet/runs/\(run)/main"
    let tip = try scratch.git("rev-parse", chain)
    let tree = try scratch.git("rev-parse", tip + "^{tree}")
    let forged = try scratch.git("commit-tree", "-m", "forged", "-p", tip, tree)
    try scratch.git("update-ref", chain, forged)
    let report = try scratch.uet("verify", run)
    #expect(report.status == 0 && report.errors.contains("set back"), "\(report)")
    #expect(try scratch.git("rev-parse", chain) == tip)
    let kept = try scratch.git("for-each-ref", "--format=%(objectname)", "refs/uet-aside")
    #expect(kept == forged)
  }

  @Test func aMissingObjectIsNamed() throws {
    let (scratch, run) = try finished()
    let tip = try scratch.git("rev-parse", "uet/\(run)/ws-a")
    let file = "\(scratch.path)/.git/objects/\(tip.prefix(2))/\(tip.dropFirst(2))"
    try FileManager.default.removeItem(atPath: file)
    let report = try scratch.uet("verify", run)
    #expect(report.status == 1 && report.text.contains(tip), "\(report)")
    #expect(report.text.contains("is missing"), "\(report)")
  }
}
