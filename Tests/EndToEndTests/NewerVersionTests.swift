import Foundation
import Testing

/// A record that a newer version went on with: what this one does not know is kept and shown.
@Suite struct NewerVersionTests {
  /// Takes the run as a newer version would, and records an event of a type of its own.
  private func extend(_ scratch: Scratch, _ run: String) throws {
    let script = """
      set -e; rm -f .git/uet.key
      ref=refs/uet/runs/\(run)/main
      last=$(git log --first-parent --format=%B $ref | sed -n 's/^UET-Events: [0-9]*-//p' | head -n 1)
      epoch=$(git log -1 --format=%B $ref | sed -n 's/^UET-Epoch: //p')
      seq=$((last + 1))
      at=2099-01-01T00:00:00.000000Z
      rest='"at":"'$at'","type":"from_a_newer_version","workstream":"ws-a","data":{"colour":"blue"}}'
      id=$(printf '%s' "{\\"seq\\":$seq,\\"writer\\":\\"main\\",$rest" | git hash-object --stdin)
      blob=$(printf '%s\\n' "{\\"seq\\":$seq,\\"writer\\":\\"main\\",\\"id\\":\\"$id\\",$rest" | git hash-object -w --stdin)
      tree=$(printf '100644 blob %s\\tevents.jsonl\\n' $blob | git mktree)
      commit=$(printf 'from the future\\n\\nUET-Run: \(run)\\nUET-Writer: main\\nUET-Epoch: %s\\nUET-Events: %s-%s\\nUET-New: yes\\n' $((epoch + 1)) $seq $seq | git commit-tree $tree -p $ref)
      git update-ref $ref $commit
      """
    let made = try Scratch.start("/bin/sh", ["-c", script], scratch.path, scratch.environment)
      .finish()
    try #require(made.status == 0, "\(made)")
  }

  @Test func whatIsNotKnownIsKeptAndShown() throws {
    let scratch = try Scratch()
    try scratch.bundle("ws-a", scope: ["a"], "echo > a")
    try scratch.git("add", "--all")
    try scratch.git("commit", "--quiet", "--message=bundles")
    #expect(try scratch.uet("run").status == 0)
    let run = try scratch.onlyRun()
    try extend(scratch, run)
    let type = "from_a_newer_version"
    func check() throws {
      #expect(try scratch.uet("status").text.contains(type))
      #expect(try scratch.uet("status", "--json").text.contains("\"\(type)\": 1"))
      #expect(try scratch.uet("events").text.contains("\(type)  ws-a  colour=blue"))
      #expect(try scratch.uet("events", "--type", type).text.contains("colour=blue"))
      #expect(try scratch.uet("replay", run, "--step").text.contains("\(type)  ws-a"))
      #expect(try scratch.uet("replay", run, "--json").text.contains("\"\(type)\": 1"))
      for command in [["verify", run], ["cache", "verify"]] {
        let answer = try scratch.running(command).finish()
        #expect(answer.status == 0, "\(command): \(answer)")
      }
    }
    try check()
    // This version goes on behind it, and what it writes then still holds it.
    #expect(try scratch.uet("integrate", run).status == 0)
    try check()
    #expect(try scratch.uet("cache", "rebuild").status == 0)
    try check()
  }

  @Test func aTypeThatNobodyRecordedIsAMistake() throws {
    let scratch = try Scratch()
    let answer = try scratch.uet("events", "--type", "task_faild")
    #expect(answer.status == 2 && answer.errors.contains("did you mean 'task_failed'"), "\(answer)")
  }
}
