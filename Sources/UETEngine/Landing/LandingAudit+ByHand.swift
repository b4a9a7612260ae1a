import UETGit
import UETModel

/// What others put into the target by commits of their own.
extension LandingAudit {
  /// What of one is proven: that the same change is there, and that a tree with it was tested.
  func examineFound(
    _ finding: inout Finding, _ landing: Landing, _ end: RunState
  ) async throws(GitError) {
    finding.isByHand = true
    let brought = LandingProof.Found.all(in: landing.fact)
    finding.commit = brought.first?.commit ?? finding.commit
    guard let place = try place(of: finding, holding: finding.commit) else {
      finding.notes.append("there is no branch '\(RunNames.short(finding.target))' here")
      return
    }
    let presence = try TargetPresence(project.git, target: place.name, tip: place.tip)
    defer { presence.close() }
    for one in brought {
      finding.notes.append(try words(one, finding.commit))
      let standing = try await standing(of: one, landing.state, presence)
      if standing == .missing {
        finding.isLost = true
        finding.problems.append("'\(RunNames.short(place.name))' does not contain it any more")
      }
      finding.note(standing, of: one.workstream)
    }
    try judgeTree(&finding, landing, end)
  }

  private func standing(
    of one: LandingProof.Found, _ state: RunState, _ presence: TargetPresence
  ) async throws(GitError) -> TargetPresence.Standing {
    if let commit = one.commit, project.repository.contains(commit) {
      return try await presence.standing(ofLanded: commit)
    }
    let record = state[one.workstream]
    guard let tip = one.tip, project.repository.contains(tip),
      let base = record?.attempts.last(where: { $0.outcome == .succeeded })?.base,
      project.repository.contains(base)
    else { return .here([]) }
    if try await presence.isUnchanged(by: tip, since: base) { return .here([]) }
    let isOut = try await presence.isUnchanged(by: base, since: tip)
    return isOut ? .undone(TargetPresence.Removal(was: tip, by: nil)) : .here([])
  }

  /// How it came in.
  private func words(
    _ one: LandingProof.Found, _ seen: ObjectID
  ) throws(GitError) -> String {
    let name = "'\(one.workstream)'"
    guard let commit = one.commit else { return "\(name) came in several commits" }
    guard let tip = one.tip, project.repository.contains(commit), project.repository.contains(tip)
    else { return "\(name) came in as \(commit.short)" }
    if commit == tip { return "\(name) is in it at its very commit, \(tip.short)" }
    if try project.repository.commit(commit).parents.contains(tip) {
      return "\(name) at \(tip.short) was merged as \(commit.short)"
    }
    let isSame =
      try project.repository.treeID(of: commit) == project.repository.treeID(of: tip)
    return "\(name) came in as \(commit.short), which makes the same change; its tree is "
      + (isSame ? "that of the result" : "another than that of the result, \(tip.short)")
  }

  /// A gate has spoken of the tree with it, or nobody has tested it.
  private func judgeTree(
    _ finding: inout Finding, _ landing: Landing, _ end: RunState
  ) throws(GitError) {
    var trees: [ObjectID] = []
    for commit in [finding.commit, landing.fact.commit ?? .zero]
    where project.repository.contains(commit) {
      trees.append(try project.repository.treeID(of: commit))
    }
    let verdicts = end.allVerdicts
    for tree in trees {
      var isTested = true
      for name in required {
        let gate = reading.first { $0.name == name }
        var last: VerdictRecord?
        for verdict in verdicts where verdict.gate == name {
          guard try counts(verdict, for: tree, gate) else { continue }
          if (verdict.event ?? 0) >= (last?.event ?? 0) { last = verdict }
        }
        if last?.passed != true { isTested = false }
      }
      guard isTested else { continue }
      finding.gates = required
      return
    }
    finding.isUntested = true
    finding.problems.append(
      "nobody tested it at \(finding.commit.short): no record that \(required.listed(3)) passed there"
    )
  }

  private func counts(
    _ verdict: VerdictRecord, for tree: ObjectID, _ gate: Gate?
  ) throws(GitError) -> Bool {
    if verdict.tree == tree { return true }
    guard let gate, let inputs = verdict.inputs else { return false }
    return try cuts.isCut(inputs, of: tree, for: gate)
  }

  /// What the target lost, and holds again by a later landing.
  static func landedAgain(_ findings: [Finding]) -> [Finding] {
    var findings = findings
    for index in findings.indices
    where findings[index].isLost && findings[index].problems.count == 1 {
      let run = findings[index].run
      let later = findings[(index + 1)...].filter { $0.run == run && $0.problems.isEmpty }
      let again = Set(later.flatMap(\.workstreams))
      guard again.isSuperset(of: findings[index].workstreams), let last = later.last else {
        continue
      }
      findings[index].notes.append(findings[index].problems.removeLast())
      findings[index].notes.append("all of it landed again, up to \(last.commit.short)")
    }
    return findings
  }

  /// What was landed on top of it was tested with it, and what another run landed was proven there.
  static func testedElsewhere(
    _ findings: [Finding], _ repository: Repository
  ) throws(GitError) -> [Finding] {
    var result = findings
    for index in findings.indices where findings[index].isByHand {
      let found = findings[index]
      guard found.undone.isEmpty, found.isUntested, found.problems.count == 1,
        repository.contains(found.commit)
      else { continue }
      for other in findings
      where other.problems.isEmpty && !other.isByHand && other.target == found.target {
        guard repository.contains(other.commit),
          try repository.isAncestor(found.commit, of: other.commit)
        else { continue }
        result[index].problems = []
        result[index].gates = other.gates
        if other.brings.contains(found.commit), other.run != found.run {
          result[index].isByHand = false
          result[index].by = other.run
        } else {
          result[index].notes.append(
            "it was tested with what landed on it as \(other.commit.short)")
        }
        break
      }
    }
    return result
  }
}

extension LandingProof {
  /// What `landed` says of a workstream that others brought in.
  struct Found: Hashable, Sendable {
    let workstream: WorkstreamID
    let tip: ObjectID?
    /// The one commit that did it; nil where there were several.
    let commit: ObjectID?

    static func all(in fact: Told<Fact.Landing>) -> [Found] {
      (fact.merges ?? []).compactMap { merge in
        merge.workstream.map { Found(workstream: $0, tip: merge.tip, commit: merge.commit) }
      }
    }
  }
}
