import Testing
import UETLedger
import UETModel

@testable import UETReporting

/// Figures as collectors read them.
@Suite struct ExpositionTests {
  private func families(gates: Int = 2, workstreams: Int = 3) -> [MetricFamily] {
    let run = RunID(startedAt: Timestamp(seconds: 1000), salt: 1)
    var timeline = RunTimeline(run)
    var (state, seq) = (RunState(run: run), 0)
    func tell(_ fact: Fact, _ name: String? = nil) {
      seq += 1
      let draft = EventDraft(fact, workstream: name.flatMap { WorkstreamID($0) }, attempt: 1)
      let at = Timestamp(seconds: 1000).advanced(bySeconds: Double(seq))
      timeline.take(Event(draft, seq: seq, writer: "main", at: at) { _ in .zero })
    }
    let names = (0..<workstreams).map { "ws-\($0)" }
    let entries = names.map { name in
      Told<Fact.PlanEntry> { ($0.id, $0.after) = (WorkstreamID(name), []) }
    }
    tell(.runStarted(.init { $0.workstreams = entries }))
    for name in names {
      if let id = WorkstreamID(name) { state.add(WorkstreamRecord(id: id)) }
      tell(.taskAssigned(.init()), name)
      tell(.usageRecorded(.init { ($0.input, $0.output, $0.costUSD) = (1000, 50, 0.25) }), name)
    }
    for gate in 0..<gates {
      tell(
        .gateFailed(
          .init { ($0.gate, $0.stage, $0.seconds) = ("GATE \"\(gate)\"\\", .attempt, 1.5) }),
        names[0])
    }
    for name in names { tell(.taskCompleted(.init()), name) }
    timeline.end(live: nil)
    return RunMetrics(timeline, state).families(state, isLive: true, version: "1.0")
  }

  @Test func bothFormatsSayTheSame() {
    let open = Exposition.openMetrics.text(families())
    let old = Exposition.prometheus.text(families())
    #expect(open.hasSuffix("\n# EOF\n") && !old.contains("# EOF") && !old.contains("# UNIT"))
    func samples(_ text: String) -> [Substring] {
      text.split(separator: "\n").filter { !$0.hasPrefix("#") }
    }
    #expect(samples(open) == samples(old))
    #expect(
      open.contains("# TYPE uet_attempts counter\n") && open.contains("# TYPE uet_run info\n"))
    #expect(old.contains("# TYPE uet_attempts_total counter\n"))
    #expect(old.contains("# TYPE uet_run_info gauge\n"))
    #expect(open.contains("# UNIT uet_gate_seconds seconds\n"))
    #expect(
      open.contains("\nuet_attempts_total 3\n") && open.contains("\nuet_cost_usd_total 0.75\n"))
    #expect(open.contains("uet_tokens_total{kind=\"input\"} 3000\n"))
    #expect(
      open.contains("uet_gate_runs_total{gate=\"GATE \\\"0\\\"\\\\\",result=\"red\"} 1\n"),
      "\(open)")
  }

  @Test func namesFollowTheConventions() {
    for family in families() {
      #expect(family.name.hasPrefix("uet_"))
      #expect(family.name.allSatisfy { $0.isASCII && ($0.isLowercase || $0 == "_") })
      if let unit = family.unit { #expect(family.name.hasSuffix("_" + unit)) }
      #expect(family.unit != nil || !family.name.hasSuffix("_seconds"))
      #expect(!family.name.hasSuffix("_total") && !family.name.hasSuffix("_info"))
      #expect(family.help.hasSuffix("."))
    }
    #expect(Set(families().map(\.name)).count == families().count)
  }

  @Test func howManySeriesThereAreDoesNotGrow() {
    func series(_ families: [MetricFamily]) -> Int { families.reduce(0) { $0 + $1.samples.count } }
    #expect(series(families(workstreams: 2)) == series(families(workstreams: 500)))
    #expect(series(families(gates: 51)) == series(families(gates: 400)))
    let text = Exposition.openMetrics.text(families(gates: 60))
    #expect(text.contains("uet_gate_runs_total{gate=\"other\",result=\"red\"} 10\n"))
  }
}
