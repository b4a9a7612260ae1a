import UETReporting
import UETWorkLists

/// What an import remarked, by kind, warnings first.
struct FindingLines {
  let findings: [Finding]
  let isLong: Bool
  let style: TextStyle

  /// How many of a kind are shown without `--long`.
  private static let shown = 3

  var lines: [String] {
    var groups: [(code: String, findings: [Finding])] = []
    var places: [String: Int] = [:]
    let sorted =
      findings.filter { $0.weight == .warning }
      + findings.filter { $0.weight == .note }
    for finding in sorted {
      if let place = places[finding.code] {
        groups[place].findings.append(finding)
      } else {
        places[finding.code] = groups.count
        groups.append((finding.code, [finding]))
      }
    }
    var lines: [String] = []
    for group in groups {
      let count = isLong ? group.findings.count : Self.shown
      for finding in group.findings.prefix(count) { lines += text(of: finding) }
      let rest = group.findings.count - count
      if rest > 0 { lines.append("  and \(rest) more of the kind '\(group.code)'; all: --long") }
    }
    return lines
  }

  private func text(of finding: Finding) -> [String] {
    let place = finding.place.line > 0 ? ":\(finding.place.line)" : ""
    let kind = finding.weight == .warning ? "warning" : "note"
    let text = "\(finding.place.file.terminalSafe)\(place): \(kind): \(finding.message)"
    var lines = style.wrap(text, indent: 4)
    lines[0].removeFirst(4)
    return lines
  }
}
