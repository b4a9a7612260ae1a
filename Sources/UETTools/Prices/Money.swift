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
