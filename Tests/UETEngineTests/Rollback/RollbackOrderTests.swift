import Testing
import UETModel
import UETPlanning

@testable import UETEngine

@Suite struct RollbackOrderTests {
  /// What landed, each with what it builds on, in the order of landing.
  private func state(_ landed: KeyValuePairs<String, [String]>) -> RunState {
    var state = RunState(run: RunID(startedAt: Timestamp(seconds: 0), salt: 1))
    for (index, (name, bases)) in landed.enumerated() {
      var record = WorkstreamRecord(id: id(name), dependsOn: bases.map(id))
      record.state = .landed
      record.candidate = CandidateRecord(tip: .zero)
      record.candidate?.admittedAt = index + 1
      state.add(record)
    }
    return state
  }

  private func id(_ name: String) -> WorkstreamID {
    guard let id = WorkstreamID("ws-" + name) else { preconditionFailure(name) }
    return id
  }

  private func order(
    _ wanted: [String], _ state: RunState, _ declared: [String] = [], dependents: Bool = false
  ) throws(RollbackRefusal) -> [String] {
    var phase = Phase(name: "p")
    phase.rollbackOrder = declared.map(id)
    return try RollbackOrder(state: state, phases: [phase])
      .order(of: wanted.map(id), withDependents: dependents)
      .map { String($0.rawValue.dropFirst(3)) }
  }

  @Test func whatLandedLastGoesFirst() throws {
    let state = state(["a": [], "b": [], "c": []])
    #expect(try order(["a", "c", "b"], state) == ["c", "b", "a"])
  }

  @Test func aPhasesOwnOrderHoldsButForWhatBuildsOnAnother() throws {
    let state = state(["a": [], "b": [], "c": ["a"]])
    #expect(try order(["a", "b", "c"], state, ["b", "a", "c"]) == ["b", "c", "a"])
    #expect(try order(["a", "b", "c"], state, ["c", "a", "b"]) == ["c", "a", "b"])
  }

  @Test func dependentsOfDependentsAreNamedOrTakenAlong() throws {
    let state = state(["a": [], "b": ["a"], "c": ["b"], "d": []])
    #expect(throws: RollbackRefusal.hasDependents(id("a"), dependents: [id("c"), id("b")])) {
      try order(["a"], state)
    }
    #expect(try order(["a"], state, dependents: true) == ["c", "b", "a"])
    #expect(try order(["a", "b", "c"], state) == ["c", "b", "a"], "all are named already")
  }

  @Test func resultsThatAnAttemptContainedCountAsWell() throws {
    var state = state(["a": [], "b": []])
    var attempt = AttemptRecord(number: 1, worker: nil, assignedAt: Timestamp(seconds: 0))
    attempt.outcome = .succeeded
    attempt.inputs = [.init(workstream: id("a"), commit: .zero)]
    state.update(id("b")) { $0.attempts = [attempt] }
    #expect(throws: RollbackRefusal.hasDependents(id("a"), dependents: [id("b")])) {
      try order(["a"], state)
    }
  }

  @Test func oneThatDidNotLandIsNoDependent() throws {
    var state = state(["a": [], "b": ["a"]])
    state.update(id("b")) { $0.state = .succeeded }
    #expect(try order(["a"], state) == ["a"])
  }

  @Test func conflictMarkersAreFoundWhereBothAre() {
    #expect(ConflictMarkers.isMarked(Array("a\n<<<<<<< ours\nb\n=======\nc\n>>>>>>> x\n".utf8)))
    #expect(!ConflictMarkers.isMarked(Array("a\n=======\n>>>>>>> x\n<<<<<<< y\n".utf8)))
    #expect(!ConflictMarkers.isMarked(Array(" <<<<<<< ours\n >>>>>>> x\n".utf8)))
  }
}
