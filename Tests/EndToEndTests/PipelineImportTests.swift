import Foundation
import Testing
import UETModel
import UETTestSupport

/// `git uet import uet-pipeline`, by the program itself.
@Suite struct PipelineImportTests {
  private func document(_ scratch: Scratch, _ words: String...) throws -> JSONValue {
    let output = try scratch.running(words).finish()
    try #require(output.status == 0, "\(words): \(output)")
    return try JSONValue(parsing: output.text)
  }

  private func imported(_ scratch: Scratch) throws -> [String: JSONValue] {
    let runs = try document(scratch, "runs", "--json")["runs"]?.array ?? []
    return Dictionary(
      runs.map { ($0["imported"]?["run"]?.string ?? "", $0) }, uniquingKeysWith: { $1 })
  }

  @Test func itsRunsAreReadLikeAnyOther() throws {
    let scratch = try PipelineScene().scratch
    let dry = try scratch.uet("import", "uet-pipeline", "-n")
    #expect(dry.status == 0 && dry.text.contains("would be: runs: 2 added"), "\(dry)")
    #expect(dry.text.split(separator: "\n").allSatisfy { $0.count <= 80 }, "\(dry)")
    #expect(try scratch.git("for-each-ref", "refs/uet").isEmpty)
    #expect(scratch.read(".uet/config.yaml") == nil)
    let first = try scratch.uet("import", "uet-pipeline", PipelineScene.database)
    #expect(first.status == 0 && first.text.contains("runs: 2 added"), "\(first)")
    let references = try scratch.git("for-each-ref", "refs/uet")

    let runs = try imported(scratch)
    #expect(runs["run-1"]?["status"]?.string == "SUCCEEDED", "\(runs)")
    #expect(runs["run-2"]?["status"]?.string == "INTERRUPTED", "\(runs)")
    let name = try #require(runs["run-1"]?["run"]?.string)
    #expect(name.hasPrefix("20251121-100000-"))
    let report = try document(scratch, "report", name, "--json")
    #expect(report["workstreams"]?.array?.count == 2, "\(report)")
    let cost = try document(scratch, "cost", name, "--json")
    #expect(cost["total"]?["cost_usd"]?.double.map { abs($0 - 0.11) < 1e-9 } == true, "\(cost)")
    let shown = try scratch.uet("show", name, "ws-b")
    #expect(shown.text.contains("attempt 1  FAILED") && shown.text.contains("E 3 != 4"), "\(shown)")
    #expect(shown.text.contains("attempt 2  SUCCEEDED  2m"), "\(shown)")
    let status = try scratch.uet("status", name)
    #expect(status.text.contains("imported from uet-pipeline, where it is 'run-1'"), "\(status)")
    for words in [["verify"], ["events", name], ["metrics", name], ["advise", name]] {
      let output = try scratch.running(words).finish()
      #expect(output.status == 0, "\(words): \(output)")
    }
    let both = try #require(runs["run-2"]?["run"]?.string)
    #expect(try scratch.uet("compare", name, both).status == 0)

    let again = try scratch.uet("import", "uet-pipeline", PipelineScene.database)
    #expect(again.status == 0 && again.text.contains("runs: 2 unchanged"), "\(again)")
    #expect(try scratch.git("for-each-ref", "refs/uet") == references)
  }

  @Test func thePlanTakesItsDurations() throws {
    let scratch = try PipelineScene().scratch
    try scratch.bundle("ws-a", scope: ["a"], "true")
    try scratch.bundle("ws-b", scope: ["b"], after: ["ws-a"], "true")
    _ = try scratch.uet("import", "uet-pipeline", PipelineScene.database)
    let plan = try document(scratch, "plan", "--durations", "history", "--json")
    // A minute for the one, two for the attempt of the other that had a result.
    let ends = (plan["schedule"]?.array ?? []).compactMap { $0["finish"]?.double }
    #expect(ends == [60, 180] && plan["unit"]?.string == "seconds", "\(plan)")
  }

  @Test func nothingGoesOnWithHistory() throws {
    let scratch = try PipelineScene().scratch
    _ = try scratch.uet("import", "uet-pipeline", PipelineScene.database)
    let name = try #require(try imported(scratch)["run-2"]?["run"]?.string)
    for words in [["resume", name], ["resume"], ["retry", name, "ws-c"], ["integrate", name]] {
      let output = try scratch.running(words).finish()
      #expect(output.status == 2, "\(words): \(output)")
      #expect(output.errors.contains("was imported from uet-pipeline"), "\(words): \(output)")
    }
    let recovery = try scratch.uet("recover", "--list")
    #expect(recovery.status == 0 && !recovery.text.contains(name), "\(recovery)")
    #expect(try scratch.uet("gc").status == 0)
  }

  /// Whoever imports the file has the same runs, to the last bit, so that records meet.
  @Test func theSameFileGivesTheSameCommits() throws {
    let (one, other) = (try PipelineScene().scratch, try PipelineScene().scratch)
    for scratch in [one, other] {
      _ = try scratch.uet("import", "uet-pipeline", PipelineScene.database)
    }
    let references = try one.git("for-each-ref", "refs/uet/runs")
    #expect(!references.isEmpty)
    #expect(try other.git("for-each-ref", "refs/uet/runs") == references)
  }

