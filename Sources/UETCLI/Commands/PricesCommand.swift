import ArgumentParser
import Foundation
import UETEngine
import UETModel
import UETTools

struct PricesCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "prices", abstract: "show what models cost, and by which price a name is reckoned",
    discussion: """
      Prices are US dollars for a million tokens. They come with the program; '.uet/prices.yaml' in the repository \
      and 'git-uet/prices.yaml' in your configuration folder go over them, in the same form.
      """)

  @Argument(
    help: "A model, named as programs print it; all where none is named.", completion: Offer.model)
  var model: String?
  @Flag(help: "Print one JSON object.") var json = false

  func run() async throws {
    let context = CommandContext()
    let book = prices(context).book
    let keys: [PriceBook.Key]
    if let model {
      guard let key = book.resolve(model) else {
        throw Refusal(
          .usage, "no price for '\(model.terminalSafe)' in the book of \(book.edition)",
          hint: "list the models: git uet prices; or give it a price in .uet/prices.yaml")
      }
      keys = [key]
    } else {
      keys = book.models
    }
    if json { return context.print(.object(object(keys, book))) }
    if let model, let key = keys.first, key.model != model {
      context.output.line("'\(model.terminalSafe)' is \(key.provider)/\(key.model)")
    }
    for line in table(keys, book, isLong: model != nil).lines(on: context.output, width: nil) {
      context.output.line(line)
    }
    context.output.line("book \(book.edition), US dollars for a million tokens")
  }

  /// Prices are shown outside of a repository, too.
  private func prices(_ context: CommandContext) -> Prices {
    if let project = try? context.project() { return project.prices }
    let notices = context.notices
    return Prices(root: nil, environment: context.environment, warn: { notices.post($0) })
  }

  private func table(_ keys: [PriceBook.Key], _ book: PriceBook, isLong: Bool) -> Table {
    var cells = [["model", "input", "output", "cached", "write"] + (isLong ? ["when"] : [])]
    for key in keys {
      let rows = book.rows(of: key)
      for row in isLong ? rows : current(rows) {
        let rates = row.rates
        cells.append(
          ["\(key.provider)/\(key.model)"]
            + [rates.input, rates.output, rates.cacheRead, rates.cacheWrite5m].map {
              $0.map(\.perMillion) ?? "-"
            } + (isLong ? [row.conditions] : []))
      }
    }
    var table = Table(indent: 0)
    for row in cells {
      table.add(
        row.enumerated().map { column, text in
          if column == 0 || column == 5 { return .init(text) }
          let width = cells.map { $0[column].count }.max() ?? 0
          return .init(String(repeating: " ", count: width - text.count) + text)
        })
    }
    return table
  }

  /// Today's ordinary price for a short request.
  private func current(_ rows: [PriceRow]) -> [PriceRow] {
    let now = Timestamp(microseconds: Int64(Date().timeIntervalSince1970 * 1_000_000))
    return rows.last { row in
      row.tier == nil && row.above == nil && row.minutes == nil
        && row.from.map { $0 <= now } ?? true
    }.map { [$0] } ?? []
  }

  private func object(_ keys: [PriceBook.Key], _ book: PriceBook) -> JSONObject {
    let prices = keys.flatMap { book.rows(of: $0) }.map(\.json)
    return [
      "version": 1, "book": .string(book.edition), "currency": "USD",
      "prices": .array(prices.map(JSONValue.object)),
    ]
  }
}

extension Money {
  fileprivate var perMillionDollars: Double { Double(picodollars) / 1e6 }

  /// For a million tokens, as the book writes it.
  fileprivate var perMillion: String {
    var text = String(format: "%.6f", perMillionDollars)
    // Two digits at least, and no more than it takes.
    for _ in 0..<4 where text.hasSuffix("0") { text.removeLast() }
    return text
  }
}

extension PriceRow {
  fileprivate var conditions: String {
    var parts: [String] = []
    if let tier { parts.append("tier \(tier)") }
    if let from { parts.append("from \(from.description.prefix(10))") }
    if let minutes { parts.append("\(clock(minutes.lowerBound))-\(clock(minutes.upperBound)) UTC") }
    if let weekdays {
      parts.append(
        weekdays == 1...5 ? "Mon to Fri" : "weekdays \(weekdays.lowerBound)-\(weekdays.upperBound)")
    }
    if let above { parts.append("requests above \(above)") }
    return parts.joined(separator: ", ")
  }

  private func clock(_ minutes: Int) -> String {
    String(format: "%02d:%02d", minutes / 60 % 24, minutes % 60)
  }

  fileprivate var json: JSONObject {
    var object = JSONObject([("provider", .string(provider)), ("model", .string(model))])
    object.append("tier", tier.map(JSONValue.string))
    object.append("from", from.map { .string(String($0.description.prefix(10))) })
    object.append(
      "hours", minutes.map { .string("\(clock($0.lowerBound))-\(clock($0.upperBound))") })
    object.append("weekdays", weekdays.map { .string("\($0.lowerBound)-\($0.upperBound)") })
    object.append("above", above.map { .integer(Int64($0)) })
    let amounts: [(String, Money?)] = [
      ("input", rates.input), ("output", rates.output), ("cache_read", rates.cacheRead),
      ("cache_write_5m", rates.cacheWrite5m), ("cache_write_1h", rates.cacheWrite1h),
    ]
    for (key, money) in amounts {
      object.append(key, money.map { .number($0.perMillionDollars) })
    }
    object.append("web_search", rates.webSearch.map { .number($0.dollars) })
    return object
  }
}
