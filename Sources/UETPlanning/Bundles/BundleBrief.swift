/// The schema of bundles in brief, for who is to write some: lines of Markdown.
///
/// What a person or an agent that drafts work has no use for is left out. Names, choices and what
/// is required are those of `schema/bundle.schema.json`.
package enum BundleBrief {
  package static let lines = [
    "A bundle is a YAML file that holds one workstream. Its members:",
    "",
    "- `id` (required): `ws-` followed by a-z, 0-9 and `-`; no two are the same",
    "- `tasks` (required): a list of texts: what is to be done, for who knows nothing but them",
    "- `files_scope` (required): a list of the paths that it may write, from the root: `src/a.c`,",
    "  `src/parser/` with all below it, `src/*.c`, `src/**/test_*.py`; or {reads: [...], writes: [...]}",
    "- `files_create`: a list of paths that it makes; they need not be there",
    "- `tool` (required): which of the tools below does it",
    "- `depends_on`: a list of ids whose results it builds on",
    "- `acceptance_tests`: a list of texts, or of {command: [PROGRAM, ARGUMENT, ...]}",
    "- `test_gates`: a list of {type: GATE}, of the gates below",
    "- `estimated_context_tokens`: about how many tokens of files it has to read",
    "- `estimated_duration`: as `20m` or `1.5h`",
    "- `max_cost_usd`: a number",
    "- `kind`: design, impl, test, docs, infra, refactor, background, spike, integration",
    "- `review`: none, before_merge",
    "- `conflict_group`: a name; workstreams of one group never run side by side",
    "- `parallel_ok`: false where nothing may run beside it",
    "",
    "For example:",
    "",
    "    id: ws-parse-dates",
    "    tasks:",
    "      - Let the parser of options read dates as 2024-03-01 and say what is wrong with others",
    "    files_scope: [src/options/]",
    "    files_create: [tests/test_dates.py]",
    "    depends_on: [ws-options-table]",
    "    tool: claude",
    "    acceptance_tests: [Wrong dates are refused with the option's name]",
  ]
}
