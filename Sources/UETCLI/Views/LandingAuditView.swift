import UETEngine
import UETModel

/// What `verify --landed` found, as lines for a terminal or one JSON object.
struct LandingAuditView {
  let findings: [LandingAudit.Finding]
  let terminal: Terminal

  var lines: [String] {
    if findings.isEmpty { return ["nothing has landed yet"] }
    return findings.flatMap(lines)
  }

  private func lines(of finding: LandingAudit.Finding) -> [String] {
    let target = RunNames.short(finding.target).terminalSafe
    let isProven = finding.problems.isEmpty
    let verdict =
      isProven ? terminal.styled("proven", .green) : terminal.styled("not proven", .red)
    let count = finding.workstreams.count
    let gates =
      finding.gates.isEmpty ? "no gate" : finding.gates.map(\.terminalSafe).joined(separator: ", ")
    let details = isProven ? " (\(count) candidate\(count == 1 ? "" : "s"), \(gates))" : ""
    return [
      "run \(finding.run): \(finding.commit.short) in '\(target)': \(verdict)\(details)"
    ] + (finding.problems + finding.notes).map { "  \($0)".terminalSafe }
  }

  var json: JSONValue {
    [
      "version": 1, "proven": .bool(findings.allSatisfy(\.problems.isEmpty)),
      "landings": .array(findings.map(json)),
    ]
  }

  private func json(_ finding: LandingAudit.Finding) -> JSONValue {
    [
      "run": .string(finding.run.rawValue), "target": .string(finding.target),
      "commit": .string(finding.commit.hex), "event": .integer(Int64(finding.event)),
      "workstreams": .array(finding.workstreams.map { .string($0.rawValue) }),
      "gates": .array(finding.gates.map(JSONValue.string)),
      "proven": .bool(finding.problems.isEmpty),
      "problems": .array(finding.problems.map(JSONValue.string)),
      "notes": .array(finding.notes.map(JSONValue.string)),
    ]
  }
}
