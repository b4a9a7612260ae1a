import UETGit
import UETModel

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
