import UETModel

/// The text in which measured values are handed to programs that collect them.
package enum Exposition: String, CaseIterable, Hashable, Sendable {
  /// OpenMetrics 1.0.0.
  case openMetrics = "openmetrics"
  /// The older text format of Prometheus, 0.0.4, which is all that node_exporter's textfile
  /// collector and `promtool check metrics` read.
  case prometheus

  /// What a server calls it.
  package var contentType: String {
    switch self {
    case .openMetrics: "application/openmetrics-text; version=1.0.0; charset=utf-8"
    case .prometheus: "text/plain; version=0.0.4; charset=utf-8"
    }
  }

  package func text(_ families: [MetricFamily]) -> String {
    var text = ""
    for family in families where !family.samples.isEmpty {
      text += heading(family)
      for sample in family.samples {
        text += family.sampleName + Self.labels(sample.labels) + " \(Self.number(sample.value))\n"
      }
    }
    return self == .openMetrics ? text + "# EOF\n" : text
  }

  private func heading(_ family: MetricFamily) -> String {
    switch self {
    case .openMetrics:
      let unit = family.unit.map { "# UNIT \(family.name) \($0)\n" } ?? ""
      return "# TYPE \(family.name) \(family.kind.rawValue)\n\(unit)"
        + "# HELP \(family.name) \(Self.escaped(family.help, quotes: true))\n"
    case .prometheus:
      let name = family.sampleName
      let kind = family.kind == .info ? MetricFamily.Kind.gauge : family.kind
      return "# HELP \(name) \(Self.escaped(family.help, quotes: false))\n"
        + "# TYPE \(name) \(kind.rawValue)\n"
    }
  }

  private static func labels(_ labels: [MetricFamily.Label]) -> String {
    if labels.isEmpty { return "" }
    let pairs = labels.map { "\($0.name)=\"\(escaped($0.value, quotes: true))\"" }
    return "{\(pairs.joined(separator: ","))}"
  }

  private static func escaped(_ text: String, quotes: Bool) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\\": result += "\\\\"
      case "\n": result += "\\n"
      case "\"" where quotes: result += "\\\""
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }

  /// Whole numbers without a point.
  private static func number(_ value: Double) -> String {
    value == value.rounded() && abs(value) < 1e15 ? "\(Int64(value))" : "\(value)"
  }
}
