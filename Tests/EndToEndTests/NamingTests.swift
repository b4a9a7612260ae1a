import Foundation
import Testing

/// One grammar of names over all commands: `RUN`, `@`, `--run RUN`, and the same times everywhere.
@Suite struct NamingTests {
  @Test func aRunIsNamedAlikeEverywhere() throws {
    let project = try SharedProject()
    let scratch = project.scratch
    let run = try project.run()
    let part = String(run.suffix(4))
    let commands: [(before: [String], after: [String])] = [
      (["status"], []), (["events"], ["--tail", "2"]), (["replay"], []), (["cost"], []),
      (["conflicts"], []), (["verify"], []), (["worktrees"], []), (["clean"], ["--dry-run"]),
      (["show"], ["ws-one"]), (["logs"], ["ws-one"]), (["review"], []), (["queue", "show"], []),
      (["queue", "dequeue"], ["ws-none"]), (["queue", "release"], ["ws-none"]),
      (["rollback"], ["ws-one"]), (["retry"], ["ws-none"]), (["cancel"], ["ws-none"]),
    ]
    for (before, after) in commands {
      let whole = try scratch.running(before + [run] + after).finish()
      for name in [["@"], [part], ["--run", run]] {
        let other = try scratch.running(before + name + after).finish()
        #expect(
          other.status == whole.status && other.text == whole.text
            && other.errors == whole.errors, "\(before + name + after): \(other)\n\(whole)")
      }
    }
    let two = try scratch.uet("status", "@", "--run", run)
    #expect(two.status == 2 && two.errors.contains("two runs are named"), "\(two)")
  }

  @Test func timesAreWrittenAlikeEverywhere() throws {
    let project = try SharedProject()
    let scratch = project.scratch
    _ = try project.run()
    for time in ["1h", "2d", "2020-01-01", "2020-01-01T00:00:00Z"] {
      let since = try scratch.uet("events", "--since", time)
      #expect(since.status == 0 && since.text.contains("run_started"), "\(time): \(since)")
      let at = try scratch.uet("replay", "--at", time)
      #expect(at.status == 0 && at.text.contains("had no event yet"), "\(time): \(at)")
    }
    for words in [["events", "--since", "yesterday"], ["replay", "--at", "yesterday"]] {
      let wrong = try scratch.running(words).finish()
      #expect(
        wrong.status == 2 && wrong.errors.contains("write it as 2026-11-21T04:00:00Z"), "\(wrong)")
    }
  }
}
