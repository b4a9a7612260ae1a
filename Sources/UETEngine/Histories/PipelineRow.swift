import UETModel

/// A row of the Python pipeline's state. Its phases call some columns by other names, and a
/// database may be of any: a column is read where it is there.
struct PipelineRow: Sendable {
  /// A column, under each name that it has had.
  enum Column: Sendable {
    case run, workstream, otherWorkstream, step, tool, status, created, updated, started, ended,
      seen
    case event, payload, result, dependsOn, worker, adapter, task, model, input, output, estimated
    case actual, paths, resolution, resolved, code, message, order

    fileprivate var names: [String] {
      switch self {
      case .run: ["run_id", "id"]
      case .workstream: ["ws_id", "workstream_id", "workstream_a", "id"]
      case .otherWorkstream: ["workstream_b"]
      case .step: ["step_name", "step_id"]
      case .tool: ["tool_id"]
      case .status: ["status", "state", "current_state"]
      case .created: ["created_at", "started_at", "timestamp"]
      case .updated: ["updated_at", "completed_at", "ended_at"]
      case .started: ["started_at", "spawned_at"]
      case .ended: ["completed_at", "ended_at", "terminated_at", "stopped_at"]
      case .seen: ["last_seen_at", "created_at"]
      case .event: ["event_type"]
      case .payload: ["payload_json", "payload", "metadata_json", "metadata"]
      case .result: ["result_json", "result", "metadata"]
      case .dependsOn: ["depends_on"]
      case .worker: ["worker_id"]
      case .adapter: ["adapter_type", "worker_type"]
      case .task: ["task_id"]
      case .model: ["model_name"]
      case .input: ["input_tokens"]
      case .output: ["output_tokens"]
      case .estimated: ["estimated_cost_usd"]
      case .actual: ["actual_cost_usd"]
      case .paths: ["conflicted_files_json"]
      case .resolution: ["resolution_status"]
      case .resolved: ["resolved_at"]
      case .code: ["error_code", "category"]
      case .message: ["message"]
      case .order: ["id"]
      }
    }
  }

  let members: JSONObject

  private func value(_ column: Column) -> JSONValue? {
    for name in column.names {
      if let value = members[name] { return value }
    }
    return nil
  }

  /// Its text; nil for NULL, an empty text, and another type.
  subscript(column: Column) -> String? {
    guard let text = value(column)?.string, !text.isEmpty else { return nil }
    return text
  }

  func time(_ column: Column) -> Timestamp? { self[column].flatMap { Timestamp(written: $0) } }

  func integer(_ column: Column) -> Int? { value(column)?.integer }

  func number(_ column: Column) -> Double? { value(column)?.double }

  /// What a column with JSON holds; nil where it is none.
  func json(_ column: Column) -> JSONValue? {
    self[column].flatMap { try? JSONValue(parsing: $0) }
  }
}

extension Timestamp {
  /// Reads ISO 8601 as Python and SQLite write it: with `T` or a space, with or without a fraction,
  /// with `Z`, an offset as `+01:00`, or neither, which then is UTC.
  init?(written text: String) {
    let bytes = Array(text.utf8)
    guard bytes.count > 19, let sign = bytes[19...].lastIndex(where: { $0 == 43 || $0 == 45 })
    else {
      self.init(text)
      return
    }
    let offset = bytes[(sign + 1)...].filter { $0 != 58 }
    guard offset.count >= 4, offset.allSatisfy({ (48...57).contains($0) }),
      let time = Timestamp(String(decoding: bytes[..<sign], as: UTF8.self))
    else { return nil }
    let digits = offset.prefix(4).map { Double($0 - 48) }
    let seconds = (digits[0] * 10 + digits[1]) * 3600 + (digits[2] * 10 + digits[3]) * 60
    self = time.advanced(bySeconds: bytes[sign] == 43 ? -seconds : seconds)
  }
}

/// All rows that are read of a database of the Python pipeline.
struct PipelineTables: Sendable {
  enum Table: String, CaseIterable, Sendable {
    case runs, workstreams, steps, events, errors, workers
    case stepAttempts = "step_attempts"
    case busEvents = "uet_events"
    case costs = "cost_tracking"
    case conflicts = "merge_conflicts"
  }

  static let names = Set(Table.allCases.map(\.rawValue))

  private let rows: [Table: [PipelineRow]]

  /// nil where none of the tables is one of the pipeline's: all of those name runs by `run_id`.
  init?(_ tables: [String: [JSONObject]], columns: [String: Set<String>]) {
    guard columns.values.contains(where: { $0.contains("run_id") }) else { return nil }
    var rows: [Table: [PipelineRow]] = [:]
    for (name, objects) in tables {
      if let table = Table(rawValue: name) { rows[table] = objects.map(PipelineRow.init) }
    }
    self.rows = rows
  }

  subscript(table: Table) -> [PipelineRow] { rows[table] ?? [] }

  var steps: [PipelineRow] { self[.stepAttempts] + self[.steps] }
}
