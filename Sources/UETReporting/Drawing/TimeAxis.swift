import UETModel
import UETPlanning

/// Times on a line from left to right, with marks at whole numbers of a unit that people count in.
struct TimeAxis {
  /// What is at the right end: seconds, or steps where nobody knows how long one takes.
  let length: Double
  let left: Int
  let right: Int
  private let isInSteps: Bool

  init(seconds: Double, from left: Int, to right: Int) {
    (length, self.left, self.right, isInSteps) = (max(seconds, 0.001), left, right, false)
  }

  init(steps: Int, from left: Int, to right: Int) {
    (length, self.left, self.right, isInSteps) = (Double(max(steps, 1)), left, right, true)
  }

  func x(_ seconds: Double) -> Double {
    Double(left) + min(max(0, seconds / length), 1) * Double(right - left)
  }

  private static let steps: [Double] = [
    0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10_800, 21_600,
    43_200, 86_400, 172_800, 604_800,
  ]

  /// Seconds at the marks, so many pixels apart at least.
  func marks(apart: Int = 90) -> [Double] {
    let least = length * Double(apart) / Double(max(1, right - left))
    if isInSteps {
      let step = Self.round(least)
      return (0...Int(length / step)).map { Double($0) * step }
    }
    let step = Self.steps.first { $0 >= least } ?? (least / 604_800).rounded(.up) * 604_800
    return (0...Int(length / step)).map { Double($0) * step }
  }

  /// The smallest of 1, 2, 5, 10, 20, … that is not less.
  static func round(_ least: Double) -> Double {
    var unit = 1.0
    while unit.isFinite {
      for factor in [1, 2, 5] where unit * Double(factor) >= least { return unit * Double(factor) }
      unit *= 10
    }
    return least
  }

  /// What a mark stands for.
  func label(_ mark: Double) -> String {
    guard isInSteps else { return DurationText.words(mark) }
    return mark == 1 ? "1 step" : "\(Int(mark)) steps"
  }

  /// Lines from `top` to `bottom`, and what they stand for above them; below as well, where the
  /// picture is so high that one end cannot be seen from the other.
  func draw(into markup: inout Markup, top: Int, bottom: Int) {
    let places = bottom - top > Self.high ? [top - 6, bottom + 14] : [top - 6]
    for mark in marks() {
      let x = Self.rounded(x(mark))
      markup.line(
        "<line class=\"grid\" x1=\"\(x)\" y1=\"\(top)\" x2=\"\(x)\" y2=\"\(bottom)\"/>")
      for y in places {
        markup.line(
          "<text class=\"t m\" x=\"\(x)\" y=\"\(y)\" text-anchor=\"middle\">\(label(mark))</text>")
      }
    }
  }

  private static let high = 600

  /// To tenths: enough for a picture.
  static func rounded(_ value: Double) -> Double { (value * 10).rounded() / 10 }
}

extension PlanReport {
  /// The whole of the plan from left to right.
  func axis(from left: Int, to right: Int) -> TimeAxis {
    let end = plan.schedule.makespan
    return plan.durations.seconds(end).map { TimeAxis(seconds: $0, from: left, to: right) }
      ?? TimeAxis(steps: end, from: left, to: right)
  }
}
