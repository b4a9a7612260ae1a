import UETGit
import UETModel

/// Decides which branches of workstreams go to the host: those of runs that this clone started.
///
/// What others put on top of such a branch is never overwritten.
struct BranchExchange {
  private let names: ShareNames
  private let reader: LedgerReader
  private var judgement: Judgement
  private var states: [RunID: RunState] = [:]
  private(set) var faults: [SyncReport.Fault] = []

  init(_ repository: Repository, _ names: ShareNames, _ judgement: Judgement) {
    self.names = names
    self.judgement = judgement
    reader = LedgerReader(repository: repository, names: names.ledger)
  }

  /// A branch by what stands behind `refs/heads/uet/`.
  static func parse(_ branch: some StringProtocol) -> (run: RunID, name: String)? {
    let parts = branch.split(separator: "/", maxSplits: 1)
    guard parts.count == 2, let run = RunID(String(parts[0])) else { return nil }
    return (run, String(parts[1]))
  }

  /// The local branches by what stands behind `refs/heads/uet/`.
  func ours() throws(LedgerError) -> [String: ObjectID] {
    try branches(under: LedgerNames.branches)
  }

  /// The other side's branches as they were fetched.
  func theirs() throws(LedgerError) -> [String: ObjectID] {
    try branches(under: names.trackedBranches)
  }

  private func branches(under prefix: String) throws(LedgerError) -> [String: ObjectID] {
    let found = try LedgerError.wrap { () throws(GitError) in
      try reader.repository.references(under: prefix)
    }
    let branches = found.map { (String($0.name.dropFirst(prefix.utf8.count)), $0.id) }
      .filter { names.only == nil || Self.parse($0.0)?.run == names.only }
    return Dictionary(branches, uniquingKeysWith: { first, _ in first })
  }

  /// What is to be pushed, where the host has `theirs`.
  mutating func updates(theirs: [String: ObjectID]) throws(LedgerError) -> [PushUpdate] {
    var updates: [PushUpdate] = []
    for (branch, tip) in try ours().sorted(by: { $0.key < $1.key }) where theirs[branch] != tip {
      guard let (run, name) = Self.parse(branch), try judgement.isOwn(run) else { continue }
      let full = LedgerNames.branches + branch
      guard let other = theirs[branch] else {
        // The branch of what landed was perhaps removed there, and is of no more use.
        if try hasLanded(name, run) { continue }
        updates.append(PushUpdate(name: full, new: tip, expected: nil))
        continue
      }
      if try mayReplace(other, with: tip, run) {
        updates.append(PushUpdate(name: full, new: tip, expected: other))
      } else if try !isBehind(tip, other) {
        faults.append(
          SyncReport.Fault(
            name: full, reason: "'\(names.remote)' has commits on it that this clone has not made",
            hint: "look at them: git log \(full)..\(names.trackedBranches)\(branch)"))
      }
    }
    return updates
  }

  /// Whether the host's branch is one of our own earlier results, which the record names.
  private func mayReplace(
    _ old: ObjectID, with new: ObjectID, _ run: RunID
  ) throws(LedgerError) -> Bool {
    guard reader.repository.contains(old) else { return false }
    let chain = try reader.tip(of: run)
    return try LedgerError.wrap { () throws(GitError) in
      if try reader.repository.isAncestor(old, of: new) { return true }
      return try reader.repository.isAncestor(old, of: chain)
    }
  }

  /// Whether the host's branch has all of ours and more: then there is nothing to push, and no
  /// fault.
  private func isBehind(_ ours: ObjectID, _ theirs: ObjectID) throws(LedgerError) -> Bool {
    guard reader.repository.contains(theirs) else { return true }
    return try LedgerError.wrap { () throws(GitError) in
      try reader.repository.isAncestor(ours, of: theirs)
    }
  }

  private mutating func hasLanded(_ name: String, _ run: RunID) throws(LedgerError) -> Bool {
    let state: RunState
    if let known = states[run] {
      state = known
    } else {
      state = try reader.state(of: run)
      states[run] = state
    }
    if name == "integration" { return state.integration.landedIn != nil }
    return WorkstreamID(name).flatMap { state[$0]?.state } == .landed
  }
}
