import UETModel
import UETReporting
import UETTestSupport

/// What folding a long run's events into the figures of a report takes, beside the bare fold of its
/// state; the same events, in parts, one after the other.
enum Figures {
  static func measure(events count: Int, workstreams: Int) throws {
    let run = RunID(startedAt: Timestamp(seconds: 1_795_224_655), salt: 1)
    var walk = RandomRun(run: run, seed: 1, workstreams: workstreams)
    walk.drawsRarities = false
    var state = RunState(run: run)
    var timeline = RunTimeline(run)
    let clock = ContinuousClock()
    var (bare, figures) = (Duration.zero, Duration.zero)
    while state.sequence < count {
      let events = (0..<min(50_000, count - state.sequence)).map { place in
        let (draft, at) = walk.next()
        return Event(draft, seq: state.sequence + 1 + place, writer: "main", at: at) { _ in .zero }
      }
      bare += try clock.measure { for event in events { try state.apply(event) } }
      figures += clock.measure { for event in events { timeline.take(event) } }
    }
    figures += clock.measure {
      timeline.end(live: nil)
      _ = RunMetrics(timeline, state)
    }
    let hundredths = Int((figures / bare * 100).rounded())
    print(
      "\(count) events of \(workstreams) workstreams into figures: \(figures), bare fold \(bare), "
        + "ratio \(hundredths / 100).\(hundredths % 100 / 10)\(hundredths % 10), limit 1.20")
  }
}
