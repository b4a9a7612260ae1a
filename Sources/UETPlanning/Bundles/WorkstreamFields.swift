import UETModel

/// How the fields of a workstream are read.
enum WorkstreamFields {
  typealias Table = FieldTable<Declaration>

  static let table = Table(
    required: ["id", "files_scope", "tasks", "tool"],
    identity.merging(work) { first, _ in first }
      .merging(planning) { first, _ in first }
      .merging(legacy) { first, _ in first })

  private static let identity: [String: Table.Read] = [
    "$schema": { reading, node, _ in _ = reading.string(node) },
    "id": { reading, node, target in
      target.idOffset = node.offset
      if let id = reading.workstreamID(node) { target.workstream.id = id }
    },
    "tasks": { reading, node, target in
      target.tasksOffset = node.offset
      target.workstream.tasks = reading.list(node) { $0.string($1) }
    },
    "tool": { reading, node, target in
      target.toolOffset = node.offset
      target.workstream.tool = reading.name(node) ?? ""
    },
    "kind": { $2.workstream.kind = $0.choice($1) ?? .impl },
    "priority": { $2.workstream.priority = $0.choice($1) ?? .foreground },
    "review": { $2.workstream.review = $0.choice($1) ?? .none },
    "risk": { $2.workstream.risk = $0.string($1) },
  ]

  private static let work: [String: Table.Read] = [
    "files_scope": { $0.scope($1, into: &$2) },
    "files_create": { $2.workstream.scope.creates = $0.patterns($1, .filesCreate, &$2) },
    "command": { $2.workstream.command = $0.command($1) },
    "model": { $2.workstream.model = $0.name($1) },
    "env": { $2.workstream.environment = $0.environment($1) },
    "timeout": { $2.workstream.timeout = $0.duration($1) },
    "worktree": { $2.workstream.worktree = $0.choice($1) },
    "acceptance_tests": { reading, node, target in
      target.workstream.acceptanceTests = reading.list(node) { $0.acceptanceTest($1) }
    },
    "test_gates": { $0.gates($1, into: &$2) },
    "circuit_breaker": { $0.read($1, breaker, into: &$2.workstream.breaker) },
    "compensation_actions": { reading, node, target in
      target.workstream.compensationActions = reading.list(node) { $0.action($1) }
    },
    "forward_actions": { reading, node, target in
      target.workstream.forwardActions = reading.list(node) { $0.action($1) }
    },
  ]

  private static let planning: [String: Table.Read] = [
    "depends_on": { $0.dependencies($1, into: &$2) },
    "parallel_ok": { $2.workstream.parallelOK = $0.bool($1) ?? true },
    "resources": { $2.workstream.resources = $0.resources($1) },
    "conflict_group": { $2.workstream.conflictGroup = $0.name($1) },
    "estimated_duration": { $2.workstream.estimate.duration = $0.duration($1) },
    "estimated_context_tokens": {
      $2.workstream.estimate.contextTokens = $0.integer($1, in: 0...maximumTokens)
    },
    "max_cost_usd": { $2.workstream.estimate.maxCostUSD = $0.number($1, in: 0...maximumCost) },
    "proposed": { $2.workstream.isProposed = $0.bool($1) ?? false },
  ]

  private static let legacy: [String: Table.Read] = [
    "openspec_change": { $0.keepScalar($1, "openspec_change", &$2) },
    "ccpm_issue": { $0.keepScalar($1, "ccpm_issue", &$2) },
    "gate": { $0.keepScalar($1, "gate", &$2) },
    "capability": { $0.keepScalar($1, "capability", &$2) },
    "capability_payload": { _, node, target in
      target.workstream.legacy.append("capability_payload", node.json)
    },
    "imported": { reading, node, target in
      if reading.object(node) != nil { target.workstream.legacy.append("imported", node.json) }
    },
    "metadata": { $0.metadata($1, into: &$2) },
  ]

  private static let breaker = FieldTable<Workstream.BreakerLimits>([
    "max_attempts": { $2.maxAttempts = $0.integer($1, in: 1...maximumCount) },
    "max_error_repeats": { $2.maxErrorRepeats = $0.integer($1, in: 0...maximumCount) },
    "oscillation_threshold": { $2.oscillationThreshold = $0.integer($1, in: 0...maximumCount) },
  ])

  static let maximumTokens = 1_000_000_000_000
  static let maximumCost = 1_000_000_000.0
  static let maximumCount = 1_000_000
}

extension Reading {
  /// A list of patterns (writes), or an object with `reads` and `writes`; at least one pattern in
  /// all.
  fileprivate mutating func scope(_ node: Node, into target: inout Declaration) {
    let errorsBefore = errorCount
    switch node.value {
    case .array: target.workstream.scope.writes = patterns(node, .filesScope, &target)
    case .object:
      target.hasScopeObject = true
      read(node, Self.scopeFields, into: &target)
    default: return noteType(node, wanted: "a list of patterns")
    }
    let scope = target.workstream.scope
    if scope.writes.isEmpty, scope.reads.isEmpty, errorCount == errorsBefore {
      noteValue(node, "must name at least one path")
    }
  }

