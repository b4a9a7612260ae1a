import UETModel
import UETPlanning
import UETTools

/// What the Python pipeline's file of budgets comes to in the configuration here.
package struct BudgetImport: Sendable {
  /// A setting with the key that it comes from.
  package struct Setting: Hashable, Sendable {
    /// Below `budget`.
    package let key: String
    package let value: JSONValue
    /// As it is called there, with dots.
    package let source: String
  }

  package private(set) var settings: [Setting] = []
  package private(set) var remarks: [HistoryRemark] = []

  /// Reads the file; throws what is wrong with it.
  package init(reading bytes: [UInt8], file: String, prices: PriceBook) throws {
    let document = Document(SourceText(path: file, bytes: bytes))
    guard let root = document.root else { throw InvalidDocuments(document.diagnostics) }
    guard case .object(let members) = root.value else {
      throw Refusal(
        .usage, "\(file.quoted()) holds no budgets", hint: "name the pipeline's config/budget.yaml")
    }
    for member in members {
      switch (member.key, member.value.value) {
      case ("default", .object(let inner)), ("budget", .object(let inner)):
        for each in inner { take(each.key, each.value, in: member.key) }
      case ("models", .object(let models)): for model in models { price(model, prices) }
      case (_, .object): leave(member.key, "a set of its own has no counterpart")
      default: take(member.key, member.value, in: nil)
      }
    }
  }

  /// Their keys that mean the same here.
  private static let same = [
    "max_cost_total": "max_cost_total", "max_cost_usd": "max_cost_total",
    "max_cost_per_phase": "max_cost_per_phase", "max_cost_per_task": "max_cost_per_task",
    "max_cost_per_workstream": "max_cost_per_task", "warning_threshold": "warning_threshold",
    "enforcement_mode": "mode", "mode": "mode",
  ]

  private mutating func take(_ key: String, _ node: Node, in section: String?) {
    let name = section.map { "\($0).\(key)" } ?? key
    if key == "halt_threshold" { return halt(name, node.json) }
    if key == "max_parallel_workers_for_budget" {
      return leave(
        name,
        "'run.workers' says how many work, 'budget.reduce_parallelism_at' from when fewer do")
    }
    guard let own = Self.same[key] else { return leave(name, "it has no counterpart") }
    if let earlier = settings.first(where: { $0.key == own }) {
      return leave(name, "'\(earlier.source)' says that already")
    }
    let setting = Setting(key: own, value: node.json, source: name)
    guard Self.isUnderstood(setting) else {
      return leave(name, "'\(node.json.encoded())' is no value of 'budget.\(own)'")
    }
    settings.append(setting)
  }

  /// A limit that is reached halts a run, unless the mode says otherwise; so it is there at 1.
  private mutating func halt(_ name: String, _ value: JSONValue) {
    if value.double == 1 { return }
    leave(name, "a limit counts where it is reached; set the limit to what you mean")
  }

  private mutating func price(_ model: Node.Member, _ prices: PriceBook) {
    let name = "models.\(model.key)"
    guard prices.resolve(model.key) == nil else {
      return leave(
        name, "costs are reckoned by the price book: git uet prices \(model.key.shellQuoted)")
    }
    func perMillion(_ key: String) -> String {
      (model.value[key]?.json.double).map { Self.text(.number($0 * 1000)) } ?? "PRICE"
    }
    let input = perMillion("input_cost_per_1k")
    let output = perMillion("output_cost_per_1k")
    leave(
      name,
      "no price is known; put it into .uet/prices.yaml, below 'prices:': - {provider: PROVIDER, "
        + "model: \(model.key), input: \(input), output: \(output)}")
  }

  private mutating func leave(_ name: String, _ reason: String) {
    remarks.append(.init("budget_left_out", "'\(name)' left out: \(reason)"))
  }

  private static func isUnderstood(_ setting: Setting) -> Bool {
    !Configuration.load(Array(text([setting]).utf8), file: Project.configurationPath).diagnostics
      .hasErrors
  }

  // MARK: Text

  /// The settings as a part of the configuration; empty where there are none.
  package var text: String { settings.isEmpty ? "" : Self.text(settings) }

  private static func text(_ settings: [Setting]) -> String {
    "budget:\n" + settings.map { "  \($0.key): \(text($0.value))\n" }.joined()
  }

  private static func text(_ value: JSONValue) -> String {
    if let number = value.double, let whole = Int64(exactly: number) { return "\(whole)" }
    return value.encoded()
  }

  /// What becomes of the file of the configuration.
  package enum Outcome: Hashable, Sendable {
    /// The whole file anew.
    case write([UInt8])
    /// It says all of this.
    case unchanged
    /// It has budgets, or is written in a way that nothing can be added to: a person has to.
    case left
  }

  /// - Parameter bytes: The configuration as it is; nil where there is none.
  package func outcome(for bytes: [UInt8]?) -> Outcome {
    if settings.isEmpty { return .unchanged }
    var before = bytes ?? Array("version: 1\n".utf8)
    let file = Project.configurationPath
    let (old, problems) = Configuration.load(before, file: file)
    let (wanted, _) = Configuration.load(Array(text.utf8), file: file)
    if problems.hasErrors { return .left }
    if let last = before.last, last != UInt8(ascii: "\n") { before.append(UInt8(ascii: "\n")) }
    let after = before + Array(text.utf8)
    let (new, faults) = Configuration.load(after, file: file)
    var expected = old
    expected.budget = wanted.budget
    if !faults.hasErrors, new == expected, old.budget == Configuration.Budget() {
      return .write(after)
    }
    return Self.says(old.budget, wanted.budget, settings) ? .unchanged : .left
  }

  private static func says(
    _ one: Configuration.Budget, _ other: Configuration.Budget, _ settings: [Setting]
  ) -> Bool {
    settings.allSatisfy { setting in
      switch setting.key {
      case "max_cost_total": one.maxCostTotal == other.maxCostTotal
      case "max_cost_per_phase": one.maxCostPerPhase == other.maxCostPerPhase
      case "max_cost_per_task": one.maxCostPerTask == other.maxCostPerTask
      case "warning_threshold": one.warningThreshold == other.warningThreshold
      default: one.mode == other.mode
      }
    }
  }
}
