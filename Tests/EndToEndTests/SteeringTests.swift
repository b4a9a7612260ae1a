import Foundation
import Testing

/// Steering a run from another process: `pause`, `resume`, `cancel`, `workers`.
@Suite struct SteeringTests {
  /// Workstreams that wait until the file `go` is there; the first has begun when this returns.
  private func started(
    _ scratch: Scratch, count: Int = 3, workers: Int = 1
  ) throws -> (running: Running, run: String) {
    let gate = scratch.path + "/go"
    for number in 1...count {
      try scratch.bundle(
        "ws-\(number)", scope: ["f\(number)"],
        "touch f\(number)\nwhile ! test -e \(gate); do sleep 0.02; done")
    }
    let running = try scratch.direct(["run", "--workers", "\(workers)"])
    try scratch.wait("the first to begin") { scratch.worktreeHolds("ws-1/f1") }
    return (running, try scratch.onlyRun())
  }

  private func open(_ scratch: Scratch) throws { try scratch.write("go", "") }

  @Test func pausedRunStartsNothingUntilItIsResumed() throws {
    let scratch = try Scratch()
    let (running, run) = try started(scratch)
    let paused = try scratch.uet("pause", "--reason", "lunch")
    #expect(paused.status == 0 && paused.text.contains("is paused; 1 under way will finish"))
    #expect(try scratch.uet("pause").text.contains("is paused already"))
    try open(scratch)
    try scratch.wait("the first to end") {
      try scratch.uet("status").text.contains("1 succeeded")
    }
    let status = try scratch.uet("status")
    #expect(status.text.contains("PAUSED  (lunch)"), "\(status)")
    #expect(status.text.contains("2 ready") && running.process.isRunning, "\(status)")
    let resumed = try scratch.uet("resume")
    #expect(resumed.status == 0 && resumed.text.contains("run '\(run)' goes on"), "\(resumed)")
    #expect(running.finish().status == 0)
    let again = try scratch.uet("pause")
    #expect(again.status == 2 && again.errors.contains("no process works on run"), "\(again)")
  }

  @Test func aLiveRunSaysWhyWorkstreamsDoNotRun() throws {
    let scratch = try Scratch()
    try scratch.bundle("ws-after", scope: ["after"], after: ["ws-1"], "touch after")
    try scratch.bundle("ws-beside", scope: ["f1"], "touch f1")
    let (running, run) = try started(scratch, count: 2, workers: 1)
    let status = try scratch.uet("status").text
    #expect(status.contains("waits for 'ws-1'"), "\(status)")
    #expect(status.contains("may not run beside 'ws-1': both have 'f1'"), "\(status)")
    #expect(status.contains("waits for a free worker (1 busy)"), "\(status)")
    let shown = try scratch.uet("show", run, "ws-beside")
    #expect(shown.text.contains("  may not run beside 'ws-1': both have 'f1'"), "\(shown)")
    let json = try scratch.uet("status", "--json").text
    #expect(json.contains("\"waits_for\": \"waits for a free worker (1 busy)\""), "\(json)")
    try open(scratch)
    #expect(running.finish().status == 0)
    #expect(try !scratch.uet("status", "--json").text.contains("waits_for"))
  }

  @Test func cancelledWorkstreamsTakeTheirDependentsAlong() throws {
    let scratch = try Scratch()
    try scratch.bundle("ws-after", scope: ["after"], after: ["ws-1"], "touch after")
    let (running, _) = try started(scratch, workers: 2)
    let answer = try scratch.uet("cancel", "ws-1", "ws-3", "--reason", "not wanted", "--json")
    #expect(answer.status == 0 && answer.text.contains("\"outcome\": \"done\""), "\(answer)")
    #expect(answer.text.contains("cancelled 'ws-3'; stopping 'ws-1'"), "\(answer)")
    try open(scratch)
    let end = running.finish()
    #expect(end.status == 1, "\(end)")
    let shown = try scratch.uet("status").text
    #expect(shown.contains("1 succeeded, 3 cancelled"), "\(shown)")
    #expect(shown.contains("needs 'ws-1', which is cancelled: cancelled by a person: not wanted"))
  }

  @Test func wholeRunIsCancelled() throws {
    let scratch = try Scratch()
    let (running, run) = try started(scratch)
    let answer = try scratch.uet("cancel", run)
    #expect(answer.text.contains("cancelled 'ws-2', 'ws-3'; stopping 'ws-1'"), "\(answer)")
    #expect(running.finish().status == 1)
    #expect(try scratch.uet("status").text.contains("3 cancelled"))
    let again = try scratch.uet("cancel")
    #expect(again.status == 2 && again.errors.contains("is over: FAILED"), "\(again)")
  }

