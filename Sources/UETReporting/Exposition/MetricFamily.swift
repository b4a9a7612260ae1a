/// Measured values of one name, as programs that collect them read them.
package struct MetricFamily: Hashable, Sendable {
  package enum Kind: String, Hashable, Sendable {
    /// Goes up alone, and begins anew with another run; its samples end in `_total`.
    case counter
    case gauge
    /// Says what something is: its value is 1.
    case info
  }

  package struct Sample: Hashable, Sendable {
    package let labels: [Label]
    package let value: Double
  }

  package struct Label: Hashable, Sendable {
    package let name: String
    package let value: String
  }

  /// Without what its kind ends it in.
  package let name: String
  package let kind: Kind
  /// The last part of the name; nil for a plain count.
  package let unit: String?
  package let help: String
  package private(set) var samples: [Sample] = []

  init(_ name: String, _ kind: Kind, _ help: String, unit: String? = nil) {
    (self.name, self.kind, self.help, self.unit) = (name, kind, help, unit)
  }

  /// The name that its samples have.
  package var sampleName: String {
    switch kind {
    case .counter: name + "_total"
    case .gauge: name
    case .info: name + "_info"
    }
  }

  mutating func add(_ value: Double, _ labels: KeyValuePairs<String, String> = [:]) {
    let labels = labels.map { Label(name: $0.key, value: $0.value) }
    samples.append(Sample(labels: labels, value: value))
  }
}

extension [MetricFamily] {
  /// Adds one that has one value; one without a value is left out.
  mutating func add(
    _ name: String, _ kind: MetricFamily.Kind, _ help: String, unit: String? = nil, _ value: Double?
  ) {
    guard let value else { return }
    var family = MetricFamily(name, kind, help, unit: unit)
    family.add(value)
    append(family)
  }

  mutating func add(
    _ name: String, _ kind: MetricFamily.Kind, _ help: String, unit: String? = nil, _ value: Int
  ) {
    add(name, kind, help, unit: unit, Double(value))
  }
}
