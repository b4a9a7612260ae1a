import Testing
import UETModel
import UETReporting
import UETTestSupport

@testable import UETCLI

/// What the monitor shows at fixed sizes, and what its keys do.
@Suite struct MonitorTests {
  private static let start = Timestamp(seconds: 1_800_000_000)

  private static func id(_ number: Int) -> WorkstreamID {
    WorkstreamID("ws-part-\(number < 10 ? "0" : "")\(number)")!
  }

  /// Twenty workstreams on four workers: some done, some at work, one tested, one that asks.
  private static func facts() -> MonitorFacts {
    var state = RunState(run: RunID(startedAt: start, salt: 1))
    (state.startedAt, state.workers) = (start, 4)
    for number in 0..<20 {
      var record = WorkstreamRecord(id: id(number))
      func attempt(_ outcome: AttemptRecord.Outcome, _ seconds: Double) -> AttemptRecord {
        var attempt = AttemptRecord(number: 1, worker: "w\(number % 4 + 1)", assignedAt: start)
        attempt.outcome = outcome
        attempt.endedAt = outcome == .running ? nil : start.advanced(bySeconds: seconds)
        attempt.spending.tokens = 1500 * number
        attempt.spending.spent = Money(dollars: 0.5)
        return attempt
      }
      switch number {
      case 0...3:
        record.state = .succeeded
        record.attempts = [attempt(.succeeded, Double(100 + 20 * number))]
        record.tip = ObjectID(String(repeating: "a", count: 40))
      case 4:
        record.state = .queued
        record.attempts = [attempt(.succeeded, 90)]
        record.gates = [GateRecord(name: "GATE_UNIT", stage: .integration, result: .running)]
      case 5: record.state = .queued
      case 6...9:
        record.state = .running
        record.attempts = [attempt(.running, 0)]
      case 10:
        record.state = .quarantined
        record.reason = "the tool failed"
      case 11: record.state = .ready
      default: record.dependsOn = [id(9)]
      }
      state.add(record)
    }
    let workers = (1...4).map { number in
      var worker = WorkerRecord(name: "w\(number)", state: .busy)
      worker.workstream = id(number + 5)
      return worker
    }
    state.pool = WorkerPool(workers)
    var facts = MonitorFacts(state: state, now: start.advanced(bySeconds: 200))
    facts.isHeld = true
    facts.clock = { _ in "18:40:12 CET" }
    facts.lastLines = [
      id(6): "\u{1B}[2Jcompiling 漢字 and more than there is room for " + "x y ".repeated(80)
    ]
    facts.waits = [id(11): "waits for a free worker"]
    facts.events = (1...60).map { "18:40:00  event \($0)" }
    let planned = (0..<20).map { (id($0), TimeLeft.Planned(duration: 100, chain: 100)) }
    facts.timeLeft = TimeLeft(planned: Dictionary(uniqueKeysWithValues: planned))
    return facts
  }

  private func model(_ columns: Int = 80, _ rows: Int = 24) -> MonitorModel {
    MonitorModel(Self.facts(), ScreenShape(columns: columns, rows: rows))
  }

  private func text(_ model: MonitorModel) -> [String] { model.lines.map(\.text) }

  private func press(_ model: inout MonitorModel, _ text: String) -> [MonitorEffect] {
    text.flatMap { model.press([.character($0)]) }
  }

  @Test(arguments: [(80, 24), (200, 50), (132, 36), (40, 10), (20, 5), (1, 1)])
  func everyScreenIsAsLargeAsItsTerminal(_ columns: Int, _ rows: Int) {
    var model = model(columns, rows)
    for keys in ["", "?", "x/zzz", "\u{8}"] {
      _ = press(&model, keys)
      #expect(model.lines.count == rows)
      #expect(model.lines.allSatisfy { $0.columns <= columns })
    }
    model = self.model(columns, rows)
    for key in [Key.down, .enter, .tab, .tab, .pageDown, .escape, .end, .home] {
      _ = model.press([key])
      model.show((0..<99).map { "line \($0)" }, of: Self.id(7), .log)
      #expect(model.lines.count == rows && model.lines.allSatisfy { $0.columns <= columns })
    }
  }

