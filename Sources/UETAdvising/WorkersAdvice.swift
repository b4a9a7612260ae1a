import UETModel

/// How many should work at a time: the fewest with which the plan is about as fast as with any
/// number.
struct WorkersAdvice {
  /// What this much is worth of the whole is not worth a worker, nor a change.
  static let slack = 0.01
  static let worthwhile = 0.02

  private let model: PlanModel
  private let settings: PresentSettings
  private let runs: [MeasuredRun]

  init(_ model: PlanModel, _ settings: PresentSettings, _ runs: [MeasuredRun]) {
    (self.model, self.settings, self.runs) = (model, settings, runs)
  }

  func find() -> Finding {
    let now = max(1, settings.workers)
    let most = min(max(16, 2 * now, settings.processors ?? 0), max(now, model.workstreams.count))
    let counts = Array(1...most)
    let times = model.makespans(workers: counts)
    let best = times.map(\.mean).min() ?? 0
    guard let place = counts.indices.first(where: { times[$0].mean <= best * (1 + Self.slack) })
    else { return .silence("there is nothing to run") }
    let (before, after) = (times[now - 1], times[place])
    let gain = Interval(zip(before, after).map { $0 - $1 })
    let proposed = counts[place]
    guard proposed != now, gain.mean >= Self.worthwhile * before.mean else {
      return .silence(
        "\(now.counting("worker")) take \(Words.span(before.mean)), and no number of them takes "
          + "\(Words.percent(Self.worthwhile)) less")
    }
    guard gain.low > 0 else {
      return .silence(
        "\(proposed) in place of \(now) may gain \(Words.span(gain.mean)) or nothing: between "
          + "\(Words.span(gain.low)) and \(Words.span(gain.high))")
    }
    return .advice(
      [
        Advice(
          kind: .workers, subject: "run.workers", now: "\(now)", proposed: "\(proposed)",
          unit: .seconds, gain: gain, whole: before.mean,
          evidence: evidence(proposed, after.mean, times),
          steps: ["git config uet.run.workers \(proposed)"], caution: caution(proposed))
      ])
  }

  private func evidence(_ proposed: Int, _ seconds: Double, _ times: [[Double]]) -> [String] {
    var lines: [String] = []
    let rest = times.dropFirst(proposed).map(\.mean).min()
    var knee = "with \(proposed.counting("worker")) the plan takes \(Words.span(seconds))"
    if let rest { knee += ", with any greater number at least \(Words.span(rest))" }
    lines.append(knee)
    if let capacity = model.capacity {
      lines.append(
        "work took longer the more ran at once, as if the machine had room for about "
          + "\(Words.tenths(capacity)) at full speed")
    }
    return lines + [caution(proposed), model.spread].compactMap(\.self)
  }

  private func caution(_ proposed: Int) -> String? {
    let most = runs.map(\.workers).max() ?? 0
    guard model.capacity == nil, proposed > most else { return nil }
    return "no more than \(most) worked at a time so far: whether \(proposed) slow each other "
      + "down, nothing says yet"
  }
}

extension PlanModel {
  /// Where the spread of durations is from.
  var spread: String {
    repetitions > 0
      ? "durations spread as \(repetitions) repetitions of the same work did"
      : "how durations spread from run to run is assumed (0.6 to 1.5 times), for want of "
        + "repetitions"
  }
}