  @Test func whatIsNewIsTakenAndWhatChangedIsSaid() throws {
    let scene = try PipelineScene()
    let scratch = scene.scratch
    _ = try scratch.uet("import", "uet-pipeline", PipelineScene.database)
    let name = try #require(try imported(scratch)["run-1"]?["run"]?.string)
    try scene.execute(
      """
      UPDATE events SET timestamp = '2025-11-21T10:05:30Z' WHERE timestamp = '2025-11-21T10:05:00Z';
      INSERT INTO runs VALUES ('run-3', 'completed', '2025-11-22T10:00:00Z', '2025-11-22T10:01:00Z', NULL);
      """)
    let output = try scratch.uet("import", "uet-pipeline", PipelineScene.database)
    #expect(output.text.contains("runs: 1 added, 1 unchanged, 1 changed"), "\(output)")
    #expect(output.text.contains("git uet forget \(name)"), "\(output)")
    #expect(try scratch.uet("forget", name).status == 0)
    let forgotten = try scratch.uet("import", "uet-pipeline", PipelineScene.database)
    #expect(forgotten.text.contains("2 unchanged, 1 forgotten"), "\(forgotten)")
    try scratch.git("config", "--local", "--unset-all", "uet.forgotten", name)
    let back = try scratch.uet("import", "uet-pipeline", PipelineScene.database)
    #expect(back.text.contains("1 added, 2 unchanged"), "\(back)")
  }

  @Test func budgetsGoIntoTheConfiguration() throws {
    let scratch = try PipelineScene().scratch
    try scratch.write(".uet/config.yaml", "version: 1\n# ours\nrun: {workers: 3}")
    let dry = try document(
      scratch, "import", "uet-pipeline", "config/budget.yaml", "--dry-run", "--format", "json")
    #expect(
      dry["settings"]?.array?.compactMap { $0["key"]?.string } == [
        "budget.max_cost_total", "budget.max_cost_per_phase", "budget.max_cost_per_task",
        "budget.warning_threshold",
      ])
    let left = dry["findings"]?.array?.compactMap { $0["message"]?.string } ?? []
    #expect(left.count == 3, "\(left)")
    #expect(left.contains { $0.hasPrefix("'default.max_parallel_workers_for_budget' left out") })
    #expect(left.contains { $0.hasSuffix("git uet prices gpt-4") })
    #expect(left.contains { $0.hasSuffix("model: house-model, input: 1.5, output: 2}") })
    #expect(scratch.read(".uet/config.yaml")?.contains("budget") == false)
    let first = try scratch.uet("import", "uet-pipeline", "config/budget.yaml")
    #expect(first.text.contains(".uet/config.yaml got:\n  budget:\n"), "\(first)")
    #expect(
      scratch.read(".uet/config.yaml") == """
        version: 1
        # ours
        run: {workers: 3}
        budget:
          max_cost_total: 100
          max_cost_per_phase: 20
          max_cost_per_task: 5
          warning_threshold: 0.9

        """)
    let before = scratch.read(".uet/config.yaml")
    _ = try scratch.uet("import", "uet-pipeline", "config/budget.yaml")
    #expect(scratch.read(".uet/config.yaml") == before)
    // Other budgets are a person's word.
    try scratch.write(".uet/config.yaml", "version: 1\nbudget: {max_cost_total: 7}\n")
    let kept = try scratch.uet("import", "uet-pipeline", "config/budget.yaml")
    #expect(kept.text.contains("has other budgets"), "\(kept)")
    #expect(scratch.read(".uet/config.yaml") == "version: 1\nbudget: {max_cost_total: 7}\n")
  }

  @Test(arguments: ["DELETE", "WAL"])
  func olderPhasesAndOtherJournalsAreRead(_ mode: String) throws {
    let scene = try PipelineScene(sql: "")
    try scene.execute(
      PipelineTablesSQL.steps
        + """
        INSERT INTO step_attempts (run_id, ws_id, step_name, status, started_at, completed_at) VALUES
          ('old', 'ws-x', 'edit', 'success', '2025-11-10T10:00:00', '2025-11-10T10:01:00'),
          ('old', 'ws-x', 'runtime', 'failed', '2025-11-10T10:01:00', '2025-11-10T10:02:00');
        """, mode: mode)
    let result = try document(
      scene.scratch, "import", "uet-pipeline", PipelineScene.database, "--format", "json")
    let run = try #require(result["runs"]?.array?.first)
    #expect(run["status"]?.string == "FAILED" && run["failures"]?.integer == 1, "\(result)")
    #expect(run["seconds"]?.double == 120)
    let names = try FileManager.default.contentsOfDirectory(atPath: scene.scratch.path + "/state")
    #expect(Set(names) == ["pipeline_state.db", "readme"])
  }

  @Test func whatIsNoSuchFileIsRefused() throws {
    let scratch = try PipelineScene(sql: "CREATE TABLE runs (run TEXT, status TEXT)").scratch
    for (words, message) in [
      ([PipelineScene.database], "is no database of the pipeline"),
      (["README"], "is no SQLite database"), (["none.db"], "there is no file 'none.db'"),
      (["none.yaml"], "there is no file 'none.yaml'"),
    ] {
      let output = try scratch.running(["import", "uet-pipeline"] + words).finish()
      #expect(output.status == 2 && output.errors.contains(message), "\(words): \(output)")
      #expect(output.errors.contains("hint: "), "\(words): \(output)")
    }
    let odd = try scratch.uet("import", "uet-pipeline", "--headings")
    #expect(odd.status == 2 && odd.errors.contains("does not go with uet-pipeline"), "\(odd)")
  }
}
