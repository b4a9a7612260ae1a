import Testing
import UETGit
import UETModel
import UETTestSupport

@testable import UETEngine

/// Each thing that must hold of a landing, broken by itself.
@Suite struct LandingExaminationTests {
  private let fixture: TestRepository
  private let repository: Repository
  private let base: ObjectID
  private let (a, b): (ObjectID, ObjectID)
  private let (first, second): (ObjectID, ObjectID)

  init() throws {
    fixture = TestRepository()
    base = fixture.commit("base", ["base": "1"])
    a = Self.branch(fixture, "a", from: base)
    b = Self.branch(fixture, "b", from: base)
    first = Self.merge(fixture, a, onto: base)
    second = Self.merge(fixture, b, onto: first)
    repository = try Repository.open(
      discoveringFrom: fixture.path, environment: fixture.environment)
  }

  private static func branch(
    _ fixture: TestRepository, _ name: String, from start: ObjectID
  ) -> ObjectID {
    fixture.git("checkout", "-q", "--detach", start.hex)
    return fixture.commit("work on \(name)", [name: name])
  }

  private static func merge(
    _ fixture: TestRepository, _ tip: ObjectID, onto target: ObjectID
  ) -> ObjectID {
    fixture.git("checkout", "-q", "--detach", target.hex)
    fixture.git("merge", "-q", "--no-ff", "-m", "merge", tip.hex)
    return fixture.id("HEAD")
  }

  private func id(_ name: String) throws -> WorkstreamID { try #require(WorkstreamID(name)) }

  private func state(passed: Bool? = true, bases: [ObjectID]? = nil) throws -> RunState {
    var state = RunState(run: RunID(startedAt: Timestamp(seconds: 0), salt: 1))
    state.base = base
    for (index, (name, tip)) in [("ws-a", a), ("ws-b", b)].enumerated() {
      var record = WorkstreamRecord(id: try id(name))
      var candidate = CandidateRecord(tip: tip)
      candidate.base = bases?[index] ?? base
      record.candidate = candidate
      if let passed, index == 1 {
        let tree = try repository.treeID(of: second)
        record.verdicts = [
          VerdictRecord(tree: tree, gate: "GATE_UNIT", key: "k", passed: passed)
        ]
      }
      state.add(record)
    }
    return state
  }

  private func proof(
    commit: ObjectID? = nil, start: ObjectID? = nil, tree: ObjectID? = nil,
    merges: [(String, ObjectID, ObjectID)]? = nil, gates: [String] = ["GATE_UNIT"]
  ) throws -> LandingProof {
    let merges = merges ?? [("ws-a", a, first), ("ws-b", b, second)]
    let commit = commit ?? second
    return LandingProof(
      target: "refs/heads/main", old: start ?? base, start: start ?? base, commit: commit,
      tree: try tree ?? repository.treeID(of: commit),
      merges: try merges.map { name, tip, merge in
        LandingProof.Merge(workstream: try id(name), tip: tip, commit: merge)
      }, gates: gates.map { LandingProof.PassedGate(name: $0, key: "k") })
  }

  private func problems(_ proof: LandingProof, _ state: RunState? = nil) throws -> [String] {
    let state = try state ?? self.state()
    let examination = LandingExamination(
      repository: repository, state: state, required: ["GATE_UNIT"])
    return try examination.problems(of: proof)
  }

  @Test func aSoundOneHasNoProblems() throws {
    #expect(try problems(proof()) == [])
  }

  @Test func anUntestedTreeIsNamed() throws {
    let tree = try repository.treeID(of: second).short
    let expected = ["no record that GATE_UNIT passed on tree \(tree)"]
    #expect(try problems(proof(), state(passed: nil)) == expected)
    #expect(try problems(proof(), state(passed: false)) == expected)
  }

  @Test func aMissingGateIsNamed() throws {
    let found = try problems(proof(gates: []))
    #expect(found == ["GATE_UNIT, which every landed tree must pass, is not among its gates"])
  }

  @Test func anotherTreeIsNamed() throws {
    let other = try repository.treeID(of: first)
    #expect(try problems(proof(tree: other)).first?.contains("was tested") == true)
  }

  @Test func aCommitSlippedInIsNamed() throws {
    fixture.git("checkout", "-q", "--detach", first.hex)
    let stray = fixture.commit("stray", ["stray": "1"])
    let last = Self.merge(fixture, b, onto: stray)
    let found = try problems(
      proof(commit: last, merges: [("ws-a", a, first), ("ws-b", b, last)]))
    #expect(found.contains("\(stray.short) is in it, and belongs to no candidate that landed"))
  }

  @Test func aMergeOfSomethingElseIsNamed() throws {
    let found = try problems(proof(merges: [("ws-a", a, first), ("ws-b", a, second)]))
    #expect(found == ["\(second.short) is not the merge of 'ws-b'"])
  }

  @Test func aMissingMergeIsNamed() throws {
    let found = try problems(proof(merges: [("ws-b", b, second)]))
    #expect(found == ["its first merge is onto \(first.short), not onto \(base.short)"])
  }

  /// Its history says that what it needs is there, and it was taken out: by a revert, or on record.
  @Test func whatWasTakenOutUnderACandidateIsNamed() async throws {
    fixture.git("checkout", "-q", "--detach", first.hex)
    fixture.git("revert", "--no-edit", "-m", "1", "HEAD")
    let reverted = fixture.id("HEAD")
    let tip = Self.branch(fixture, "c", from: a)
    let git = SealedGit(repository: repository, environment: fixture.environment)
    for (start, isTakenOut) in [(first, false), (reverted, true)] {
      for isOnRecord in [false, true] {
        let merge = Self.merge(fixture, tip, onto: start)
        var state = try state()
        try state.update(id("ws-a")) { record in
          record.state = isOnRecord ? .rolledBack : .landed
          record.integrated = first
        }
        try state.update(id("ws-b")) { record in
          record.candidate?.inputs = [AttemptRecord.Input(workstream: try id("ws-a"), commit: a)]
        }
        let examination = LandingExamination(repository: repository, state: state, required: [])
        let found = try await examination.undoneInputs(
          of: proof(commit: merge, start: start, merges: [("ws-b", tip, merge)]), git)
        #expect(found.isEmpty == (!isTakenOut && !isOnRecord), "\(found)")
        #expect(found.allSatisfy { $0.hasPrefix("'ws-b' builds on 'ws-a', which was ") })
      }
    }
  }

  /// The base of a candidate is not in the target: its history would come along unasked.
  @Test func historyThatComesAlongIsNamed() throws {
    fixture.git("checkout", "-q", "--detach", base.hex)
    let foreign = fixture.commit("foreign", ["foreign": "1"])
    let tip = Self.branch(fixture, "c", from: foreign)
    let merge = Self.merge(fixture, tip, onto: base)
    var state = try state(bases: [foreign, base])
    try state.update(id("ws-a")) { record in
      record.candidate?.tip = tip
      let tree = try repository.treeID(of: merge)
      record.verdicts = [VerdictRecord(tree: tree, gate: "GATE_UNIT", key: "k", passed: true)]
    }
    state.base = foreign
    let found = try problems(proof(commit: merge, merges: [("ws-a", tip, merge)]), state)
    #expect(
      found == ["\(foreign.short) came with it, and belongs to no candidate that landed"])
  }
}
