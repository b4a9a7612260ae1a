#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// A part of many, of which so many of so few were seen: how large it may be.
///
/// What may be behind is as Jeffreys' prior has it (H. Jeffreys, "An Invariant Form for the Prior
/// Probability in Estimation Problems", 1946), which is the same everywhere in the angle whose
/// squared sine the part is.
struct Share {
  /// How likely it is that the part is no larger, at the end of each step of the angle.
  private let below: [Double]

  private static let steps = 1_000

  init(_ seen: Int, of all: Int) {
    let logs = (0..<Self.steps).map { step -> Double in
      let angle = Self.angle(Double(step) + 0.5)
      return 2 * (Double(seen) * log(sin(angle)) + Double(all - seen) * log(cos(angle)))
    }
    let greatest = logs.max() ?? 0
    var (sum, sums) = (0.0, [Double]())
    for each in logs {
      sum += exp(each - greatest)
      sums.append(sum)
    }
    below = sums.map { $0 / sum }
  }

  private static func angle(_ step: Double) -> Double { step / Double(steps) * .pi / 2 }

  /// What it is no larger than with that chance.
  func quantile(_ chance: Double) -> Double {
    let step = below.firstIndex { $0 >= chance } ?? Self.steps - 1
    let before = step > 0 ? below[step - 1] : 0
    let within = (chance - before) / max(below[step] - before, .leastNormalMagnitude)
    let root = sin(Self.angle(Double(step) + min(1, max(0, within))))
    return root * root
  }
}
