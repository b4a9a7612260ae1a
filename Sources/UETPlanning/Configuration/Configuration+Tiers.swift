import UETModel

extension Configuration {
  /// When a machine is spared.
  package struct Tiers: Hashable, Sendable {
    package enum Mode: String, CaseIterable, Hashable, Sendable {
      case auto, off
    }

    package var mode = Mode.auto
    /// Seconds for which the machine must be well before more is asked of it.
    package var settle = 30.0
    /// Seconds in the tier critical after which a run with nothing at work ends, to be resumed; nil
    /// to wait without end.
    package var patience: Double? = 3600
    package var focus = MachineLimits()
    package var critical = MachineLimits()

    package init() {
      (focus.memory, critical.memory) = (10, 40)
      (focus.memoryFree, critical.memoryFree) = (10, 4)
      (focus.battery, critical.battery) = (25, 8)
      (focus.diskFree, critical.diskFree) = (1_000_000_000, 100_000_000)
    }
  }

  static let tiersFields = FieldTable<Tiers>([
    "mode": { $2.mode = $0.choice($1) ?? $2.mode },
    "settle": { $2.settle = $0.duration($1, allowsZero: true) ?? $2.settle },
    "patience": { reading, node, tiers in
      if case .bool(false) = node.value {
        tiers.patience = nil
      } else {
        tiers.patience = reading.duration(node, allowsZero: true) ?? tiers.patience
      }
    },
    "focus": { $0.read($1, tierFields, into: &$2.focus) },
    "critical": { $0.read($1, tierFields, into: &$2.critical) },
  ])

  static let tierFields = FieldTable<MachineLimits>([
    "cpu": { $2.cpu = $0.limit($1) },
    "memory": { $2.memory = $0.limit($1) },
    "io": { $2.io = $0.limit($1) },
    "swap": { $2.swap = $0.limit($1) },
    "memory_free": { $2.memoryFree = $0.limit($1) },
    "battery": { $2.battery = $0.limit($1) },
    "disk_free": { reading, node, limits in
      if case .bool(false) = node.value {
        limits.diskFree = nil
      } else {
        limits.diskFree = reading.bytes(node)
      }
    },
  ])
}

extension Reading {
  /// Percent; false for no limit.
  fileprivate mutating func limit(_ node: Node) -> Double? {
    if case .bool(false) = node.value { return nil }
    return number(node, in: 0...100)
  }
}

extension Configuration.Tiers {
  var json: JSONObject {
    [
      "mode": .string(mode.rawValue), "settle": .number(settle),
      "patience": patience.map(JSONValue.number) ?? .bool(false),
      "focus": .object(focus.json), "critical": .object(critical.json),
    ]
  }
}

extension MachineLimits {
  /// What does not count is false: left out it would have its default.
  fileprivate var json: JSONObject {
    func text(_ value: Double?) -> JSONValue { value.map(JSONValue.number) ?? .bool(false) }
    return [
      "cpu": text(cpu), "memory": text(memory), "io": text(io), "swap": text(swap),
      "memory_free": text(memoryFree), "battery": text(battery),
      "disk_free": diskFree.map { .integer(Int64($0)) } ?? .bool(false),
    ]
  }
}
