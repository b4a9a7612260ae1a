/// The texts that `git uet init` writes.
enum SetupTemplates {
  static let ignoreComment = "# Local files that git-uet copies into worktrees; never committed."
  static let ignoreRules = [".env"]

  /// The configuration with every setting explained; settings that are the default are comments.
  static func configuration(gates proposed: [ProposedGate]) -> String {
    let gates =
      proposed.isEmpty
      ? """
      # gates:
      #   GATE_UNIT: {command: [make, test], timeout: 30m, retries: 1}
      """
      : "gates:\n"
        + proposed.map { "  # Proposed, because \($0.reason).\n  \($0.entry)" }
        .joined(separator: "\n")
    let names = proposed.map(\.name).joined(separator: ", ")
    let integration =
      proposed.isEmpty
      ? "# integration: {target: main, gates: [GATE_UNIT]}" : "integration: {gates: [\(names)]}"
    return """
      # Settings of git-uet for this repository. Every key is optional; commented ones show defaults.
      # A value given on the command line wins over `git config uet.*`, and that over this file.
      version: 1

      # Where the bundles are that declare the work.
      # workstreams: workstreams

      # How many workstreams run at once, what they start from, and where their worktrees are.
      # run:
      #   workers: 4
      #   base: HEAD
      #   worktrees: "../{repo}.worktrees"
      #   mode: own            # slots: worktrees are used again, for large runs
      #   sparse: false        # true: worktrees hold just what a workstream's scope names
      #   setup: []            # commands run before each attempt's tool, as [[npm, ci]]
      #   copy: [.env]         # ignored files copied into each worktree, never committed
      #   drain: 300s          # after Ctrl-C, how long running attempts may still take

      # What carries out the work. `shell` runs the `command` of a workstream's bundle; any other
      # program is given as a command, in which {prompt_file}, {workstream} and {model} are replaced.
      # tools:
      #   shell: {timeout: 30m, transient: [75]}
      #   my-agent: {command: [my-agent, --prompt-file, "{prompt_file}"], timeout: 30m}

      # Checks by name. A workstream asks for one in its `test_gates`; `integration.gates` run on
      # every combination before it is taken into the integration branch. `retries` is how often a red
      # result is asked for again before it counts: one that is green then is marked as flaky.
      \(gates)

      # The branch results land in by default, and the gates each merge must pass.
      \(integration)

      # How often and how soon a failed attempt is tried again.
      # retry: {max_attempts: 3, initial: 1s, factor: 2, max: 60s}

      """
  }

  static let example = """
    # One workstream: what is to be done, which paths it may change, and what does it.
    # `git uet plan` shows the plan, `git uet run` carries it out. Delete this file when you have
    # bundles of your own.
    id: ws-hello
    tasks:
      - Add a greeting
    files_scope: [docs/hello.md]
    tool: shell
    command: |
      mkdir -p docs
      echo "Hello from $UET_WORKSTREAM" > docs/hello.md

    """
}