  @Test func workersAreAddedAndTakenAway() throws {
    let scratch = try Scratch()
    let (running, _) = try started(scratch)
    let more = try scratch.uet("workers", "3")
    #expect(more.status == 0 && more.text.contains("3 workers, 1 before"), "\(more)")
    try scratch.wait("all to begin") {
      scratch.worktreeHolds("ws-2/f2") && scratch.worktreeHolds("ws-3/f3")
    }
    #expect(try scratch.uet("workers", "3").text.contains("3 workers already"))
    let fewer = try scratch.uet("workers", "1")
    #expect(fewer.text.contains("2 more end when their work is done"), "\(fewer)")
    #expect(try scratch.uet("workers", "0").status == 2)
    try open(scratch)
    #expect(running.finish().status == 0)
    let late = try scratch.uet("workers", "2")
    #expect(late.status == 2 && late.errors.contains("no process works on run"), "\(late)")
  }

  @Test func workstreamOfACrashedRunIsCancelledInTheRecord() throws {
    let scratch = try Scratch()
    let (running, run) = try started(scratch)
    running.signal(SIGKILL)
    _ = running.finish()
    let answer = try scratch.uet("cancel", "ws-1", "ws-2")
    #expect(answer.status == 0 && answer.text.contains("'ws-1'"), "\(answer)")
    #expect(try scratch.commit("refs/uet/salvage/\(run)/ws-1/1") != nil)
    try open(scratch)
    let resumed = try scratch.uet("resume")
    #expect(resumed.status == 1, "\(resumed)")
    #expect(resumed.text.contains("1 succeeded, 2 cancelled"), "\(resumed)")
    #expect(try scratch.uet("verify").status == 0)
  }

  @Test func runIsSteeredAfterItsFolderWasDeleted() throws {
    let scratch = try Scratch()
    let (running, _) = try started(scratch)
    try FileManager.default.removeItem(atPath: scratch.path + "/.git/uet")
    let paused = try scratch.uet("pause")
    #expect(paused.status == 0 && paused.text.contains("is paused"), "\(paused)")
    try open(scratch)
    #expect(try scratch.uet("resume").status == 0)
    #expect(running.finish().status == 0)
  }

  @Test func workerIsToldWhyADependencyIsRefused() throws {
    let scratch = try Scratch()
    try scratch.bundle(
      "ws-a", scope: ["a"],
      "git-uet signal depends-on ws-none > a 2>&1\ngit-uet signal depends-on ws-b >> a 2>&1\ntrue")
    try scratch.bundle("ws-b", scope: ["b"], after: ["ws-a"], "touch b")
    #expect(try scratch.uet("run").status == 0)
    let said = try scratch.git("show", "uet/\(try scratch.onlyRun())/ws-a:a")
    #expect(said.contains("E_PLAN_CONSISTENCY: the run has no workstream 'ws-none'"), "\(said)")
    #expect(said.contains("wait for each other: 'ws-a', 'ws-b'"), "\(said)")
  }
}

