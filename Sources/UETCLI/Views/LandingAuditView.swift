import UETEngine
import UETModel

/// What `verify --landed` found, as lines for a terminal or one JSON object.
struct LandingAuditView {
  let findings: [LandingAudit.Finding]
  let terminal: Terminal

  var lines: [String] {
    if findings.isEmpty { return ["nothing has landed yet"] }
    let runs = findings.filter { !$0.isRecorded }.map(\.run)
    let hints = runs.enumerated().filter { !runs[..<$0].contains($1) }.map { _, run in
      "hint: put it on record: git uet integrate \(run)"
    }
    return findings.flatMap(lines) + hints
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
    let others = finding.isByHand ? ", by hand" : finding.by.map { ", by run \($0)" } ?? ""
    let way = others + (finding.isRecorded ? "" : ", not on record yet")
    return [
      "run \(finding.run): \(finding.commit.short) in '\(target)'\(way): \(verdict)\(details)"
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
      "proven": .bool(finding.problems.isEmpty), "by_hand": .bool(finding.isByHand),
      "by_run": finding.by.map { .string($0.rawValue) } ?? .null,
      "recorded": .bool(finding.isRecorded),
      "undone": .array(finding.undone.map { .string($0.rawValue) }),
      "problems": .array(finding.problems.map(JSONValue.string)),
      "notes": .array(finding.notes.map(JSONValue.string)),
    ]
  }
}
