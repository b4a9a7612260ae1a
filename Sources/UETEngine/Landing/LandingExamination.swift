import UETGit
import UETModel

/// Proves a landing from the repository: that the tree was tested, that all of every candidate is
/// in it, and that nothing else is.
struct LandingExamination {
  let repository: Repository
  /// The fold of the run's events up to the landing, or later.
  let state: RunState
  /// Names of the gates that every landed tree must have passed.
  let required: [String]
  /// Gates that declare what they read.
  var reading: [Gate] = []
  /// Where it is looked up what they read.
  var cuts: GateCuts?

  /// What does not hold, one sentence each; empty when the landing is proven.
  func problems(of proof: LandingProof) throws(GitError) -> [String] {
    var problems = try treeProblems(proof)
    do throws(GitError) { try repository.judge(proof.commit) } catch {
      guard case .refusedTree = error else { throw error }
      problems.append("\(error)")
    }
    let walk = try lineProblems(proof)
    problems += walk
    // What else is in it can only be said of a line that is what the record says.
    if walk.isEmpty { problems += try contentProblems(proof) }
    return problems
  }

  /// All that keeps a landing from being carried out: what does not hold of its proof, as its event
  /// says it, and results in it that are undone.
  func problems(
    before landing: Told<Fact.Landing>?, _ git: SealedGit
  ) async throws(GitError) -> [String] {
    guard let landing, let proof = LandingProof(landing) else {
      return ["no landing is under way"]
    }
    return try problems(of: proof) + (await undoneInputs(of: proof, git))
  }

  private func treeProblems(_ proof: LandingProof) throws(GitError) -> [String] {
    guard let tree = proof.tree else { return ["no tree is recorded for it"] }
    var problems: [String] = []
    let found = (try? repository.treeID(of: proof.commit))
    if found != tree {
      problems.append(
        "commit \(proof.commit.short) has tree \(found?.short ?? "none"), and \(tree.short) was tested"
      )
    }
    let verdicts = state.allVerdicts
    for gate in proof.gates {
      if let problem = try problem(of: gate, on: tree, verdicts) { problems.append(problem) }
    }
    for name in required where !proof.gates.contains(where: { $0.name == name }) {
      problems.append("\(name), which every landed tree must pass, is not among its gates")
    }
    return problems
  }

  private func problem(
    of gate: LandingProof.PassedGate, on tree: ObjectID, _ verdicts: [VerdictRecord]
  ) throws(GitError) -> String? {
    func last(_ isMeant: (VerdictRecord) -> Bool) -> VerdictRecord? {
      verdicts.filter { $0.gate == gate.name && $0.key == gate.key && isMeant($0) }
        .max { ($0.event ?? 0) < ($1.event ?? 0) }
    }
    guard let inputs = gate.inputs else {
      if last({ $0.tree == tree })?.passed == true { return nil }
      return "no record that \(gate.name) passed on tree \(tree.short)"
    }
    guard let declared = reading.first(where: { $0.name == gate.name }) else {
      return "\(gate.name) is not declared to read a part of tree \(tree.short) alone"
    }
    guard try isCut(inputs, of: tree, declared) else {
      return "what \(gate.name) reads of tree \(tree.short) is not what it says"
    }
    guard let verdict = last({ $0.inputs == inputs }), verdict.passed else {
      return "no record that \(gate.name) passed on what it reads of tree \(tree.short)"
    }
    // It says itself what it read of the tree that it ran on.
    for origin in [verdict.origin, gate.testedTree ?? tree]
    where try !isCut(inputs, of: origin, declared) {
      return "\(gate.name) ran on tree \(origin.short), whose inputs are not those of \(tree.short)"
    }
    return nil
  }

  /// Not where the tree is not here.
  private func isCut(
    _ inputs: ObjectID, of tree: ObjectID, _ gate: Gate
  ) throws(GitError) -> Bool {
    guard repository.contains(tree) else { return false }
    return try (cuts ?? GateCuts(repository)).isCut(inputs, of: tree, for: gate)
  }

  /// The first-parent line from the start holds exactly the recorded merges.
  private func lineProblems(_ proof: LandingProof) throws(GitError) -> [String] {
    guard let last = proof.merges.last else { return ["no merge is recorded for it"] }
    if last.commit != proof.commit {
      return ["commit \(proof.commit.short) is not its last merge, \(last.commit.short)"]
    }
    var expected = proof.commit
    for merge in proof.merges.reversed() {
      if merge.commit != expected {
        return ["\(expected.short) is in it, and belongs to no candidate that landed"]
      }
      guard repository.contains(merge.commit) else { return ["\(merge.commit) is missing"] }
      let parents = try repository.commit(merge.commit).parents
      guard parents.count == 2, parents[1] == merge.tip else {
        return ["\(merge.commit.short) is not the merge of '\(merge.workstream)'"]
      }
      expected = parents[0]
    }
    if expected != proof.start {
      return ["its first merge is onto \(expected.short), not onto \(proof.start.short)"]
    }
    if proof.old != proof.start && proof.old != proof.commit {
      return ["the target was at \(proof.old.short), and \(proof.start.short) was built on"]
    }
    return []
  }

  /// Every commit that came in is a recorded merge or a commit of a candidate that landed.
  private func contentProblems(_ proof: LandingProof) throws(GitError) -> [String] {
    var problems: [String] = []
    var allowed = Set(proof.merges.map(\.commit))
    // Found by one walk: one for each candidate would take the square of their number.
    let brought = try repository.commits(in: proof.commit, notIn: [proof.start])
    let known = Set(brought)
    for merge in proof.merges {
      let isThere =
        if known.contains(merge.tip) { true } else {
          try repository.isAncestor(merge.tip, of: proof.commit)
        }
      guard isThere else {
        problems.append("'\(merge.workstream)' at \(merge.tip.short) is not all in it")
        continue
      }
      allowed.formUnion(try commits(of: merge, proof))
    }
    let foreign = brought.filter { !allowed.contains($0) }
    if !foreign.isEmpty {
      let names = foreign.map(\.short).listed(1)
      problems.append("\(names) came with it, and belongs to no candidate that landed")
    }
    return problems
  }

