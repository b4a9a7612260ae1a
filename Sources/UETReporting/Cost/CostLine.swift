import Foundation
import UETLedger
import UETModel

/// What was reported in all under one name.
package struct CostLine: Hashable, Sendable {
  /// nil where the reports name none.
  package let name: String?
  package let total: CostTotal

  var json: JSONObject {
    var object = JSONObject([("name", .text(name) ?? .null)])
    object.members += total.json.members
    return object
  }

  /// Names come from workers: a comma, a quote or the end of a line in one ends no field.
  var csv: String {
    let name = (name ?? "").terminalSafe
    let isPlain = !name.contains { ",\"\r\n".contains($0) }
    let field = isPlain ? name : "\"" + name.replacing("\"", with: "\"\"") + "\""
    return field + "," + total.csv
  }
}

extension CostTotal {
  /// Reports, tokens in, from caches and out, and dollars; `-` where no cost is known.
  var cells: [String] {
    let cost = unpriced == reports ? "-" : costUSD.asMoney
    return ["\(reports)", "\(inputTokens)", "\(cachedTokens)", "\(outputTokens)", cost]
  }

  var json: JSONObject {
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

  /// What is not known is empty.
  fileprivate var csv: String {
    let counts = [reports, unpriced, inputTokens, cachedTokens, outputTokens].map { "\($0)" }
    let amounts = [costUSD, leastUSD].map { unpriced < reports ? "\($0)" : "" }
    return (counts + amounts).joined(separator: ",")
  }
}

extension Double {
  /// Dollars as `$1.2346`; without the machinery of formats, which takes longer than all else for
  /// many.
  package var asMoney: String {
    let parts = (self * 10_000).rounded(.toNearestOrEven)
    guard (0..<9e15).contains(parts) else { return String(format: "$%.4f", self) }
    let (dollars, rest) = Int(parts).quotientAndRemainder(dividingBy: 10_000)
    let digits = String(rest)
    return "$\(dollars)." + String(repeating: "0", count: 4 - digits.utf8.count) + digits
  }
}
