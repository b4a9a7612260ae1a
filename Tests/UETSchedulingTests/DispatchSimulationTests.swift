import Testing
import UETModel
import UETTestSupport

@testable import UETScheduling

@Suite struct DispatchSimulationTests {
  /// Whatever happens, no two conflicting ones run at once, no worker idles without need, each
  /// attempt builds on all it must, a rebuilt machine decides the same, and the run ends.
  @Test func everyRunKeepsTheRulesAndEnds() {
    let failure = Seeds(short: 2000, long: 100_000, also: [1251, 4083, 4835, 71_751]).firstFailure(
      filter: "everyRunKeepsTheRulesAndEnds"
    ) { seed in
      var world = try DispatchWorld(seed: seed)
      world.mayCrashAnywhere = seed % 3 == 0
      try world.take(.start, mayCrash: true)
      if world.machine.state.pool.isEmpty { try world.take(.start) }
      try world.runToTheEnd()
      try world.checkEnd()
    }
    #expect(failure == nil, "\(failure ?? "")")
  }

  /// A run that is killed again and again ends as the one that was left alone.
  @Test func crashesDoNotChangeHowItEnds() {
    let failure = Seeds(short: 500, long: 20_000).firstFailure(
      filter: "crashesDoNotChangeHowItEnds"
    ) { seed in
      var calm = try DispatchWorld(seed: seed, hasOtherTools: false)
      calm.isOrderly = true
      calm.outcomeOf = { DispatchSimulationTests.fate(seed, $1, $2) }
      var struck = calm
      try calm.take(.start)
      while calm.ended == nil { try calm.worldStep() }
      try struck.take(.start)
      var crashes = 0
      while struck.ended == nil {
        if crashes < 20, struck.random.oneIn(4) {
          crashes += 1
          _ = try struck.crash()
        } else {
          try struck.worldStep()
        }
      }
      let ends = { (world: DispatchWorld) in world.machine.state.workstreams.map(\.state) }
      try Violation.unless(
        ends(calm) == ends(struck) && calm.ended == struck.ended,
        "ends as \(ends(struck)), alone as \(ends(calm))")
    }
    #expect(failure == nil, "\(failure ?? "")")
  }

  /// How the attempt after so many failures ends, the same in every run of a seed.
  private static func fate(_ seed: UInt64, _ id: WorkstreamID, _ failures: Int) -> AttemptOutcome? {
    let salt = DispatchPolicy.Retry.salt(testRun, id, attempt: failures)
    var random = SeededGenerator(seed: seed &* 31 &+ salt)
    let outcome = DispatchWorld.anyOutcome(&random, id, failures)
    if case .failed(let failure) = outcome, failure.kind == .mergeConflict { return nil }
    return outcome
  }
}

extension DispatchWorld {
  /// One thing that the world does: an end, a note, or time that passes.
  mutating func worldStep() throws {
    if !preparing.isEmpty, isOrderly || random.oneIn(2) {
      let name = preparing.removeFirst()
      try take(.workerReady(name), mayCrash: crashes)
      return
    }
    if !tests.isEmpty, random.oneIn(3) { return try endTest() }
    let names = live.keys.sorted { ($0.workstream, $0.number) < ($1.workstream, $1.number) }
    if !isOrderly, let record = machine.state.workstreams.first(where: { $0.awaited != nil }),
      names.isEmpty || random.oneIn(4)
    {
      try answer(record)
    } else if !isOrderly, !isQuiet, let name = names.randomElement(using: &random), random.oneIn(12)
    {
      try ask(name)
    } else if let name = names.randomElement(using: &random), !random.oneIn(5) {
      let record = machine.state[name.workstream]
      let failures = record?.attempts.count {
        $0.outcome == .failed && $0.error != .orchestratorCrash
      }
      try end(name, outcomeOf(&random, name.workstream, failures ?? 0))
    } else {
      now = now.advanced(bySeconds: Double(Int.random(in: 1...20, using: &random)))
      try take(.timerFired, mayCrash: crashes)
    }
  }

  /// An attempt asks; mostly it ends for it.
  private mutating func ask(_ name: AttemptName) throws {
    let number = (machine.state[name.workstream]?.lastAttempt?.questions.count ?? 0) + 1
    let asked = EventDraft(
      .questionAsked(
        .init {
          ($0.number, $0.question) = (number, "which?")
          $0.optional = random.oneIn(3) ? true : nil
        }), workstream: name.workstream, attempt: name.number)
    try take(.fact(asked), mayCrash: crashes)
    guard live[name] != nil, !random.oneIn(3),
      let question = machine.state[name.workstream]?.lastAttempt?.questions.first(
        where: \.isHolding)
    else { return }
    try end(name, .failed(AttemptFailure(asking: question)))
  }

