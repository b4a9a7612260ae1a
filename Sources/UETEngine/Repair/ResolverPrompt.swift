import UETModel

/// What a tool is asked that is to resolve a conflict: both sides' tasks, the paths and the places.
struct ResolverPrompt: Sendable {
  let id: WorkstreamID
  let conflict: ConflictRecord
  let workstreams: [WorkstreamID: Workstream]
  /// The rules of the house.
  var preamble: String?

  var text: String {
    var lines = preamble.map { $0.trimmedLines + [""] } ?? []
    lines += [
      "# A conflict of \(id)", "",
      "This directory is a git worktree in the middle of a merge. 'ours' (HEAD, \(conflict.onto.short)) is what is "
        + "integrated so far, 'theirs' (MERGE_HEAD, \(conflict.tip.short)) is the work of \(id). Resolve the "
        + "conflict such that both sides' tasks stay done.",
      "", "In conflict:",
    ]
    lines += conflict.paths.map { "- \($0)" }
    lines += ["", "Rules:"]
    lines += [
      "- leave no conflict markers; decide every path above: edit it, delete it, or 'git add' it as it is",
      "- change nothing else but what \(id) may change",
      "- you need not commit; do not abort the merge",
    ]
    lines += side("theirs", id)
    for maker in conflict.makers { lines += side("ours", maker) }
    if conflict.makers.isEmpty { lines += earlier }
    for hunk in conflict.hunks {
      lines += ["", "## In \(hunk.path)", ""]
      lines += hunk.text.split(separator: "\n", omittingEmptySubsequences: false)
        .map { "    \($0)" }
    }
    return lines.joined(separator: "\n") + "\n"
  }

  /// What is known of the other side where no workstream of the run made it.
  private var earlier: [String] {
    let lines = ["", "## ours", ""]
    guard !conflict.earlier.isEmpty else {
      return lines + ["The target had the other side before the run was merged."]
    }
    return lines + ["The target had it before the run was merged. Commits that made it:"]
      + conflict.earlier.map { commit in
        "- \(commit.commit.short) \(commit.subject)"
          + (commit.run == nil ? "" : " (\(commit.name))")
      }
  }

  private func side(_ name: String, _ id: WorkstreamID) -> [String] {
    var lines = ["", "## \(name): \(id)", ""]
    guard let workstream = workstreams[id] else { return lines + ["A branch without a bundle."] }
    lines += ["Tasks:"] + workstream.tasks.enumerated().map { "\($0.offset + 1). \($0.element)" }
    lines += ["", "It may change:"]
    return lines + (workstream.scope.writes + workstream.scope.creates).map { "- \($0.text)" }
  }
}
