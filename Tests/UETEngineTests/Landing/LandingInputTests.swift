import Testing
import UETGit
import UETModel
import UETPlanning
import UETTestSupport

@testable import UETEngine

/// What a landing says of gates that ran on another tree with the same inputs, and what it would be
/// to lie about it.
@Suite struct LandingInputTests {
  private let fixture = TestRepository()
  private let repository: Repository
  private let gate: Gate
  private let (base, other, landed): (ObjectID, ObjectID, ObjectID)

  init() throws {
    fixture.commit("base", ["src/a": "1\n", "docs/b": "1\n"])
    base = fixture.id("HEAD^{tree}")
    fixture.commit("source", ["src/a": "2\n"])
    other = fixture.id("HEAD^{tree}")
    fixture.commit("docs", ["docs/b": "2\n"])
    landed = fixture.id("HEAD^{tree}")
    repository = try Repository.open(
      discoveringFrom: fixture.path, environment: fixture.environment)
    let (configuration, problems) = Configuration.load(
      Array("gates: {GATE_UNIT: {command: [\"true\"], inputs: [src]}}\n".utf8), file: "c.yaml")
    try #require(!problems.hasErrors)
    gate = try #require(Gate(named: "GATE_UNIT", configuration: configuration))
  }

  private func cut(_ tree: ObjectID) throws -> ObjectID {
    try #require(try GateCuts(repository).cut(tree, for: gate, nil))
  }

  /// What is wrong with a landing of `landed`, where the verdict and the landing say these.
  private func problems(
    verdict: VerdictRecord, inputs: ObjectID?, tested: ObjectID?, isDeclared: Bool = true,
    gate: Gate? = nil
  ) throws -> [String] {
    var state = RunState(run: RunID(startedAt: Timestamp(seconds: 0), salt: 1))
    state.verdicts = [verdict]
    let commit = fixture.id("HEAD")
    let proof = LandingProof(
      target: "refs/heads/main", old: commit, start: commit, commit: commit, tree: landed,
      merges: [],
      gates: [.init(name: "GATE_UNIT", key: "k", inputs: inputs, testedTree: tested)])
    return try LandingExamination(
      repository: repository, state: state, required: ["GATE_UNIT"],
      reading: isDeclared ? [gate ?? self.gate] : []
    ).problems(of: proof).filter { $0.contains("GATE_UNIT") }
  }

  private func verdict(
    _ tree: ObjectID, inputs: ObjectID?, passed: Bool = true, tested: ObjectID? = nil
  ) -> VerdictRecord {
    VerdictRecord(
      tree: tree, gate: "GATE_UNIT", key: "k", passed: passed, event: 3, inputs: inputs,
      testedTree: tested)
  }

  @Test func theSameInputsAreProof() throws {
    let cut = try cut(other)
    #expect(try self.cut(landed) == cut)
    let found = try problems(
      verdict: verdict(other, inputs: cut), inputs: cut, tested: other)
    #expect(found == [])
  }

  @Test func otherInputsAreNone() throws {
    let (new, old) = (try cut(landed), try cut(base))
    // The landing names inputs that its tree does not have.
    #expect(
      try problems(verdict: verdict(base, inputs: old), inputs: old, tested: base)
        == ["what GATE_UNIT reads of tree \(landed.short) is not what it says"])
    // The verdict names inputs that the tree it was given on does not have.
    #expect(
      try problems(verdict: verdict(base, inputs: new), inputs: new, tested: other)
        == ["GATE_UNIT ran on tree \(base.short), whose inputs are not those of \(landed.short)"])
    #expect(
      try problems(
        verdict: verdict(other, inputs: new, tested: base), inputs: new, tested: other)
        == ["GATE_UNIT ran on tree \(base.short), whose inputs are not those of \(landed.short)"])
    #expect(
      try problems(verdict: verdict(other, inputs: new), inputs: new, tested: base)
        == ["GATE_UNIT ran on tree \(base.short), whose inputs are not those of \(landed.short)"])
    // Nothing at all was said, or no.
    #expect(
      try problems(verdict: verdict(base, inputs: old), inputs: new, tested: other)
        == ["no record that GATE_UNIT passed on what it reads of tree \(landed.short)"])
    #expect(
      try problems(
        verdict: verdict(other, inputs: new, passed: false), inputs: new, tested: other)
        == ["no record that GATE_UNIT passed on what it reads of tree \(landed.short)"])
  }

  /// That a gate reads a part is the configuration's to say, not the record's.
  @Test func onlyTheConfigurationDeclaresInputs() throws {
    let cut = try cut(other)
    #expect(
      try problems(
        verdict: verdict(other, inputs: cut), inputs: cut, tested: other, isDeclared: false)
        == ["GATE_UNIT is not declared to read a part of tree \(landed.short) alone"])
    #expect(
      try problems(verdict: verdict(other, inputs: cut), inputs: nil, tested: other)
        == ["no record that GATE_UNIT passed on tree \(landed.short)"])
  }

  /// What a gate was seen to read is held against both trees, as the record has it.
  @Test func whatWasLearnedIsProvedAgain() throws {
    let (configuration, _) = Configuration.load(
      Array("gates: {GATE_UNIT: {command: [\"true\"], inputs: auto}}\n".utf8), file: "c.yaml")
    let learning = try #require(Gate(named: "GATE_UNIT", configuration: configuration))
    #expect(learning.learns && learning.readsPart)
    func reads(_ tree: ObjectID) throws -> ObjectID {
      let view = try TreeView(tree, in: repository)
      var reads = TreeReads()
      for path in ["src/a", "src/b"] { try reads.note(TreeReads.parts(Array(path.utf8)), in: view) }
      fixture.git("config", "core.autocrlf", "false")
      return try repository.writeBlob(reads.bytes)
    }
    let (same, other) = (try reads(landed), try reads(base))
    #expect(same == (try reads(self.other)) && same != other)
    func problems(_ inputs: ObjectID, _ tested: ObjectID) throws -> [String] {
      try self.problems(
        verdict: verdict(tested, inputs: inputs), inputs: inputs, tested: tested, gate: learning)
    }
    #expect(try problems(same, self.other) == [])
    let words = "what GATE_UNIT reads of tree \(landed.short) is not what it says"
    #expect(try problems(other, base) == [words])
    #expect(
      try problems(same, base)
        == ["GATE_UNIT ran on tree \(base.short), whose inputs are not those of \(landed.short)"])
    // What is not there, or is something else, proves nothing.
    #expect(
      try problems(ObjectID(String(repeating: "7", count: 40)) ?? .zero, self.other) == [words])
    #expect(try problems(repository.writeBlob(Array("uet reads 1\nx".utf8)), self.other) == [words])
  }
}
