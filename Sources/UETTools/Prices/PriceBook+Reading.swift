import UETModel

/// Why a text is no price book.
package struct PriceBookError: Error, Hashable, Sendable {
  /// 1-based.
  package let line: Int
  package let message: String
}

extension PriceBook {
  /// Reads the form that `schema/prices.yaml` has: one row a line, in braces.
  package init(reading text: String) throws(PriceBookError) {
    self.init(edition: "unnamed")
    var section = Substring()
    var number = 0
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
      number += 1
      let content = line.drop { $0 == " " }
      if content.isEmpty || content.hasPrefix("#") { continue }
      guard content.hasPrefix("- {"), content.hasSuffix("}") else {
        let parts = content.split(separator: ":", maxSplits: 1)
        if parts.count == 2, parts[0] == "book" {
          name(String(parts[1].filter { $0 != " " && $0 != "\"" }))
        }
        section = parts.first ?? ""
        continue
      }
      do throws(RowProblem) {
        let members = try Self.members(content.dropFirst(3).dropLast())
        switch section {
        case "prices": add(try PriceRow(members))
        case "aliases": try add(aliasFrom: members)
        case "windows": try add(windowFrom: members)
        default: break
        }
      } catch {
        throw PriceBookError(line: number, message: error.message)
      }
    }
  }

  struct RowProblem: Error {
    let message: String

    init(_ message: String) { self.message = message }
  }

  private mutating func add(aliasFrom members: [String: String]) throws(RowProblem) {
    guard let provider = members["provider"], let name = members["name"],
      let model = members["model"]
    else { throw RowProblem("an alias needs 'provider', 'name' and 'model'") }
    add(alias: name.lowercased(), of: model.lowercased(), provider: provider.lowercased())
  }

  private mutating func add(windowFrom members: [String: String]) throws(RowProblem) {
    guard let provider = members["provider"], let model = members["model"],
      let input = members["input"].flatMap({ Int($0) }), input > 0
    else { throw RowProblem("a window needs 'provider', 'model' and 'input', in tokens") }
    add(window: input, of: Key(provider.lowercased(), model.lowercased()))
  }

  private static func members(_ text: Substring) throws(RowProblem) -> [String: String] {
    var members: [String: String] = [:]
    for part in text.split(separator: ",") {
      guard let colon = part.firstIndex(of: ":") else {
        throw RowProblem("'\(part)' has no value")
      }
      let key = part[..<colon].filter { $0 != " " }
      var value = part[part.index(after: colon)...].drop { $0 == " " }
      while value.last == " " { value = value.dropLast() }
      if value.count >= 2, let quote = value.first, "\"'".contains(quote), value.last == quote {
        value = value.dropFirst().dropLast()
      }
      members[key] = String(value)
    }
    return members
  }
}

extension PriceRow {
  private static let known: Set<String> = [
    "provider", "model", "tier", "from", "hours", "weekdays", "above", "input", "output",
    "cache_read", "cache_write_5m", "cache_write_1h", "web_search",
  ]

  fileprivate init(_ members: [String: String]) throws(PriceBook.RowProblem) {
    if let odd = members.keys.filter({ !Self.known.contains($0) }).min() {
      throw PriceBook.RowProblem("unknown member '\(odd)'")
    }
    guard let provider = members["provider"], let model = members["model"] else {
      throw PriceBook.RowProblem("a price needs 'provider' and 'model'")
    }
    /// A price for a million tokens as one for a token.
    func perToken(_ key: String) throws(PriceBook.RowProblem) -> Money? {
      guard let text = members[key] else { return nil }
      guard let value = Self.decimal(text, digits: 6) else {
        throw PriceBook.RowProblem("'\(key)' is not an amount: '\(text)'")
      }
      return Money(picodollars: value)
    }
    guard let input = try perToken("input"), let output = try perToken("output") else {
      throw PriceBook.RowProblem("a price needs 'input' and 'output'")
    }
    rates = Rates(
      input: input, output: output, cacheRead: try perToken("cache_read"),
      cacheWrite5m: try perToken("cache_write_5m"), cacheWrite1h: try perToken("cache_write_1h"),
      webSearch: try members["web_search"].map { text throws(PriceBook.RowProblem) in
        guard let value = Self.decimal(text, digits: 12) else {
          throw PriceBook.RowProblem("'web_search' is not an amount: '\(text)'")
        }
        return Money(picodollars: value)
      })
    self.provider = provider.lowercased()
    self.model = model.lowercased()
    tier = members["tier"]
    above = try Self.value(members, "above") { Int($0) }
    from = try Self.value(members, "from") { Timestamp($0 + "T00:00:00Z") }
    minutes = try Self.value(members, "hours", Self.minutes)
    weekdays = try Self.value(members, "weekdays", Self.weekdays)
  }

  private static func value<Value>(
    _ members: [String: String], _ key: String, _ read: (String) -> Value?
  ) throws(PriceBook.RowProblem) -> Value? {
    guard let text = members[key] else { return nil }
    guard let value = read(text) else {
      throw PriceBook.RowProblem("'\(key)' cannot be read: '\(text)'")
    }
    return value
  }

  /// A decimal of 0 or more as a whole number of its last place; what is smaller than that is
  /// rounded up.
  private static func decimal(_ text: String, digits: Int) -> Int64? {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    guard (1...2).contains(parts.count), let whole = Int64(parts[0]), whole >= 0 else { return nil }
    var fraction = parts.count == 2 ? String(parts[1]) : ""
    guard fraction.utf8.allSatisfy({ (48...57).contains($0) }) else { return nil }
    let isMore = fraction.dropFirst(digits).contains { $0 != "0" }
    fraction = String(fraction.prefix(digits))
    fraction += String(repeating: "0", count: digits - fraction.count)
    var scale: Int64 = 1
    for _ in 0..<digits { scale *= 10 }
    let (product, overflow) = whole.multipliedReportingOverflow(by: scale)
    guard !overflow, let rest = Int64(fraction.isEmpty ? "0" : fraction) else { return nil }
    return product + rest + (isMore ? 1 : 0)
  }

  /// `01:00-04:00`; to `00:00` means to the end of the day.
  private static func minutes(_ text: String) -> Range<Int>? {
    let ends = text.split(separator: "-").compactMap { end -> Int? in
      let parts = end.split(separator: ":").compactMap { Int($0) }
      guard parts.count == 2, (0...24).contains(parts[0]), (0..<60).contains(parts[1]) else {
        return nil
      }
      return parts[0] * 60 + parts[1]
    }
    guard ends.count == 2 else { return nil }
    let end = ends[1] == 0 ? 1440 : ends[1]
    return ends[0] < end ? ends[0]..<end : nil
  }

  private static func weekdays(_ text: String) -> ClosedRange<Int>? {
    let ends = text.split(separator: "-").compactMap { Int($0) }
    guard let first = ends.first, let last = ends.last, ends.count <= 2, 1 <= first, first <= last,
      last <= 7
    else { return nil }
    return first...last
  }
}
