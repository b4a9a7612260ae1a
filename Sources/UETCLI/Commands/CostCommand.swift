import ArgumentParser
import Foundation
import UETEngine
import UETLedger
import UETModel

struct CostCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "cost", abstract: "show the tokens and costs that a run's workers reported",
    discussion: """
      Shows the newest run unless one is named. Only what was reported is counted: by a tool's adapter, or \
      by the work itself with 'git uet signal usage'.
      """)

  @OptionGroup var subject: RunArgument<NewestRun>
  @Option(help: ArgumentHelp("Add up by 'workstream', 'model' or 'tool'.", valueName: "what"))
  var by: CostGrouping = .workstream
  @Flag(help: "Print one JSON object.") var json = false

  func run() async throws {
    let context = CommandContext(.printing)
    let project = try context.project(reading: true)
    let (id, lines) = try context.reporting {
      let id = try project.run(named: subject.run)
      return (id, try project.cost(of: id, by: by))
    }
    var all = CostTotal(run: id, workstream: nil, model: nil)
    for line in lines { all.add(line.total) }
    if json {
      var object = JSONObject([
        ("version", 1), ("run", .string(id.rawValue)), ("by", .string(by.rawValue)),
      ])
      object.append("lines", .array(lines.map { .object($0.json) }))
      object.append("total", .object(all.json))
      context.print(.object(object))
      return
    }
    guard !lines.isEmpty else {
      context.output.line("run \(id): nothing was reported")
      context.errors.line(
        "hint: a worker reports with: git uet signal usage --model M --input N --output N")
      return
    }
    context.output.line("run \(id)")
    for line in table(lines, all).lines(on: context.output, width: nil) {
      context.output.line(line)
    }
    if all.unpriced > 0 {
      context.note("\(all.unpriced) of \(all.reports) reports named no cost")
    }
  }

  private func table(_ lines: [CostLine], _ all: CostTotal) -> Table {
    let rows =
      lines.map { ($0.name?.terminalSafe ?? "(none named)", $0.total) }
      + (lines.count > 1 ? [("total", all)] : [])
    let cells = [["", "reports", "input", "output", "cost"]] + rows.map { [$0.0] + $0.1.cells }
    var table = Table(indent: 2)
    for row in cells {
      table.add(
        row.enumerated().map { column, text in
          let width = cells.map { $0[column].count }.max() ?? 0
          let padding = String(repeating: " ", count: width - text.count)
          return .init(column == 0 ? text : padding + text)
        })
    }
    return table
  }
}

extension CostGrouping: ExpressibleByArgument {}

extension CostTotal {
  /// Reports, tokens in and out, and dollars; `-` where no cost was named.
  fileprivate var cells: [String] {
    let cost = unpriced == reports ? "-" : String(format: "$%.4f", costUSD)
    return ["\(reports)", "\(inputTokens)", "\(outputTokens)", cost]
  }
}

extension CostTotal {
  fileprivate var json: JSONObject {
    var object = JSONObject([
      ("reports", .integer(Int64(reports))), ("unpriced", .integer(Int64(unpriced))),
      ("input_tokens", .integer(Int64(inputTokens))),
      ("output_tokens", .integer(Int64(outputTokens))),
    ])
    if unpriced < reports { object.append("cost_usd", .number(costUSD)) }
    return object
  }
}

extension CostLine {
  fileprivate var json: JSONObject {
    var object = JSONObject([("name", .text(name) ?? .null)])
    object.members += total.json.members
    return object
  }
}