  /// A person answers one of its questions.
  private mutating func answer(_ record: WorkstreamRecord) throws {
    guard let question = record.open.randomElement(using: &random),
      let attempt = record.lastAttempt
    else { return }
    let draft = EventDraft(
      .questionAnswered(.init { ($0.number, $0.answer) = (question.number, "that one") }),
      workstream: record.id, attempt: attempt.number)
    try take(.fact(draft), mayCrash: crashes)
  }

  mutating func runToTheEnd() throws {
    var rounds = 0
    while true {
      rounds += 1
      if isQuiet { brokenTools = [] }
      try Violation.unless(rounds < 3000, "does not end: \(machine.state)")
      if let ended {
        if ended != .interrupted, isQuiet || random.oneIn(2) { return }
        self.ended = nil
        try take(.recover(ended: [:], adopted: []))
        if machine.state.status.isOver { self.ended = machine.state.status }
      } else if machine.state.status == .paused, isQuiet || random.oneIn(3) {
        try take(.resume, mayCrash: crashes)
      } else if isQuiet, machine.state.tier != .normal {
        try take(.tier(Self.tier(.normal)), mayCrash: crashes)
      } else if !isQuiet, random.oneIn(4) {
        try meddle()
      } else {
        try worldStep()
      }
    }
  }

  /// One thing that people or confused processes do.
  private mutating func meddle() throws {
    let id = plan.items[Int.random(in: 0..<plan.items.count, using: &random)].id
    let other = plan.items[Int.random(in: 0..<plan.items.count, using: &random)].id
    switch Int.random(in: 0..<22, using: &random) {
    case 20, 21:
      let jobs = Int.random(in: 0...4, using: &random)
      mostJobs = max(mostJobs, jobs)
      try take(.room(Resources([Resources.jobs(of: "grid"): jobs])), mayCrash: true)
    case 18, 19:
      let tier = OperatingTier.allCases.randomElement(using: &random) ?? .normal
      try take(.tier(Self.tier(tier)), mayCrash: true)
    case 17: try replan()
    case 14: brokenTools.formSymmetricDifference(["shell"])
    case 15: brokenTools.formSymmetricDifference(["other"])
    case 16: try take(.workerReady("w\(Int.random(in: 1...4, using: &random))"), mayCrash: true)
    case 0: try take(.pause(reason: nil), mayCrash: true)
    case 1: try take(.cancelAll([id], reason: "not wanted"), mayCrash: true)
    case 2, 3:
      var request = RetryRequest(random.oneIn(3) ? [id, other] : [id], reason: "again")
      request.withDependents = random.oneIn(2)
      try take(.retry(request), mayCrash: true)
    case 4:
      let count = Int.random(in: 1...5, using: &random)
      mostAskedFor = max(mostAskedFor, count)
      try take(.setWorkers(random.oneIn(3) ? .auto : .count(count)), mayCrash: true)
    case 5: try take(.addDependency(id, on: other, reason: nil), mayCrash: true)
    case 6: try take(.drain, mayCrash: true)
    case 7: try take(.stopNow, mayCrash: true)
    case 8: _ = try crash()
    case 9, 10:
      guard let name = reported.randomElement(using: &random), live[name] == nil else { return }
      let count = machine.state.sequence
      try take(.attemptEnded(name, Self.anyOutcome(&random, id, 0) ?? .cancelled(salvage: nil)))
      try Violation.unless(count == machine.state.sequence, "a late end of \(name) was recorded")
    default:
      let draft = EventDraft(
        .taskProgress, workstream: id, attempt: Int.random(in: 1...3, using: &random))
      try take(.fact(draft), mayCrash: true)
    }
  }

  private static func tier(_ tier: OperatingTier) -> TierChange {
    TierChange(from: .normal, to: tier, reason: "simulated", figures: MachineFigures())
  }

  func checkEnd() throws {
    let state = machine.state
    for record in state.workstreams {
      try Violation.unless(record.state.isSettled, "'\(record.id)' ends \(record.state)")
      if record.state == .cancelled {
        try Violation.unless(record.reason?.isEmpty == false, "'\(record.id)' has no reason")
      }
    }
    let all = plan.items.allSatisfy { state[$0.id]?.state.isFinished == true }
    let isRed = !state.redWaves.isEmpty
    try Violation.unless(
      state.status == (all && !isRed ? .succeeded : .failed),
      "\(state.status) though all: \(all), red: \(isRed)")
    for wave in plan.waves {
      let ids = wave.members.map { plan.items[$0].id }
      guard let members = state.combination(of: ids), !members.isEmpty else { continue }
      for gate in wave.gates {
        let record = state.waveGate(gate.name, on: members)
        try Violation.unless(
          record.map { $0.result != .running && !$0.isFault } ?? false,
          "\(gate.name) said nothing of wave \(wave.number)")
      }
    }
    try Violation.unless(live.isEmpty, "processes are left")
    try Violation.unless(
      state.pool.allSatisfy { $0.state == .terminated && $0.workstream == nil }, "workers are left")
  }
}
