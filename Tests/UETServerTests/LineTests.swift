import Testing
import UETModel
import UETTestSupport

@testable import UETServer

/// Which candidates of a line may go, and what is kept of them. Pure.
@Suite struct LineTests {
  /// Commits are numbers; each holds those that are listed.
  private static func id(_ number: Int) -> ObjectID {
    ObjectID(String(repeating: "0", count: 36) + String(1000 + number)) ?? .zero
  }

  private static func candidate(
    _ topic: String, _ tip: Int, at second: Int64 = 0, state: PushedCandidate.State = .waiting,
    _ change: (inout PushedCandidate) -> Void = { _ in }
  ) -> PushedCandidate {
    var candidate = PushedCandidate(
      state: state, branch: "main", topic: topic, tip: id(tip), author: "A <a@x>", subject: topic,
      wishes: CandidateWishes(), pushedAt: Timestamp(seconds: second))
    change(&candidate)
    return candidate
  }

  private static func choice(
    _ candidates: [PushedCandidate], landed: Set<String> = [], limit: Int = 50, reviews: Int = 0,
    holding commits: [Int: Set<Int>] = [:]
  ) -> LineChoice {
    LineChoice(
      candidates.sorted(by: PushedCandidate.isBefore), landed: landed, limit: limit,
      reviews: reviews
    ) { tip in
      let number = (1...99).first { id($0) == tip } ?? 0
      return Set((commits[number] ?? []).union([number]).map(id))
    }
  }

