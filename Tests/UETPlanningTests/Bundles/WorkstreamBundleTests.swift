import Testing
import UETModel

@testable import UETPlanning

/// What a workstream is written as, it is read back as.
@Suite struct WorkstreamBundleTests {
  private func again(_ workstream: Workstream) throws -> Workstream {
    let loaded = BundleLoader.load([
      BundleFile(path: "bundle.json", bytes: Array(workstream.bundle.encoded().utf8))
    ])
    #expect(faults(loaded) == [])
    var read = try #require(loaded.workstreams.first)
    (read.source, read.phase) = (workstream.source, workstream.phase)
    return read
  }

  /// What it depends on is in other files.
  private func faults(_ loaded: LoadedBundles) -> [String] {
    loaded.diagnostics.filter {
      $0.severity == .error && !$0.place.pointer.hasPrefix("/depends_on")
    }
    .map(\.description)
  }

  @Test func everyFieldComesBack() throws {
    let text = """
      {"id": "ws-a", "tasks": ["one", "two \\u001b"], "tool": "shell", "kind": "refactor",
       "priority": "background", "review": "before_merge", "risk": "high",
       "files_scope": {"reads": ["docs"], "writes": ["src/**/*.c", "[*]"]}, "files_create": ["new/"],
       "depends_on": ["ws-b*"], "parallel_ok": false, "conflict_group": "db", "model": "m",
       "command": "echo 'hi'", "env": {"A": "1", "B": ""}, "timeout": "90m", "worktree": "none",
       "acceptance_tests": ["prose", {"command": ["make", "test"]}],
       "test_gates": [{"type": "G", "required": false, "blocking": false, "wave_boundary": true},
                      {"type": "H", "command": ["true"]}],
       "circuit_breaker": {"max_attempts": 2, "max_error_repeats": 0, "oscillation_threshold": 3},
       "compensation_actions": [{"command": "undo"}], "forward_actions": [["do", "it"]],
       "resources": {"cpu": 1.5, "memory": "2GB", "gpu": 1}, "estimated_duration": "45m",
       "estimated_context_tokens": 1000, "max_cost_usd": 1.25, "proposed": true,
       "openspec_change": "x", "capability": "code", "capability_payload": {"a": [1]},
       "metadata": {"estimated_effort_hours": "10-14", "other": null}}
      """
    let loaded = BundleLoader.load([BundleFile(path: "b.json", bytes: Array(text.utf8))])
    #expect(faults(loaded) == [])
    let workstream = try #require(loaded.workstreams.first)
    #expect(workstream.resources["memory"] != nil && workstream.gates.count == 2)
    #expect(try again(workstream) == workstream)
  }

  @Test(.enabled(if: !SharedData.bundles.isEmpty)) func realBundlesComeBack() throws {
    let workstreams = BundleLoader.load(SharedData.bundles).workstreams
    #expect(workstreams.count == 36)
    for workstream in workstreams { #expect(try again(workstream) == workstream) }
  }
}