  private static let scopeFields = FieldTable<Declaration>([
    "reads": { $2.workstream.scope.reads = $0.patterns($1, .reads, &$2) },
    "writes": { $2.workstream.scope.writes = $0.patterns($1, .filesScope, &$2) },
  ])

  fileprivate mutating func patterns(
    _ node: Node, _ field: Conflict.Field, _ target: inout Declaration
  ) -> [ScopePattern] {
    var offsets: [Int] = []
    let result = list(node) { reading, item -> ScopePattern? in
      guard let pattern = reading.pattern(item) else { return nil }
      offsets.append(item.offset)
      return pattern
    }
    target.patternOffsets[field] = offsets
    return result
  }

  fileprivate mutating func acceptanceTest(_ node: Node) -> Workstream.AcceptanceTest? {
    switch node.value {
    case .string(let text): return .prose(text)
    case .object: return action(node).map(Workstream.AcceptanceTest.command)
    default:
      noteType(node, wanted: "a text or an object with a command")
      return nil
    }
  }

  fileprivate mutating func dependencies(_ node: Node, into target: inout Declaration) {
    guard let items = list(node) else { return }
    target.workstream.dependsOn.reserveCapacity(items.count)
    for (index, item) in items.enumerated() {
      guard let text = within(index: index, { $0.dependency(item) }) else { continue }
      target.workstream.dependsOn.append(text)
      target.dependencyPlaces.append(Declaration.EntryPlace(offset: item.offset, index: index))
    }
  }

  private mutating func dependency(_ node: Node) -> String? {
    guard let text = string(node) else { return nil }
    if WorkstreamID(text) != nil || IDPattern(text) != nil { return text }
    note(
      "invalid_id", at: node.offset,
      "\(text.quoted()) is neither a workstream id nor a pattern of ids such as 'ws-*'",
      hint: WorkstreamID.rule)
    return nil
  }

  fileprivate mutating func gates(_ node: Node, into target: inout Declaration) {
    if case .string(let name) = node.value {
      return noteType(node, wanted: "a list", hint: "write [\(gateObject(name))]")
    }
    guard let items = list(node) else { return }
    for (index, item) in items.enumerated() {
      if case .string(let name) = item.value {
        within(index: index) {
          $0.noteType(item, wanted: "an object", hint: "write \($0.gateObject(name))")
        }
        continue
      }
      var gate = GateRequest(name: "")
      within(index: index) { $0.read(item, Self.gateFields, into: &gate) }
      guard !gate.name.isEmpty else { continue }
      target.workstream.gates.append(gate)
      target.gatePlaces.append(
        Declaration.EntryPlace(offset: item["type"]?.offset ?? item.offset, index: index))
    }
  }

  /// How a gate of that name is asked for, in the file's own format.
  private func gateObject(_ name: String) -> String {
    let isWord =
      !name.isEmpty
      && name.utf8.allSatisfy { WorkstreamID.isAllowed($0 | 0x20) || $0 == UInt8(ascii: "_") }
    let shown = isWord ? String(name.prefix(60)) : "NAME"
    return isJSON ? "{\"type\": \"\(shown)\"}" : "{type: \(shown)}"
  }

  private static let gateFields = FieldTable<GateRequest>(
    required: ["type"],
    [
      "type": { $2.name = $0.name($1) ?? "" },
      "required": { $2.required = $0.bool($1) ?? true },
      "blocking": { $2.blocking = $0.bool($1) ?? true },
      "wave_boundary": { $2.waveBoundary = $0.bool($1) ?? false },
      "command": { $2.command = $0.command($1) },
    ])

  fileprivate mutating func keepScalar(
    _ node: Node, _ field: String, _ target: inout Declaration
  ) {
    switch node.value {
    case .array, .object: noteType(node, wanted: "a string or a number")
    default: target.workstream.legacy.append(field, node.json)
    }
  }

  fileprivate mutating func metadata(_ node: Node, into target: inout Declaration) {
    guard object(node) != nil else { return }
    target.workstream.legacy.append("metadata", node.json)
    guard let effort = node["estimated_effort_hours"], !effort.isNull else { return }
    target.workstream.estimate.effortHours = EffortHours.read(effort)
    if target.workstream.estimate.effortHours == nil {
      within(key: "estimated_effort_hours") { reading in
        reading.note(
          "effort_not_understood", at: effort.offset,
          "'estimated_effort_hours' is neither a number nor a range such as \"10-14\"",
          hint: "it is ignored", severity: .warning)
      }
    }
  }
}