  @Test func whatStandsAloneGoesInOrder() {
    let late = Self.candidate("late", 1, at: 5)
    let urgent = Self.candidate("urgent", 2, at: 9) { $0.wishes.priority = -1 }
    let early = Self.candidate("early", 3, at: 1)
    let choice = Self.choice([late, urgent, early])
    #expect(choice.batch.map(\.topic) == ["urgent", "early", "late"])
    #expect(choice.held.isEmpty)
    #expect(
      Self.choice([late, urgent, early], limit: 2).batch.map(\.topic) == ["urgent", "early"])
  }

  @Test func whatContainsAnotherGoesWithItOrWaits() {
    let base = Self.candidate("base", 1, at: 1)
    let stacked = Self.candidate("stacked", 2, at: 0)
    // It comes before it in the order, and goes all the same.
    #expect(Self.choice([base, stacked], holding: [2: [1]]).batch.count == 2)
    for (state, words) in [
      (PushedCandidate.State.aside, "was set aside"), (.withdrawn, "was taken back"),
    ] {
      let gone = Self.candidate("base", 1, at: 1, state: state)
      let choice = Self.choice([gone, stacked], holding: [2: [1]])
      #expect(choice.batch.isEmpty)
      #expect(choice.held == ["stacked": "contains 'base', which \(words)"])
    }
    let renewed = Self.candidate("base", 3, at: 1) { $0.earlier = [Self.id(1)] }
    let choice = Self.choice([renewed, stacked], holding: [2: [1]])
    #expect(choice.batch.map(\.topic) == ["base"])
    #expect(choice.held["stacked"]?.contains("pushed as 'base' before") == true)
    // Who pushes a part of another's work later, or takes it back, holds nobody up.
    for state in [PushedCandidate.State.waiting, .aside, .withdrawn] {
      let late = Self.candidate("z", 1, at: 5, state: state) { $0.by = "mal" }
      let work = Self.candidate("work", 2, at: 1) { $0.by = "bob" }
      #expect(Self.choice([late, work], holding: [2: [1]]).held["work"] == nil, "\(state)")
    }
    let twin = Self.candidate("twin", 1, at: 2)
    #expect(Self.choice([base, twin]).held == ["twin": "is the same commit as 'base'"])
  }

  @Test func dependenciesReviewsAndGates() {
    let one = Self.candidate("one", 1, at: 1)
    let two = Self.candidate("two", 2, at: 2) { $0.wishes.depends = ["one"] }
    #expect(Self.choice([one, two]).batch.map(\.topic) == ["one"])
    // In line again, it is the new one that is meant.
    #expect(Self.choice([one, two], landed: ["one"]).batch.map(\.topic) == ["one"])
    #expect(Self.choice([two], landed: ["one"]).batch.map(\.topic) == ["two"])
    #expect(Self.choice([two]).held["two"]?.contains("not in the line") == true)
    #expect(Self.choice([one], reviews: 2).held == ["one": "waits for 2 reviews"])
    let seen = Self.candidate("one", 1) { $0.approvals = ["a", "b"] }
    #expect(Self.choice([seen], reviews: 2).batch.count == 1)
    let slow = Self.candidate("slow", 3, at: 3) { $0.wishes.gates = ["GATE_SLOW"] }
    let more = Self.candidate("more", 4, at: 4)
    let choice = Self.choice([one, slow, more])
    #expect(choice.batch.map(\.topic) == ["one", "more"])
    #expect(choice.held["slow"]?.contains("other gates") == true)
  }

  /// Random lines: a candidate never goes without what it contains, and one that may go does.
  @Test func noneGoesWithoutWhatItContains() {
    let seed = UInt64.random(in: 0...UInt64.max)
    var random = SeededGenerator(seed: seed)
    for _ in 0..<2_000 {
      let count = Int.random(in: 1...8, using: &random)
      var commits: [Int: Set<Int>] = [:]
      var line: [PushedCandidate] = []
      for number in 1...count {
        var held: Set<Int> = []
        for other in 1..<number where Int.random(in: 0..<4, using: &random) == 0 {
          held.formUnion((commits[other] ?? []).union([other]))
        }
        commits[number] = held
        let states: [PushedCandidate.State] = [.waiting, .waiting, .waiting, .aside, .withdrawn]
        line.append(
          Self.candidate(
            "t\(number)", number, at: Int64.random(in: 0...9, using: &random),
            state: states.randomElement(using: &random) ?? .waiting))
      }
      let choice = Self.choice(line, holding: commits)
      let taken = Set(choice.batch.map(\.topic))
      for number in 1...count where line[number - 1].state == .waiting {
        let needed = Set((commits[number] ?? []).map { "t\($0)" })
        #expect(
          taken.contains("t\(number)") == needed.isSubset(of: taken), "seed \(seed): \(line)")
        #expect(taken.contains("t\(number)") == (choice.held["t\(number)"] == nil))
      }
    }
  }

  @Test func whatIsWrittenIsReadAgain() throws {
    var candidate = Self.candidate("a/b", 1, at: 7, state: .aside) {
      ($0.by, $0.reason, $0.earlier) = ("eva", "GATE \"x\"\n\nfailed", [Self.id(2)])
      ($0.run, $0.workstream) = (RunID("20261130-184832-3b11"), WorkstreamID("ws-a"))
      $0.approvals = ["bob"]
      ($0.wishes.scope, $0.wishes.gates) = (["src/**"], ["G"])
      ($0.wishes.depends, $0.wishes.priority) = (["c"], -3)
    }
    candidate.id = Self.id(9)
    #expect(PushedCandidate(message: candidate.message, id: Self.id(9)) == candidate)
    #expect(PushedCandidate(message: "queue a\n\n{\"version\":2}", id: .zero) == nil)
    #expect(PushedCandidate(message: "some commit", id: .zero) == nil)

    var line = LineState(branch: "main")
    (line.frozen, line.frozenBy, line.held) = ("x", "boss", ["t": "waits"])
    line.note(seconds: 10)
    line.note(landed: ["a", "b"])
    line.current = LineState.Current(
      run: try #require(RunID("20261130-184832-3b11")), startedAt: Timestamp(seconds: 3),
      members: [
        LineState.Member(
          topic: "t", candidate: Self.id(1), tip: Self.id(2),
          workstream: try #require(WorkstreamID("ws-t")))
      ])
    line.id = Self.id(3)
    #expect(LineState(message: line.message("x"), id: Self.id(3)) == line)
    // What people give as a reason is told, and changes nothing else.
    let hostile = "x\n\n{\"version\":1,\"branch\":\"other\"}"
    #expect(LineState(message: line.message(hostile), id: Self.id(3)) == line)
  }

  @Test func whatIsToldOfAPlace() {
    var line = LineState(branch: "main")
    let first = Self.candidate("first", 1)
    let second = Self.candidate("second", 2, at: 1)
    var outlook = LineOutlook(line, [first, second], now: Timestamp(seconds: 100))
    #expect(outlook.place(of: second) == "number 2 in line")
    line.note(seconds: 60)
    line.current = LineState.Current(
      run: RunID(startedAt: Timestamp(seconds: 80), salt: 1), startedAt: Timestamp(seconds: 80),
      members: [
        LineState.Member(
          topic: "first", candidate: first.id, tip: first.tip, workstream: WorkstreamID("ws-a")!)
      ])
    outlook = LineOutlook(
      line, [first, Self.candidate("second", 2, at: 1) { $0.id = Self.id(5) }],
      now: Timestamp(seconds: 100))
    #expect(outlook.place(of: first) == "it is being tested, decided in about 40 s")
    #expect(
      outlook.place(of: Self.candidate("second", 2, at: 1) { $0.id = Self.id(5) })
        == "number 1 in line; 1 being tested, decided in about 2 min")
  }

  @Test func namesOfPushes() {
    let branches: Set<String> = ["main", "release/1.0"]
    func read(_ name: String) -> String? {
      PushedName(name, below: LineNames.pushed, isBranch: branches.contains).map {
        "\($0.branch) \($0.topic ?? "-")"
      }
    }
    #expect(read("refs/for/main") == "main -")
    #expect(read("refs/for/main/a/b") == "main a/b")
    #expect(read("refs/for/release/1.0/x") == "release/1.0 x")
    #expect(read("refs/for/release") == nil)
    #expect(read("refs/for/mainly") == nil)
    #expect(read("refs/heads/main") == nil)
    #expect(Topic.telling("Fix: the PARSER (again)!\n\nbody") == "fix-the-parser-again")
    #expect(Topic.telling("\u{1F600}") == "change")
  }

  @Test func optionsOfAPush() throws {
    let known = ["GATE_A"]
    let wishes = try CandidateWishes(
      options: [
        "uet.scope=src/**", "uet.scope=docs", "uet.gate=GATE_A", "uet.gate=GATE_A",
        "uet.depends=x", "uet.priority=-5", "ci.skip",
      ], gates: known)
    #expect(wishes.scope == ["src/**", "docs"])
    #expect(wishes.gates == ["GATE_A"])
    #expect((wishes.depends, wishes.priority) == (["x"], -5))
    for bad in [
      "uet.scope", "uet.scope=", "uet.scope=/etc", "uet.gate=GATE_B", "uet.priority=x",
      "uet.priority=1001", "uet.foo=1", "uet.depends=a\u{202E}b",
      "uet.scope=" + String(repeating: "a", count: 2_000),
    ] {
      #expect(throws: OptionFault.self) { try CandidateWishes(options: [bad], gates: known) }
    }
    #expect(throws: OptionFault.self) {
      try CandidateWishes(options: (0..<200).map { "uet.depends=t\($0)" }, gates: known)
    }
  }
}
