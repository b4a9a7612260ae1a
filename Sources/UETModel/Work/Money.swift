/// An amount of US dollars, exact: prices of single tokens are whole numbers of picodollars.
package struct Money: Hashable, Sendable, Comparable {
  package var picodollars: Int64

  package init(picodollars: Int64) { self.picodollars = picodollars }

  package static let zero = Money(picodollars: 0)

  package static func < (left: Money, right: Money) -> Bool { left.picodollars < right.picodollars }

  package static func + (left: Money, right: Money) -> Money {
    let (sum, overflow) = left.picodollars.addingReportingOverflow(right.picodollars)
    return Money(picodollars: overflow ? .max : sum)
  }

  /// The smallest amount there is where it would be less than can be said.
  package static func - (left: Money, right: Money) -> Money {
    let (rest, overflow) = left.picodollars.subtractingReportingOverflow(right.picodollars)
    return Money(picodollars: overflow ? .min : rest)
  }

  package static func += (left: inout Money, right: Money) { left = left + right }
  package static func -= (left: inout Money, right: Money) { left = left - right }

  /// So many at this price; the largest amount where it would be more than can be said.
  package static func * (count: Int, price: Money) -> Money {
    let (product, overflow) = Int64(count).multipliedReportingOverflow(by: price.picodollars)
    return Money(picodollars: overflow ? .max : product)
  }

  /// Dollars, for output; never for further reckoning.
  package var dollars: Double { Double(picodollars) / 1e12 }

  package init(dollars: Double) {
    let pico = (dollars * 1e12).rounded()
    picodollars = pico.isFinite && abs(pico) < 9e18 ? Int64(pico) : (pico > 0 ? .max : 0)
  }
}

extension Money: CustomStringConvertible {
  /// For people: `$12.50`, and as many more digits as an amount below a dollar needs.
  package var description: String {
    let isSmall = picodollars != 0 && abs(dollars) < 1
    let places = isSmall ? 10_000 : 100
    let unit = Int64(1_000_000_000_000) / Int64(places)
    let magnitude = picodollars.magnitude
    let count = Int64((magnitude + UInt64(unit) / 2) / UInt64(unit))
    let fraction = String(count % Int64(places) + Int64(places)).dropFirst()
    return (picodollars < 0 ? "-$" : "$") + "\(count / Int64(places)).\(fraction)"
  }
}

extension Money {
  /// Dollars as a number.
  package init?(json: JSONValue) {
    guard let dollars = json.double, dollars.isFinite else { return nil }
    self.init(dollars: dollars)
  }

  package var json: JSONValue { .number(dollars) }
}
