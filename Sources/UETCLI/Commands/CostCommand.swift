import ArgumentParser
import Foundation
import UETEngine
import UETLedger
import UETModel

/// How sums of costs are shown.
enum CostFormat: String, CaseIterable, ExpressibleByArgument {
  case text, json, csv
}

struct CostCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "cost", abstract: "show the tokens and costs that a run's workers reported",
    discussion: """
      Shows the newest run unless one is named. Only what was reported is counted: by a tool's adapter, or \
      by the work itself with 'git uet signal usage'. What has no price is counted apart, and never as 0.
      """)

  @OptionGroup var subject: RunArgument<NewestRun>
  @Option(
    help: ArgumentHelp(
      "Add up by 'workstream', 'step' (one attempt), 'worker', 'model', 'tool' or 'phase'.",
      valueName: "what"))
  var by: CostGrouping = .workstream
  @Option(help: "What to print.") var format: CostFormat = .text
  @Flag(help: "The same as --format json.") var json = false

  func run() async throws {
    let context = CommandContext(.printing)
    let project = try context.project(reading: true)
    let id = try project.run(named: subject.run)
    let lines = try project.cost(of: id, by: by)
    var all = CostTotal(run: id)
    for line in lines { all.add(line.total) }
    switch json ? .json : format {
    case .text: show(lines, all, context)
    case .json:
      var object = JSONObject([
        ("version", 1), ("run", .string(id.rawValue)), ("by", .string(by.rawValue)),
      ])
      object.append("lines", .array(lines.map { .object($0.json) }))
      object.append("total", .object(all.json))
      context.print(.object(object))
    case .csv:
      context.output.line(CostTotal.csvHeader(by.rawValue))
      for line in lines { context.output.line(line.csv) }
    }
  }

  private func show(_ lines: [CostLine], _ all: CostTotal, _ context: CommandContext) {
    guard !lines.isEmpty else {
      context.output.line("run \(all.run): nothing was reported")
      context.errors.line(
        "hint: a worker reports with: git uet signal usage --model M --input N --output N")
      return
    }
    context.output.line("run \(all.run)")
    for line in table(lines, all).lines(on: context.output, width: nil) {
      context.output.line(line)
    }
    if all.leastUSD < all.costUSD {
      let least = String(format: "$%.4f", all.leastUSD)
      context.note("it is \(least) at least: of some sessions only the sum of tokens is known")
    }
    if all.unpriced > 0 {
      context.note("\(all.unpriced) of \(all.reports) reports have no cost: see 'git uet prices'")
    }
  }

  private func table(_ lines: [CostLine], _ all: CostTotal) -> Table {
    let rows =
      lines.map { ($0.name?.terminalSafe ?? "(none named)", $0.total) }
      + (lines.count > 1 ? [("total", all)] : [])
    let hasUnpriced = all.unpriced > 0
    let cells =
      [
        ["", "reports", "input", "cached", "output", "cost"] + (hasUnpriced ? ["unpriced"] : [])
      ]
      + rows.map { name, total in
        [name] + total.cells + (hasUnpriced ? ["\(total.unpriced)"] : [])
      }
    let widths = (0..<cells[0].count).map { column in
      cells.reduce(0) { max($0, $1[column].count) }
    }
    var table = Table(indent: 2)
    for row in cells {
      table.add(
        zip(row, widths).enumerated().map { column, cell in
          let (text, width) = cell
          return .init(
            column == 0 ? text : String(repeating: " ", count: width - text.count) + text)
        })
    }
    return table
  }
}

extension CostGrouping: ExpressibleByArgument {}

extension CostTotal {
  /// Reports, tokens in, from caches and out, and dollars; `-` where no cost is known.
  fileprivate var cells: [String] {
    let cost = unpriced == reports ? "-" : String(format: "$%.4f", costUSD)
    return ["\(reports)", "\(inputTokens)", "\(cachedTokens)", "\(outputTokens)", cost]
  }

  fileprivate var json: JSONObject {
    var object = JSONObject([
      ("reports", .integer(Int64(reports))), ("unpriced", .integer(Int64(unpriced))),
      ("input_tokens", .integer(Int64(inputTokens))),
      ("cached_tokens", .integer(Int64(cachedTokens))),
      ("output_tokens", .integer(Int64(outputTokens))),
    ])
    guard unpriced < reports else { return object }
    object.append("cost_usd", .number(costUSD))
    if leastUSD < costUSD { object.append("least_usd", .number(leastUSD)) }
    return object
  }

  fileprivate static func csvHeader(_ name: String) -> String {
    "\(name),reports,unpriced,input_tokens,cached_tokens,output_tokens,cost_usd,least_usd"
  }

  /// What is not known is empty.
  fileprivate var csv: String {
    let counts = [reports, unpriced, inputTokens, cachedTokens, outputTokens].map { "\($0)" }
    let amounts = [costUSD, leastUSD].map { unpriced < reports ? "\($0)" : "" }
    return (counts + amounts).joined(separator: ",")
  }
}

extension CostLine {
  fileprivate var json: JSONObject {
    var object = JSONObject([("name", .text(name) ?? .null)])
    object.members += total.json.members
    return object
  }

  /// Names come from workers: a comma, a quote or the end of a line in one ends no field.
  fileprivate var csv: String {
    let name = (name ?? "").terminalSafe
    let isPlain = !name.contains { ",\"\r\n".contains($0) }
    let field = isPlain ? name : "\"" + name.replacing("\"", with: "\"\"") + "\""
    return field + "," + total.csv
  }
}