  /// What a candidate brings: the commits since its base, and the merges that its base was made of.
  private func commits(
    of merge: LandingProof.Merge, _ proof: LandingProof
  ) throws(GitError) -> [ObjectID] {
    guard let candidate = state[merge.workstream]?.candidate, let base = candidate.mergedBase,
      repository.contains(base)
    else { return try repository.commits(in: merge.tip, notIn: [proof.start]) }
    var own = try repository.commits(in: merge.tip, notIn: [base])
    // A repair is made on top of the line itself, whose commits are looked at one by one.
    if candidate.replay != nil || candidate.repairs != nil { return own }
    let known = ([state.base].compactMap { $0 } + candidate.inputs.map(\.commit))
      .filter(repository.contains)
    own += try repository.commits(in: base, notIn: known)
    return try own + emptyCommits(candidate.inputs)
  }

  /// Commits of results that change nothing come along with what was made on top of them.
  private func emptyCommits(
    _ inputs: [AttemptRecord.Input]
  ) throws(GitError) -> [ObjectID] {
    var commits: [ObjectID] = []
    for input in inputs where state[input.workstream]?.hasNothing == true {
      guard let attempt = state[input.workstream]?.attempts.last(where: { $0.tip == input.commit }),
        let base = attempt.base, repository.contains(base), repository.contains(input.commit),
        try repository.treeID(of: base) == repository.treeID(of: input.commit)
      else { continue }
      let known = ([base, state.base].compactMap { $0 } + attempt.inputs.map(\.commit))
        .filter(repository.contains)
      commits += try repository.commits(in: input.commit, notIn: known)
    }
    return commits
  }
}

extension LandingExamination {
  /// Results that a candidate was made on, and that were taken out again before it was merged: its
  /// history says that they are there, so what was tested lacks what it needs. One sentence each.
  func undoneInputs(of proof: LandingProof, _ git: SealedGit) async throws(GitError) -> [String] {
    guard repository.contains(proof.start) else { return [] }
    let members = Set(proof.merges.map(\.workstream))
    var problems: [String] = []
    var presence: TargetPresence?
    defer { presence?.close() }
    for merge in proof.merges {
      for input in state[merge.workstream]?.candidate?.inputs ?? []
      where !members.contains(input.workstream) {
        guard let record = state[input.workstream] else { continue }
        let words = "'\(merge.workstream)' builds on '\(input.workstream)', which "
        if record.state == .rolledBack {
          problems.append("\(words)was taken out of the target")
          continue
        }
        guard record.state == .landed, let commit = record.integrated else { continue }
        if presence == nil {
          presence = try TargetPresence(git, target: proof.target, tip: proof.start)
        }
        guard case .undone(let removal)? = try await presence?.standing(ofLanded: commit) else {
          continue
        }
        problems.append("\(words)was \(removal.words) before")
      }
    }
    return problems
  }
}

/// What a landing stands on, as its event says it: where it began, each merge, and the gates that
/// passed.
package struct LandingProof: Hashable, Sendable {
  package struct Merge: Hashable, Sendable {
    package let workstream: WorkstreamID
    /// What was merged, and the merge commit.
    package let tip: ObjectID
    package let commit: ObjectID
  }

  package struct PassedGate: Hashable, Sendable {
    package let name: String
    package let key: String
    /// What it read of the tree; nil where that was all of it.
    package var inputs: ObjectID?
    /// The tree on which it ran, where that is another one with the same inputs.
    package var testedTree: ObjectID?
  }

  package let target: String
  /// What the target pointed to, and the commit that the first merge was made onto; they differ
  /// only where the target was there already.
  package let old: ObjectID
  package let start: ObjectID
  package let commit: ObjectID
  package let tree: ObjectID?
  package let merges: [Merge]
  package let gates: [PassedGate]
}

extension LandingProof {
  /// Which gates did not run on the tree itself, by the tree on which they did, for people.
  var sameInputs: [String] {
    var trees: [(tree: ObjectID, gates: [String])] = []
    for gate in gates {
      guard let tree = gate.testedTree, tree != self.tree else { continue }
      if let place = trees.firstIndex(where: { $0.tree == tree }) {
        trees[place].gates.append(gate.name)
      } else {
        trees.append((tree, [gate.name]))
      }
    }
    return trees.map { "same inputs as tree \($0.tree.short): \($0.gates.listed(8))" }
  }

  /// Reads `landing_started` or `landed`; nil where an older version kept no proof.
  init?(_ fact: Told<Fact.Landing>) {
    guard let target = fact.target, let commit = fact.commit, let start = fact.start,
      let merges = fact.merges
    else { return nil }
    (self.target, self.commit, self.start) = (target, commit, start)
    (old, tree) = (fact.old ?? start, fact.tree)
    self.merges = merges.compactMap { merge in
      guard let id = merge.workstream, let tip = merge.tip, let commit = merge.commit else {
        return nil
      }
      return Merge(workstream: id, tip: tip, commit: commit)
    }
    gates = (fact.gates ?? []).compactMap { gate in
      guard let name = gate.gate, let key = gate.gateKey else { return nil }
      return PassedGate(
        name: name, key: key, inputs: gate.inputsTree, testedTree: gate.testedTree)
    }
  }
}