  @Test func theFirstScreenAt80Columns() {
    let lines = text(model())
    #expect(
      lines[0] == " run 20270115-080000-0001  RUNNING".padded(to: 67) + "18:40:12 CET ")
    #expect(
      lines[1]
        == " 7/20 settled: 8 pending, 1 ready, 4 running, 4 succeeded, 1 quarantined, 2 que…")
    #expect(lines[2] == " took 3m 20s; about 3m 17s left (2m 05s to 4m 15s, going by 5 done)")
    #expect(lines[3] == " 4 workers, 4 at work; 60k tokens")
    #expect(lines[4].hasPrefix(" by workstream state"))
    // Those at work first, by worker; the first is selected.
    #expect(lines[5].hasPrefix(" w1 ws-part-08 RUNNING") || lines[5].hasPrefix(">w1 ws-part-08"))
    let cut = lines.first { $0.contains("ws-part-06") }
    #expect(cut?.hasSuffix("…") == true && cut?.contains("\\u{1b}[2Jcompiling") == true)
    #expect(lines.contains { $0.contains("GATE_UNIT") })
    #expect(lines.contains(" queue: 1 tested, 1 waiting"))
    #expect(lines[23].hasPrefix(" Enter look") && lines[23].hasSuffix("q quit"))
    #expect(!lines.contains { $0.contains("last events") })
  }

  @Test func alLargeScreenShowsAllOfIt() {
    let lines = text(model(200, 50))
    for number in 0..<20 { #expect(lines.contains { $0.contains(Self.id(number).rawValue) }) }
    #expect(lines.contains("  18:40:00  event 60") && !lines.contains("  18:40:00  event 40"))
    #expect(lines.contains { $0.contains("waits for a free worker") })
    #expect(lines.contains { $0.contains("waits for ws-part-09") })
    #expect(lines.contains { $0.contains("the tool failed") })
  }

  @Test func whatIsSelectedStaysInSight() throws {
    var model = model(80, 16)
    for key in [Key.down, .down, .end, .pageUp, .up, .home, .pageDown, .pageDown, .pageDown] {
      _ = model.press([key])
      let selected = try #require(model.selected)
      let shown = model.table.filter { $0.text.hasPrefix(">") }
      #expect(shown.count == 1 && shown[0].text.contains(selected.rawValue))
    }
    // It stays selected when it stands elsewhere, and another is when it is gone.
    _ = model.press([.home])
    let before = try #require(model.selected)
    var facts = Self.facts()
    facts.state.update(before) { $0.state = .cancelled }
    model.facts = facts
    #expect(model.selected == before && model.table.contains { $0.text.hasPrefix(">") })
    model.filter = "quarantined"
    #expect(model.rows.map(\.id) == [Self.id(10)] && model.selected == Self.id(10))
  }

  @Test func wordsChooseWhatIsShown() {
    var model = model()
    _ = press(&model, "/part-1 pend")
    #expect(model.isTyping && model.rows.count == 8)
    #expect(text(model)[22] == " /part-1 pend_")
    // Letters are no commands while one types.
    #expect(model.question == nil && model.detail == nil)
    _ = model.press([.enter])
    #expect(!model.isTyping && model.rows.count == 8)
    _ = model.press([.escape])
    #expect(model.rows.count == 20)
    _ = press(&model, "/nothing")
    #expect(text(model).contains("  nothing holds 'nothing'"))
    #expect(model.selected == nil && press(&model, "\u{1}").isEmpty)
    _ = model.press([.escape])
    #expect(model.selected != nil)
  }

  @Test func whatChangesSomethingIsAskedFirst() throws {
    var model = model()
    let id = try #require(model.selected)
    for (key, deed) in [
      ("p", MonitorDeed.pause), ("c", .cancel(id)), ("r", .retry(id)), ("o", .open(id)),
    ] {
      #expect(press(&model, key).isEmpty && model.question == deed)
      #expect(text(model)[22] == " \(deed.question) [y/N]")
      #expect(press(&model, "n").isEmpty && model.question == nil)
      #expect(text(model)[22] == " not done")
      _ = press(&model, key)
      #expect(press(&model, "y") == [.perform(deed)])
    }
    // A yes that was typed before the question does not count.
    #expect(model.press([.character("c"), .character("y")]).isEmpty && model.question != nil)
    _ = model.press([.escape])
    #expect(press(&model, "a").isEmpty && model.question == nil)
    #expect(text(model)[22] == " \(id) has no result to approve")
    model.filter = "succeeded"
    _ = press(&model, "a")
    let tip = try #require(model.record?.tip)
    #expect(press(&model, "y") == [.perform(.approve(Self.id(0), tip))])
    var facts = Self.facts()
    facts.state.status = .paused
    model.facts = facts
    #expect(text(model)[23].contains("p go on"))
    _ = press(&model, "p")
    #expect(press(&model, "y") == [.perform(.resume)])
  }

  @Test func keysThatLeave() {
    var model = model()
    #expect(press(&model, "q") == [.quit])
    #expect(model.press([.interrupt]) == [.interrupt])
    #expect(model.press([.suspend]) == [.suspend])
    _ = model.press([.enter])
    // In a workstream it goes back.
    #expect(press(&model, "q").isEmpty && model.detail == nil)
    _ = press(&model, "/")
    #expect(press(&model, "q").isEmpty && model.filter == "q")
    #expect(model.press([.interrupt]) == [.interrupt])
  }

  @Test func aWorkstreamIsLookedAt() throws {
    var model = model()
    let id = try #require(model.selected)
    #expect(model.press([.enter]) == [.load(id, .log)])
    #expect(text(model)[3] == "  ...")
    let log = (1...100).map { "line \($0)" }
    model.show(log, of: id, .log)
    // The end is in sight, and stays so while the log grows.
    #expect(text(model).contains("line 100") && text(model)[2].contains("following"))
    model.show(log + ["the last"], of: id, .log)
    #expect(text(model).contains("the last"))
    _ = model.press([.up])
    model.show(log + ["the last", "another"], of: id, .log)
    #expect(!text(model).contains("another") && text(model).contains("line 100"))
    _ = model.press([.end])
    #expect(text(model).contains("another"))
    _ = model.press([.home])
    #expect(text(model)[3] == "line 1")
    // What comes for a page that is not looked at any more is dropped.
    #expect(model.press([.tab]) == [.load(id, .diff)])
    model.show(["stale"], of: id, .log)
    #expect(!text(model).contains("stale"))
    model.show(["+new", "-old"], of: id, .diff)
    #expect(text(model)[3] == "+new" && model.lines[3].pieces[0].look == .green)
    #expect(model.press([.character("3")]) == [.load(id, .attempts)])
    #expect(model.press([.left]) == [.load(id, .diff)])
  }
}

extension String {
  fileprivate func padded(to count: Int) -> String {
    self + String(repeating: " ", count: max(0, count - self.count))
  }

  fileprivate func repeated(_ count: Int) -> String { String(repeating: self, count: count) }
}
