import UETModel
import UETPlanning

extension FileCheck {
  package func json(_ workstreams: [Workstream]) -> JSONValue {
    [
      "version": 1,
      "unmatched": .array(
        unmatched.map { entry in
          [
            "workstream": .string(workstreams[entry.workstream].id.rawValue),
            "pattern": .string(entry.pattern.text), "field": .string(entry.field.rawValue),
          ]
        }),
      "unowned": .array(unowned.map(JSONValue.string)),
      "case_twins": .array(twins.map { .array($0.map(JSONValue.string)) }),
    ]
  }

  /// What was found, ending in a line feed.
  package func text(_ workstreams: [Workstream], _ style: TextStyle = TextStyle()) -> String {
    let missing = unmatched.map {
      "\(workstreams[$0.workstream].id): '\($0.pattern.text.terminalSafe)' in "
        + "\($0.field.rawValue) matches no file; add it to files_create or correct it"
    }
    let lines =
      section("Patterns that match nothing", missing, style)
      + section("Files that no workstream owns", unowned.map(\.terminalSafe), style)
      + section(
        "Names that differ in case only",
        twins.map { $0.map(\.terminalSafe).joined(separator: ", ") }, style)
    return (lines.isEmpty ? ["every pattern matches, and every file is owned"] : lines)
      .joined(separator: "\n") + "\n"
  }

  private func section(_ title: String, _ items: [String], _ style: TextStyle) -> [String] {
    guard !items.isEmpty else { return [] }
    let shown = items.prefix(20).flatMap { style.wrap($0, indent: 4, first: "  ") }
    let rest = items.count - 20
    return [style.paint("\(title) (\(items.count))", .bold)] + shown
      + (rest > 0 ? [style.paint("  \(style.ellipsis) and \(rest) more, see --json", .dim)] : [])
  }
}