/// What a run does about tools that are down, circles, and workers that fall silent.
@Suite struct FaultTests {
  @Test func toolThatIsDownIsTriedByOne() throws {
    let scratch = try Scratch()
    try scratch.write(
      ".uet/config.yaml",
      """
      run: {workers: 1}
      retry: {initial: 0, max_attempts: 9, breaker_failures: 2, breaker_wait: 300ms}
      """)
    for name in ["a", "b"] {
      try scratch.bundle(
        "ws-\(name)", scope: [name],
        "test -e \(scratch.path)/up || { echo overloaded; exit 75; }\ntouch \(name)")
    }
    let running = try scratch.direct(["run"])
    try scratch.wait("the breaker") { running.printed.contains("is left alone until") }
    try scratch.write("up", "")
    let end = running.finish()
    #expect(end.status == 0, "\(end)")
    #expect(
      end.text.contains("it failed 2 times in a row: 'shell' ended with status 75: overloaded"))
    #expect(end.text.contains("tool 'shell' is used again"), "\(end)")
    #expect(try scratch.uet("verify").status == 0)
  }

  @Test func circlesAreGivenUp() throws {
    let scratch = try Scratch()
    try scratch.bundle(
      "ws-a", scope: ["a"], extra: "circuit_breaker: {max_attempts: 9, oscillation_threshold: 2}",
      "echo same > a\necho try $UET_ATTEMPT\nexit 1")
    try scratch.bundle("ws-b", scope: ["b"], after: ["ws-a"], "touch b")
    try scratch.bundle("ws-c", scope: ["c"], "touch c")
    let end = try scratch.uet("run")
    #expect(end.status == 1, "\(end)")
    #expect(end.text.contains("(it made the same change again, 2 times)"), "\(end)")
    #expect(end.text.contains("1 succeeded, 1 cancelled, 1 quarantined"), "\(end)")
    #expect(!end.errors.contains("has no effect"), "\(end)")
  }

  #if os(Linux)
    /// The supervisor is stopped again and again, so that telling it to go on does not help.
    @Test func silentWorkerIsEndedAndItsAttemptTriedAgain() throws {
      let scratch = try Scratch()
      try scratch.write(".uet/config.yaml", "run: {stale: 600ms}\nretry: {initial: 0}\n")
      try scratch.bundle(
        "ws-a", scope: ["a"],
        """
        if test $UET_ATTEMPT = 1; then while kill -STOP ${UET_SUPERVISOR%%.*}; do :; done; fi
        touch a
        """)
      let end = try scratch.uet("run")
      #expect(end.status == 0, "\(end)")
      #expect(end.text.contains("gave no sign of life for"), "\(end)")
      #expect(end.text.contains("ws-a succeeded"), "\(end)")
    }
  #endif

  /// The worker asks and waits; the attempt after the one that failed is told what was answered.
  @Test func aWorkerAsksAndAPersonAnswers() throws {
    let scratch = try Scratch()
    try scratch.bundle(
      "ws-a", scope: ["a"],
      """
      if [ "$UET_ATTEMPT" = 2 ]; then cp "$UET_PROMPT_FILE" a; exit 0; fi
      git-uet signal ask "plain or fancy?" --optional >> "$TMPDIR/first" || exit 9
      git-uet signal answer 1 > "$TMPDIR/early" 2>&1; echo "status $?" >> "$TMPDIR/early"
      git-uet signal ask "which colour?" --wait 60 > "$TMPDIR/answer" || exit 9
      git-uet answer ws-a no > "$TMPDIR/self" 2>&1
      git-uet status > "$TMPDIR/seen" 2>&1
      exit 1
      """)
    try scratch.bundle("ws-b", scope: ["a"], "echo b > a")
    let running = try scratch.running(["run"])
    try scratch.wait("the second question") {
      try scratch.uet("status").text.contains("asks: which colour?")
    }
    let run = try scratch.onlyRun()
    let status = try scratch.uet("status").text
    #expect(status.contains("hint: answer it: git uet answer ws-a TEXT"), "\(status)")
    let review = try scratch.uet("review").text
    #expect(review.contains("ws-a  asks: which colour?"), "\(review)")
    #expect(review.contains("git uet answer ws-a --run \(run) TEXT"), "\(review)")
    let wrong = try scratch.uet("answer", "ws-a", "blue", "--number", "7")
    #expect(wrong.status == 2 && wrong.errors.contains("'ws-a' has asked no question 7"))
    #expect(try scratch.uet("answer", "ws-a", "blue").text.contains("'ws-a' is told"))
    let end = running.finish()
    #expect(end.status == 0, "\(end)")
    #expect(end.text.contains("ws-a asks: plain or fancy?"), "\(end)")
    #expect(end.text.contains(": blue"), "\(end)")
    #expect(scratch.kept("first") == "question 1 is asked\n")
    #expect(scratch.kept("answer") == "blue\n")
    let early = scratch.kept("early")
    #expect(early.contains("question 1 is not answered yet") && early.contains("status 3"))
    #expect(!scratch.kept("self").contains("is told"), "a worker does not answer itself")
    let seen = scratch.kept("seen")
    #expect(seen.contains("may not run beside 'ws-a': both have 'a'"), "a worker may look: \(seen)")
    let prompt = try scratch.git("show", "uet/\(run)/ws-a:a")
    #expect(
      prompt.contains("are answered:\n- which colour? -- blue"), "only what was answered: \(prompt)"
    )
    #expect(try scratch.uet("show", run, "ws-a").text.contains("answer  blue  ("))
  }

  /// It ends with its question: others get its place, and the next attempt goes on with its work
  /// and the answer. Files that it deleted, made and committed are as it left them.
  @Test(arguments: ["own", "slots"]) func aWorkerThatAsksGivesItsPlaceToOthers(
    _ mode: String
  ) throws {
    let scratch = try Scratch()
    try scratch.git("config", "uet.run.mode", mode)
    try scratch.write("a/old", "old\n")
    try scratch.write("a/kept", "kept\n")
    try scratch.git("add", "a")
    try scratch.git("commit", "--quiet", "--message=a")
    try scratch.bundle(
      "ws-a", scope: ["a"],
      """
      if [ "$UET_ATTEMPT" = 2 ]; then
        cp "$UET_PROMPT_FILE" "$TMPDIR/prompt"
        git status --porcelain > "$TMPDIR/standing"
        echo done >> a/new; exit 0
      fi
      rm a/old; echo half > a/new; git add a/new; git -c user.name=w -c user.email=w@w commit -qm mine a/new
      echo more > a/more
      git-uet signal ask "which format?" --options "plain, fancy one" > "$TMPDIR/asked"
      """)
    try scratch.bundle("ws-b", scope: ["b"], "echo b > b")
    let running = try scratch.running(["run", "--workers", "1"])
    try scratch.wait("the other workstream's end") {
      let text = try scratch.uet("status").text
      return text.contains("waits for an answer: which format?") && text.contains("ws-b  SUCCEEDED")
    }
    let run = try scratch.onlyRun()
    let status = try scratch.uet("status").text
    #expect(status.contains("ws-a  READY"), "\(status)")
    let shown = try scratch.uet("show", run, "ws-a").text
    #expect(shown.contains("waits for an answer: which format?"), "\(shown)")
    #expect(shown.contains("options plain | fancy one"), "\(shown)")
    let wrong = try scratch.uet("answer", "ws-a", "ugly")
    #expect(
      wrong.status == 2
        && wrong.errors.contains("'ws-a' offers other answers: 'plain', 'fancy one'"), "\(wrong)")
    #expect(try scratch.uet("answer", "ws-a", "2").text.contains("'ws-a' is told"))
    let end = running.finish()
    #expect(end.status == 0, "\(end)")
    #expect(end.text.contains("ws-a waits for an answer: which format?"), "\(end)")
    #expect(!end.text.contains("ws-a failed") && !end.text.contains("tried again"), "\(end)")
    let prompt = scratch.kept("prompt")
    #expect(prompt.contains("are answered:\n- which format? -- fancy one"), "\(prompt)")
    #expect(prompt.contains("is in your worktree already, staged"), "\(prompt)")
    #expect(scratch.kept("standing") == "A  a/more\nA  a/new\nD  a/old\n")
    let result = try scratch.git("ls-tree", "-r", "--name-only", "uet/\(run)/ws-a", "a")
    #expect(result == "a/kept\na/more\na/new")
    #expect(try scratch.git("show", "uet/\(run)/ws-a:a/new") == "half\ndone")
  }

  /// A run that stops while it waits keeps the question, and goes on with an answer that came
  /// meanwhile; one whose base has moved begins anew and is told where its work is.
  @Test func aQuestionOutlivesTheRun() throws {
    let scratch = try Scratch()
    try scratch.bundle(
      "ws-a", scope: ["a"],
      """
      if [ "$UET_ATTEMPT" = 2 ]; then cp "$UET_PROMPT_FILE" "$TMPDIR/prompt"; ls > "$TMPDIR/ls"; exit 0; fi
      echo half > a
      git-uet signal depends-on ws-b
      git-uet signal ask "which format?" > "$TMPDIR/asked"
      """)
    try scratch.bundle("ws-b", scope: ["b"], "echo b > b")
    let running = try scratch.direct(["run", "--workers", "1"])
    try scratch.wait("the other workstream's end") {
      let text = try scratch.uet("status").text
      return text.contains("waits for an answer: which format?") && text.contains("ws-b  SUCCEEDED")
    }
    running.signal(SIGINT)
    #expect(running.finish().status == 130)
    let run = try scratch.onlyRun()
    let review = try scratch.uet("review").text
    #expect(review.contains("git uet answer ws-a --run \(run) TEXT"), "\(review)")
    let answer = try scratch.uet("answer", "ws-a", "plain", "--run", run)
    #expect(answer.text.contains("'ws-a' is told"), "\(answer)")
    #expect(answer.text.contains("hint: let it go on: git uet resume \(run)"), "\(answer)")
    let again = try scratch.uet("answer", "ws-a", "plain", "--run", run)
    #expect(again.status == 2, "\(again)")
    let end = try scratch.uet("resume")
    #expect(end.status == 0, "\(end)")
    let prompt = scratch.kept("prompt")
    #expect(prompt.contains("are answered:\n- which format? -- plain"), "\(prompt)")
    #expect(prompt.contains("your worktree has begun anew"), "\(prompt)")
    #expect(prompt.contains("git restore --source=refs/uet/salvage/\(run)/ws-a/1"), "\(prompt)")
    #expect(scratch.kept("ls").split(separator: "\n").contains("b"))
    #expect(!scratch.kept("ls").split(separator: "\n").contains("a"))
  }
}
