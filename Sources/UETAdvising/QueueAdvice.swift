import UETModel

/// What other settings would make of the queue, each by itself.
struct QueueAdvice {
  private let model: QueueModel
  private let settings: PresentSettings

  /// In what part of the worlds it has to gain, where it takes nothing to change it: it need not.
  private static let likely = 0.7

  init(_ model: QueueModel) { (self.model, settings) = (model, model.settings) }

  /// The smallest number that is about as good as any: each slot takes room for a checkout, and
  /// what a gate needs.
  func slots() -> Finding {
    let most = max(settings.slots, min(model.count, settings.processors ?? 8, 16))
    let choices = [1, 2, 3, 4, 5, 6, 7, 8, 10, 12, 16].filter { $0 <= most }
    return find(.slots, "integration.slots", "\(settings.slots)", choices.map(String.init)) {
      $0.slots = Int($1) ?? $0.slots
    }
  }

  /// The best: a greater one takes nothing that a smaller one leaves.
  func window() -> Finding {
    let values = [1, 2, 3, 4, 6, 8, 12, 16, 20, 24, 32, 48, 64]
    // The first that holds all candidates is what any greater one is.
    let choices = values.filter { $0 < model.count } + values.filter { $0 >= model.count }.prefix(1)
    return find(
      .window, "integration.window", "\(settings.window)", choices.map(String.init), slack: 0,
      surely: Self.likely
    ) {
      $0.window = Int($1) ?? $0.window
    }
  }

  func strategy() -> Finding {
    let choices = ["auto", "serial", "batch", "speculative"]
    return find(
      .strategy, "integration.strategy", settings.strategy, choices, surely: Self.likely
    ) { $0.strategy = $1 }
  }

  /// - Parameters:
  ///   - choices: Of those that are about as good, the first counts.
  ///   - slack: How much worse than the best is as good, as a part.
  ///   - surely: In what part of the worlds it has to gain.
  private func find(
    _ kind: Advice.Kind, _ subject: String, _ now: String, _ choices: [String],
    slack: Double = WorkersAdvice.slack, surely: Double = (1 + Interval.coverage) / 2,
    _ change: (inout PresentSettings, String) -> Void
  ) -> Finding {
    let others = choices.filter { $0 != now }
    let results = QueueRace.results(
      [settings]
        + others.map { choice in
          var changed = settings
          change(&changed, choice)
          return changed
        }, model)
    guard let present = results[0] else { return .silence("there is nothing to play") }
    let before = present.means.mean
    let tried = zip(others, results.dropFirst()).compactMap { choice, plays in
      plays.map { (choice: choice, plays: $0, part: $0.part(of: present)) }
    }
    let best = min(1, tried.map(\.part).min() ?? 1)
    guard 1 > best * (1 + WorkersAdvice.worthwhile),
      let chosen = tried.first(where: { $0.part <= best * (1 + slack) })
    else {
      return .silence(
        "with \(now) the queue takes \(Words.span(before)), and no other value gains "
          + Words.percent(WorkersAdvice.worthwhile))
    }
    let gains = present.gains(of: chosen.plays)
    let gain = Interval(gains)
    guard gain.mean > 0, gains.sorted().quantile(1 - surely) > 0 else {
      return .silence(
        "\(chosen.choice) in place of \(now) may gain \(Words.span(gain.mean)) or nothing: "
          + "between \(Words.span(gain.low)) and \(Words.span(gain.high))")
    }
    return .advice(
      [
        Advice(
          kind: kind, subject: subject, now: now, proposed: chosen.choice, unit: .seconds,
          gain: gain, whole: before,
          evidence: evidence(before, chosen.plays.means.mean) + [caution(gain)].compactMap(\.self),
          steps: ["git config uet.\(subject) \(chosen.choice)"], caution: caution(gain))
      ])
  }

  private func caution(_ gain: Interval) -> String? {
    gain.low > 0
      ? nil : "more likely than not it gains: it depends on how many candidates will be red"
  }

  private func evidence(_ before: Double, _ after: Double) -> [String] {
    [
      "\(model.count.counting("candidate")), gates of \(Words.span(model.gateSeconds)) on each "
        + "tree, \(model.red) of \(model.decided) not taken: the queue is done after "
        + "\(Words.span(after)) in place of \(Words.span(before))",
      "gates that run at once are taken not to slow each other down",
    ]
  }
}
