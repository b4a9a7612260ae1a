import Foundation
import Testing

/// What a worker can reach beside its worktree, and what becomes of it.
@Suite struct GuardTests {
  private func scratch(gates: String = "") throws -> Scratch {
    let scratch = try Scratch()
    try scratch.write(".uet/config.yaml", "version: 1\nretry: {max_attempts: 1}\n\(gates)")
    return scratch
  }

  private func start(_ scratch: Scratch, status: Int32 = 0, _ extra: String...) throws
    -> Scratch.Output
  {
    try scratch.git("add", "--all")
    try scratch.git("commit", "--quiet", "--message=bundles")
    let end = try scratch.running(["run"] + extra).finish()
    #expect(end.status == status, "\(end)")
    return end
  }

  @Test func aFilterHidesNothing() throws {
    let scratch = try scratch(
      gates: "gates: {GATE_UNIT: {command: [\"grep\", \"-q\", \"good\", \"a.txt\"]}}\n")
    try scratch.write(".gitattributes", "*.txt filter=f\n")
    try scratch.bundle(
      "ws-a", scope: ["a.txt"], extra: "test_gates: [{type: GATE_UNIT}]",
      """
      git config filter.f.clean 'sed s/bad/good/'; git config filter.f.smudge 'sed s/good/bad/'
      git config uet.gates.GATE_UNIT.command true
      echo bad > a.txt
      """)
    let end = try start(scratch, status: 1)
    #expect(
      end.text.contains(
        "settings 'filter.f.clean', 'filter.f.smudge', 'uet.gates.GATE_UNIT.command' of the repository, put back"
      ), "\(end)")
    let shown = try scratch.uet("show", try scratch.onlyRun(), "ws-a")
    #expect(shown.text.contains("E_SECURITY"), "\(shown)")
    #expect(shown.text.contains("setting 'uet.gates.GATE_UNIT.command'"), "\(shown)")
    let config = scratch.read(".git/config") ?? ""
    #expect(!config.contains("filter") && !config.contains("gates"), "\(config)")
    #expect(try scratch.uet("status").text.contains("changed what is not its own"))
    #expect(try scratch.uet("verify").status == 0)
  }

  @Test func severalAreNamedAndLookedAt() throws {
    let scratch = try scratch()
    let meet =
      "touch $PWD/../../$UET_WORKSTREAM; while ! [ -e ../../ws-a -a -e ../../ws-b ]; do :; done\n"
    try scratch.bundle(
      "ws-a", scope: ["a"], meet + "git config core.hooksPath evil; touch a; sleep 0.3")
    try scratch.bundle("ws-b", scope: ["b"], meet + "touch b; sleep 0.3")
    let end = try start(scratch)
    #expect(
      end.text.contains("while ws-a, ws-b ran, this was changed: setting 'core.hookspath'"),
      "\(end)")
    #expect(scratch.read(".git/config")?.contains("evil") == false)
    let held = try scratch.uet("integrate")
    #expect(held.text.contains("waits for a review") || held.status == 3, "\(held)")
    let show = try scratch.uet("show", try scratch.onlyRun(), "ws-b")
    #expect(show.text.contains("others ran as well"), "\(show)")
    #expect(try scratch.uet("review", "ws-a", "ws-b", "--approve").status == 0)
    #expect(try scratch.uet("integrate").status == 0)
  }

  @Test func theStashIsTheUsers() throws {
    let scratch = try scratch()
    try scratch.write("a", "one\n")
    try scratch.bundle("ws-a", scope: ["a"], "git stash; git stash pop || true")
    try scratch.bundle("ws-b", scope: ["a"], "git stash apply || true")
    try scratch.bundle(
      "ws-k", scope: ["k"], "echo K > k; git add k; git stash push; exit 1")
    try scratch.git("add", "--all")
    try scratch.git("commit", "--quiet", "--message=bundles")
    try scratch.write("a", "wip of the user\n")
    try scratch.git("stash", "--quiet")
    let before = try scratch.git("stash", "list", "--format=%H %gs")
    let end = try scratch.uet("run", "--workers", "1")
    #expect(end.status == 1, "\(end)")
    #expect(try scratch.git("stash", "list", "--format=%H %gs") == before)
    let run = try scratch.onlyRun()
    for id in ["ws-a", "ws-b"] {
      let shown = try scratch.uet("show", run, id)
      #expect(shown.text.contains("E_SECURITY") && shown.text.contains("stash"), "\(shown)")
      #expect(try scratch.commit("uet/\(run)/\(id)") == nil)
    }
    let kept = try scratch.git("for-each-ref", "refs/uet/salvage/\(run)/stash")
    #expect(kept.contains("/stash/"), "\(kept)")
  }

  @Test func theCheckoutIsNamed() throws {
    let scratch = try scratch()
    try scratch.write("src/a", "one\n")
    try scratch.bundle(
      "ws-a", scope: ["src/a"],
      """
      top=$(cd "$(git rev-parse --git-common-dir)/.." && pwd)
      echo x >> "$top/src/a"; echo y >> src/a; git -C "$top" checkout -q -b other
      """)
    let end = try start(scratch)
    #expect(end.text.contains("file 'src/a' of the checkout"), "\(end)")
    #expect(end.text.contains("HEAD of the checkout"), "\(end)")
    #expect(end.text.contains("reference 'refs/heads/other'"), "\(end)")
    #expect(try scratch.uet("status").text.contains("while it ran, changed"))
  }

  @Test func branchesOfResultsArePutBack() throws {
    let scratch = try scratch()
    try scratch.bundle("ws-a", scope: ["a"], "touch a")
    try scratch.bundle("ws-b", scope: ["b"], after: ["ws-a"], "git branch -D uet/$UET_RUN/ws-a")
    try scratch.bundle(
      "ws-c", scope: ["c"], after: ["ws-a"], "git update-ref refs/heads/uet/$UET_RUN/ws-a HEAD~1")
    try scratch.git("add", "--all")
    try scratch.git("commit", "--quiet", "--message=bundles")
    let end = try scratch.uet("run", "--workers", "1")
    #expect(end.text.contains("1 succeeded, 2 quarantined"), "\(end)")
    let run = try scratch.onlyRun()
    #expect(end.text.contains("reference 'refs/heads/uet/\(run)/ws-a'"), "\(end)")
    #expect(try scratch.git("log", "-1", "--format=%s", "uet/\(run)/ws-a").hasPrefix("ws-a: "))
  }

  @Test func aWorkerDecidesNothing() throws {
    let scratch = try scratch()
    try scratch.bundle("ws-a", scope: ["a"], extra: "review: before_merge", "touch a")
    try scratch.bundle(
      "ws-b", scope: ["b"], after: ["ws-a"],
      """
      top=$(cd "$(git rev-parse --git-common-dir)/.." && pwd); cd "$top"
      clean="env -i PATH=$PATH HOME=$HOME"
      $clean git uet review ws-a --approve > out 2>&1; echo "status $?" >> out
      setsid -w $clean git uet review ws-a --approve >> out 2>&1
      (setsid sh -c "sleep 0.1; $clean git uet cancel ws-a >> out 2>&1; touch done" &)
      while ! [ -e done ]; do sleep 0.05; done
      for c in "retry ws-a" resume integrate "rollback ws-a" clean gc sync "queue pause" run; do
        $clean git uet $c >> out 2>&1 && echo "done: $c" >> out
      done
      $clean git uet status > /dev/null || echo "no status" >> out
      cd - && mv "$top/out" b
      """)
    _ = try start(scratch)
    let run = try scratch.onlyRun()
    let said = try scratch.git("show", "uet/\(run)/ws-b:b")
    #expect(said.contains("status 2") && !said.contains("done:"), "\(said)")
    #expect(said.components(separatedBy: "a worker must not").count == 13, "\(said)")
    #expect(!said.contains("no status"), "\(said)")
    #expect(try scratch.uet("review", run).text.contains("ws-a"))
  }

  @Test func whatAWorkerAddsStaysWithin() throws {
    let scratch = try scratch()
    try scratch.bundle(
      "ws-a", scope: ["src/"],
      """
      mkdir -p src; add() { printf "id: ws-$1\\ntasks: [t]\\ntool: shell\\nfiles_scope: [$2]\\ncommand: mkdir -p src; touch src/$1\\n" > /tmp/$$.yaml
      git-uet signal add-workstream /tmp/$$.yaml >> src/out 2>&1; }
      add in src/in; add out lib/x; add all .; rm /tmp/$$.yaml
      """)
    let end = try start(scratch)
    #expect(end.text.contains("ws-in succeeded"), "\(end)")
    #expect(!end.text.contains("ws-out") && !end.text.contains("ws-all"), "\(end)")
    let said = try scratch.git("show", "uet/\(try scratch.onlyRun())/ws-a:src/out")
    #expect(said.contains("outside the scope of 'ws-a'"), "\(said)")
  }

  @Test func gatesOfTheQueueChangeNothingEither() throws {
    let scratch = try scratch(
      gates: "gates: {GATE_UNIT: {command: [sh, ./check]}}\nintegration: {gates: [GATE_UNIT]}\n")
    try scratch.write("check", "")
    try scratch.bundle(
      "ws-a", scope: ["check"], "echo 'git config core.hooksPath evil' > check")
    _ = try start(scratch)
    let end = try scratch.uet("integrate")
    #expect(end.status == 0, "\(end)")
    #expect(
      end.text.contains("while gates ran, this was changed: setting 'core.hookspath'"), "\(end)")
    #expect(scratch.read(".git/config")?.contains("evil") == false)
  }

  @Test func whatIsConfiguredLaterIsNotUsedOnResults() throws {
    let scratch = try scratch()
    try scratch.write(".gitattributes", "*.txt merge=mine\n")
    try scratch.write("a.txt", "1\n2\n3\n4\n5\n6\n7\n")
    try scratch.bundle("ws-a", scope: ["a.txt"], "sed -i s/1/one/ a.txt")
    _ = try start(scratch)
    try scratch.write("a.txt", "1\n2\n3\n4\n5\n6\nseven\n")
    try scratch.git("commit", "-qam", "seven")
    try scratch.git("config", "merge.mine.driver", "touch ../ran; echo no > %A")
    let end = try scratch.uet("integrate")
    #expect(end.errors.contains("'merge.mine.driver' was set after the run had started"), "\(end)")
    let made = try scratch.git("show", "uet/\(try scratch.onlyRun())/integration:a.txt")
    #expect(made.hasPrefix("one") && made.hasSuffix("seven"), "\(made)")
  }

  @Test func nobodyIsAsked() throws {
    let scratch = try scratch(
      gates:
        "gates: {GATE_UNIT: {command: [sh, -c, \"! git commit --allow-empty\"], timeout: 9s}}\n")
    try scratch.git("config", "core.editor", "sleep 60; false")
    try scratch.git("config", "core.pager", "sleep 60; false")
    try scratch.bundle(
      "ws-a", scope: ["a"], extra: "timeout: 9s\ntest_gates: [{type: GATE_UNIT}]",
      "git commit --allow-empty && exit 9; git rebase -i HEAD~1 && exit 8; git log -1; touch a")
    _ = try start(scratch)
  }

  @Test func nothingIsToldAsSuch() throws {
    let scratch = try scratch()
    try scratch.bundle("ws-a", scope: ["a"], extra: "files_create: [new.c]", "true")
    _ = try start(scratch)
    let status = try scratch.uet("status")
    #expect(status.text.contains("nothing changed; not made: new.c"), "\(status)")
  }

  @Test func whoMergedTheTargetIsTold() throws {
    let scratch = try scratch()
    try scratch.bundle(
      "ws-a", scope: ["a"],
      """
      top=$(cd "$(git rev-parse --git-common-dir)/.." && pwd)
      git -C "$top" commit -q --allow-empty -m one; echo m > "$top/m"
      git -C "$top" add m; git -C "$top" commit -q -m two
      git merge -q --no-edit main; touch a
      """)
    let end = try start(scratch, status: 1)
    #expect(end.text.contains("took in 2 commits of 'main': changed 'm' outside"), "\(end)")
  }

  @Test func settingsThatWorkersCanWriteNeedAWord() throws {
    let scratch = try scratch(
      gates: "gates: {GATE_UNIT: {command: [\"false\"]}}\nintegration: {gates: [GATE_UNIT]}\n")
    try scratch.bundle("ws-a", scope: ["a"], "touch a")
    try scratch.git("config", "uet.integration.gates", "")
    try scratch.git("config", "uet.run.workers", "2")
    let end = try start(scratch)
    #expect(
      end.errors.contains("'uet.integration.gates' of the repository's own configuration"), "\(end)"
    )
    #expect(try scratch.uet("integrate").status != 0)
    let words = end.errors.components(separatedBy: "uet.confirmed ")
    let digest = String((words.last ?? "").prefix(20))
    try scratch.git("config", "uet.confirmed", digest)
    #expect(try scratch.uet("plan").errors.contains("uet.confirmed"))
    try scratch.git("config", "--global", "uet.confirmed", digest)
    #expect(try !scratch.uet("plan").errors.contains("uet.confirmed"))
    try scratch.git("config", "--add", "uet.integration.gates", "GATE_UNIT")
    #expect(try scratch.uet("plan").errors.contains("uet.confirmed"))
  }

  @Test func runningTotalsAreNotAddedUp() throws {
    let scratch = try scratch()
    try scratch.bundle(
      "ws-a", scope: ["a"],
      """
      for n in 100 200 300; do git-uet signal usage --total --model m --input $n --output 1; done
      git-uet signal usage --model m --input 7 --output 0; touch a
      """)
    _ = try start(scratch)
    let cost = try scratch.uet("cost", "--by", "model")
    #expect(cost.text.contains("307"), "\(cost)")
  }
}
