import UETEngine
import UETModel
import UETSystem
import UETWorkLists

/// `git uet import uet-pipeline`: the state and the budgets of the Python pipeline, read and taken
/// over.
struct PipelineImport {
  /// What is named in place of a tool whose list is read.
  static let name = "uet-pipeline"

  let project: Project
  let environment: [String: String]
  /// The top of the work tree, and the folder that words are relative to.
  let root: String
  let folder: String
  let isDryRun: Bool

  struct Source {
    let path: String
    let shown: String

    /// Budgets are in a file of text, everything else is a database.
    var isBudget: Bool {
      [".yaml", ".yml", ".json"].contains { path.lowercased().hasSuffix($0) }
    }
  }

  /// Where the pipeline has its files, from the top of the repository.
  private static let databases = [
    "state/pipeline_state.db", ".worktrees/pipeline_state.db", ".ledger/framework.db",
  ]
  private static let budgets = ["config/budget.yaml"]

  /// - Parameter words: Files as typed; empty for those at their usual places.
  func result(_ words: [String]) async throws -> PipelineResult {
    var result = PipelineResult(isDryRun: isDryRun)
    for source in try sources(words) {
      if source.isBudget {
        try takeBudget(source, &result)
      } else {
        let history = try await HistoryImport(
          pipeline: source.path, as: source.shown, in: project, isDryRun: isDryRun)
        result.entries += history.entries
        result.note(history.remarks, of: source.shown)
      }
    }
    return result
  }

  private func sources(_ words: [String]) throws -> [Source] {
    if !words.isEmpty {
      return words.map { Source(path: Files.absolute($0, from: folder), shown: $0) }
    }
    let named = environment["PIPELINE_DB_PATH"].map {
      Source(path: Files.absolute($0, from: folder), shown: $0)
    }
    let usual = { (names: [String]) in
      names.map { Source(path: "\(root)/\($0)", shown: $0) }.first { Files.exists($0.path) }
    }
    let found = [named ?? usual(Self.databases), usual(Self.budgets)].compactMap { $0 }
    if found.isEmpty {
      throw Refusal(
        .usage,
        "the pipeline has left nothing at its usual places: "
          + (Self.databases + Self.budgets).map { "'\($0)'" }.listed(4),
        hint: "name the file: git uet import \(Self.name) FILE.db")
    }
    return found
  }

  private func takeBudget(_ source: Source, _ result: inout PipelineResult) throws {
    guard let bytes = try Files.read(source.path) else {
      throw Refusal(
        .usage, "there is no file \(source.shown.quoted())",
        hint: "name the pipeline's file of budgets, as config/budget.yaml")
    }
    let budget = try BudgetImport(
      reading: bytes, file: source.shown, prices: project.prices.book)
    result.note(budget.remarks, of: source.shown)
    let path = "\(root)/\(Project.configurationPath)"
    let outcome = budget.outcome(for: try Files.read(path))
    if case .write(let content) = outcome, !isDryRun {
      try Files.makeDirectory(above: path)
      try Files.write(content, to: path, mode: Files.mode(path) ?? 0o644)
    }
    result.budgets.append((budget, outcome))
  }
}

/// What came of it.
struct PipelineResult {
  let isDryRun: Bool
  var entries: [HistoryImport.Entry] = []
  var budgets: [(budget: BudgetImport, outcome: BudgetImport.Outcome)] = []
  var findings: [Finding] = []

  init(isDryRun: Bool) { self.isDryRun = isDryRun }

  mutating func note(_ remarks: [HistoryRemark], of file: String) {
    for remark in remarks {
      let text = remark.run.map { "run '\($0)': \(remark.message)" } ?? remark.message
      findings.append(Finding(remark.code, file, text, item: remark.run))
    }
  }
}
