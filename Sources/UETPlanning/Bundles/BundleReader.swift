import UETModel

/// Reads one file: a workstream, a list of them, or a phase.
struct BundleReader {
  private(set) var declarations: [Declaration] = []
  private(set) var phase: Phase?
  private var reading: Reading
  private let file: Int

  /// Everything found in the file's tree, errors included.
  init(_ root: Node, source: SourceText, file: Int) {
    reading = Reading(source)
    self.file = file
    switch root.value {
    case .array(let items): readList(items, phase: nil, pointer: "")
    case .object where root["workstreams"] != nil || (root["phase"] != nil && root["id"] == nil):
      readPhase(root)
    case .object: readWorkstream(root, phase: nil, pointer: "")
    default: reading.noteType(root, wanted: "a workstream, a list of them, or a phase")
    }
    if declarations.isEmpty, reading.errorCount == 0 {
      reading.note(
        "no_workstreams", at: root.offset, "the file declares no workstream", severity: .warning)
    }
  }

  var diagnostics: [Diagnostic] { reading.diagnostics }

  private mutating func readList(_ items: [Node], phase: String?, pointer: String) {
    declarations.reserveCapacity(items.count)
    for (index, item) in items.enumerated() {
      readWorkstream(item, phase: phase, pointer: "\(pointer)/\(index)", index: index)
    }
  }

  private mutating func readWorkstream(
    _ node: Node, phase: String?, pointer: String, index: Int? = nil
  ) {
    var declaration = Declaration(file: file)
    declaration.workstream.source = reading.source.place(at: node.offset, pointer: pointer)
    declaration.workstream.phase = phase
    declaration.idOffset = node.offset
    let errorsBefore = reading.errorCount
    if let index {
      reading.within(index: index) { $0.read(node, WorkstreamFields.table, into: &declaration) }
    } else {
      reading.read(node, WorkstreamFields.table, into: &declaration)
    }
    declaration.isValid = reading.errorCount == errorsBefore
    declarations.append(declaration)
  }
}

extension BundleReader {
  private struct PhaseDraft {
    var name: String?
    var maxCostUSD: Double?
    var rollback: [(id: WorkstreamID, node: Node, index: Int)] = []
    var metadata = JSONObject()
    var members: [Node] = []
  }

  private mutating func readPhase(_ root: Node) {
    var draft = PhaseDraft()
    reading.read(root, Self.phaseFields, into: &draft)
    let members = draft.members
    let name = draft.name
    let errorsBefore = reading.errorCount
    readMembers(members, phase: name)
    var phase = Phase(name: name ?? "", source: reading.source.place(at: root.offset))
    phase.workstreams = declarations.filter(\.hasID).map(\.workstream.id)
    phase.maxCostUSD = draft.maxCostUSD
    phase.metadata = draft.metadata
    phase.rollbackOrder = draft.rollback.map(\.id)
    if reading.errorCount == errorsBefore { checkRollback(draft, phase.workstreams) }
    if name != nil { self.phase = phase }
  }

  private mutating func readMembers(_ members: [Node], phase: String?) {
    reading.enter(key: "workstreams")
    readList(members, phase: phase, pointer: "/workstreams")
    reading.leave()
  }

  private static let phaseFields = FieldTable<PhaseDraft>(
    required: ["phase", "workstreams"],
    [
      "$schema": { reading, node, _ in _ = reading.string(node) },
      "phase": { $2.name = $0.name($1) },
      "workstreams": { $2.members = $0.list($1) ?? [] },
      "max_cost_usd": { $2.maxCostUSD = $0.number($1, in: 0...WorkstreamFields.maximumCost) },
      "rollback_order": { reading, node, target in
        guard let items = reading.list(node) else { return }
        for (index, item) in items.enumerated() {
          if let id = reading.within(index: index, { $0.workstreamID(item) }) {
            target.rollback.append((id, item, index))
          }
        }
      },
      "metadata": { reading, node, target in
        if reading.object(node) != nil { target.metadata = node.json.object ?? JSONObject() }
      },
    ])

  private mutating func checkRollback(_ draft: PhaseDraft, _ members: [WorkstreamID]) {
    let names = members.map(\.rawValue)
    let known = Set(members)
    var seen: Set<WorkstreamID> = []
    reading.enter(key: "rollback_order")
    for entry in draft.rollback {
      reading.within(index: entry.index) { reading in
        if !known.contains(entry.id) {
          let suggestion = reading.suggestion(for: entry.id.rawValue, among: names)
          reading.note(
            "unknown_workstream", at: entry.node.offset,
            "'\(entry.id)' is no workstream of this phase\(suggestion)")
        } else if !seen.insert(entry.id).inserted {
          reading.note(
            "invalid_value", at: entry.node.offset, "'\(entry.id)' is named twice")
        }
      }
    }
    reading.leave()
  }
}
