import ArgumentParser
import UETEngine
import UETModel

/// `50`, `+20`, `none`, or one of these behind `NAME=`.
struct BudgetArgument: ExpressibleByArgument, Sendable {
  let change: BudgetChange

  init?(argument: String) {
    let parts = argument.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    guard let text = parts.last, parts.count == 1 || !parts[0].isEmpty else { return nil }
    let name = parts.count == 2 ? String(parts[0]) : nil
    if text == "none" {
      change = BudgetChange(name, .unlimited)
      return
    }
    let isMore = text.hasPrefix("+")
    guard let amount = Self.dollars(isMore ? text.dropFirst() : text) else { return nil }
    change = BudgetChange(name, isMore ? .raise(amount) : .set(amount))
  }

  /// Plain decimals, with or without a dollar sign.
  private static func dollars(_ text: Substring) -> Money? {
    let digits = text.hasPrefix("$") ? text.dropFirst() : text
    guard !digits.isEmpty, digits.allSatisfy({ $0.isASCII && ($0.isNumber || $0 == ".") }),
      let value = Double(digits), value <= 1_000_000
    else { return nil }
    return Money(dollars: value)
  }
}
