import Foundation
import GRDB
import UETTestSupport

/// A project that the Python pipeline was used in, with its state and budgets at their usual
/// places.
struct PipelineScene {
  static let database = "state/pipeline_state.db"
  static let budgets = """
    default:
      max_cost_total: 100.0
      max_cost_per_phase: 20.0
      max_cost_per_task: 5.0
      warning_threshold: 0.9
      halt_threshold: 1.0
      max_parallel_workers_for_budget: 4
    models:
      gpt-4: {input_cost_per_1k: 0.03, output_cost_per_1k: 0.06}
      house-model: {input_cost_per_1k: 0.0015, output_cost_per_1k: 0.002}

    """

  let scratch: Scratch

  init(sql: String = PipelineTablesSQL.parallel + PipelineTablesSQL.twoRuns) throws {
    scratch = try Scratch()
    try scratch.write("state/readme", "the pipeline's state\n")
    try scratch.write("config/budget.yaml", Self.budgets)
    try execute(sql)
  }

  /// In a write-ahead log where `mode` says so.
  func execute(_ sql: String, in name: String = Self.database, mode: String = "DELETE") throws {
    let queue = try DatabaseQueue(path: scratch.path + "/" + name)
    try queue.writeWithoutTransaction {
      try $0.execute(sql: "PRAGMA journal_mode = \(mode); " + sql)
    }
    try queue.close()
  }
}
