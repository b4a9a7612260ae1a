import UETGit
import UETModel

/// Brings this repository and a host to the same record: fetches, merges, pushes, and begins again
/// where someone else pushed meanwhile.
package struct Sync: Sendable {
  private let intake: Intake
  private let network: SealedGit.Network
  /// Waits before another try; the argument counts from 1.
  private let pause: @Sendable (Int) async -> Void

  private var names: ShareNames { intake.names }
  private var git: SealedGit { intake.git }

  package init(
    _ intake: Intake, network: SealedGit.Network,
    pause: @escaping @Sendable (Int) async -> Void
  ) {
    self.intake = intake
    self.network = network
    self.pause = pause
  }

  /// How often it is tried while others push.
  private static let rounds = 12
  /// How many references go with one push; more would not fit on a command line.
  private static let pushed = 1000

  package func perform() async throws(LedgerError) -> SyncReport {
    var report = SyncReport()
    var refused: Set<String> = []
    while report.rounds < Self.rounds {
      report.rounds += 1
      try await receive(&report)
      let updates = try updates(&report).filter { !refused.contains($0.name) }
      if updates.isEmpty { return report }
      switch try await send(updates, &report) {
      case .done: return report
      case .refused(let names):
        // Without those the rest may pass. Each time there are fewer, so this comes to an end.
        refused.formUnion(names)
        report.rounds -= 1
      case .moved:
        if report.rounds == 1 { try await requireRoom() }
        await pause(report.rounds)
      }
    }
    throw .contended(names.remote, rounds: Self.rounds)
  }

  /// Looks whether the host has references that cannot stand beside ours: there would be no end of
  /// trying.
  private func requireRoom() async throws(LedgerError) {
    let wanted = ["refs/heads/uet", names.hostPrefix]
    do {
      let found = try await git.remoteReferences(names.remote, under: wanted, network: network)
      for name in wanted where found[name] != nil {
        throw LedgerError.nameTaken(name, remote: names.remote)
      }
    } catch let error as GitError {
      throw .git(error)
    } catch let error as LedgerError {
      throw error
    } catch {
      throw .git(.unexpectedOutput(command: "git ls-remote"))
    }
  }

  private func receive(_ report: inout SyncReport) async throws(LedgerError) {
    let branches = BranchExchange(git.repository, names, intake.judgement)
    let before = try branches.theirs()
    do {
      try await git.fetch(
        names.remote, refspecs: names.fetchRefspecs, prune: true, network: network)
    } catch {
      throw .git(error)
    }
    for (branch, tip) in try branches.theirs().sorted(by: { $0.key < $1.key })
    where before[branch] != tip {
      report.received.append(
        SyncReport.Change(
          name: names.trackedBranches + branch, kind: nil, old: before[branch], new: tip))
    }
    let (changes, faults) = try await intake.perform()
    report.received += changes
    report.faults = faults
    if Task.isCancelled { throw .git(.gitStopped(command: "git push")) }
  }

  /// Everything that the host is to have and has not, with what it has instead.
  private func updates(_ report: inout SyncReport) throws(LedgerError) -> [PushUpdate] {
    let (ours, theirs) = try LedgerError.wrap { () throws(GitError) in
      (try names.ours(git.repository), try names.theirs(git.repository))
    }
    var judgement = intake.judgement
    var updates: [PushUpdate] = []
    for name in Set(ours.keys).union(theirs.keys).sorted() {
      let (own, other) = (ours[name], theirs[name])
      switch try meeting(name, own, other, &judgement) {
      case .send: updates.append(PushUpdate(name: names.host(name), new: own, expected: other))
      case .drop where other != nil && own == nil:
        updates.append(PushUpdate(name: names.host(name), new: nil, expected: other))
      default: continue
      }
    }
    var branches = BranchExchange(git.repository, names, judgement)
    updates += try branches.updates(theirs: try branches.theirs())
    report.faults += branches.faults
    return updates
  }

  /// What cannot be read was named when it came, and is left alone.
  private func meeting(
    _ name: String, _ ours: ObjectID?, _ theirs: ObjectID?, _ judgement: inout Judgement
  ) throws(LedgerError) -> Meeting {
    do throws(LedgerError) { return try judgement.meeting(name, ours, theirs) } catch {
      guard error.isOfOneObject else { throw error }
      return .keep(.cannotJoin)
    }
  }

  private enum Sending {
    case done
    case moved
    case refused(Set<String>)
  }

  private func send(
    _ updates: [PushUpdate], _ report: inout SyncReport
  ) async throws(LedgerError) -> Sending {
    // What is removed goes last: where not all goes at once, the archive is there before.
    let ordered = updates.filter { $0.new != nil } + updates.filter { $0.new == nil }
    for start in stride(from: 0, to: ordered.count, by: Self.pushed) {
      let part = Array(ordered[start..<min(start + Self.pushed, ordered.count)])
      let ended = try await push(part, &report)
      report.sent += ended.taken.map { change($0) }
      if ended.refused.isEmpty { continue }
      // A host that was changed at that very moment fails all, and names none as the reason.
      let own = ended.refused.filter { $0.reason != .withOthers }
      if own.isEmpty || own.contains(where: { $0.reason == .moved }) { return .moved }
      let first = firstToGo(own, of: part)
      report.note(first, names)
      return .refused(Set(first.map(\.update.name)))
    }
    return .done
  }

  /// Which of those that a host refused are not tried again.
  ///
  /// A hook that judges a push as a whole refuses all of it: the record may then pass without the
  /// branches.
  private func firstToGo(
    _ refused: [PushResult.Refusal], of part: [PushUpdate]
  ) -> [PushResult.Refusal] {
    let branches = refused.filter { $0.update.name.hasPrefix(LedgerNames.branches) }
    let isWhole = refused.count == part.count && refused.allSatisfy { $0.reason == .declined }
    return isWhole && !branches.isEmpty ? branches : refused
  }

  private func push(
    _ updates: [PushUpdate], _ report: inout SyncReport
  ) async throws(LedgerError) -> PushResult.Ended {
    do {
      if report.isAtomic {
        let result = try await git.push(
          names.remote, updates, isAtomic: true, network: network)
        if case .ended(let ended) = result { return ended }
        report.isAtomic = false
      }
      let result = try await git.push(names.remote, updates, isAtomic: false, network: network)
      if case .ended(let ended) = result { return ended }
      throw GitError.unexpectedOutput(command: "git push")
    } catch let error as GitError {
      throw .git(error)
    } catch {
      throw .git(.unexpectedOutput(command: "git push"))
    }
  }

  private func change(_ update: PushUpdate) -> SyncReport.Change {
    let shared = names.shared(host: update.name)
    return SyncReport.Change(
      name: shared.map { names.local($0) } ?? update.name, kind: shared.flatMap { SharedKind($0) },
      old: update.expected, new: update.new)
  }
}

extension Sync {
  /// What `perform` would do, as far as it can be told without fetching: nothing is changed here or
  /// there.
  package func preview() async throws(LedgerError) -> SyncReport {
    var report = SyncReport()
    let found: [String: ObjectID]
    do {
      found = try await git.remoteReferences(
        names.remote, under: names.hostPrefixes, network: network)
    } catch {
      throw .git(error)
    }
    var theirs: [String: ObjectID] = [:]
    var branches: [String: ObjectID] = [:]
    for (name, id) in found {
      if name.hasPrefix(LedgerNames.branches) {
        branches[String(name.dropFirst(LedgerNames.branches.utf8.count))] = id
      } else if let shared = names.shared(host: name) {
        theirs[shared] = id
      }
    }
    try judge(theirs, &report)
    try await requireRoom()
    var exchange = BranchExchange(git.repository, names, intake.judgement)
    let known = try exchange.theirs()
    for (branch, tip) in branches.sorted(by: { $0.key < $1.key }) where known[branch] != tip {
      report.received.append(
        SyncReport.Change(
          name: names.trackedBranches + branch, kind: nil, old: known[branch], new: tip))
    }
    report.sent += try exchange.updates(theirs: branches).map { change($0) }
    report.faults += exchange.faults
    return report
  }

  private func judge(
    _ theirs: [String: ObjectID], _ report: inout SyncReport
  ) throws(LedgerError) {
    let ours = try LedgerError.wrap { () throws(GitError) in try names.ours(git.repository) }
    var judgement = intake.judgement
    for name in Set(ours.keys).union(theirs.keys).sorted() {
      let (own, other) = (ours[name], theirs[name])
      func change(_ old: ObjectID?, _ new: ObjectID?) -> SyncReport.Change {
        SyncReport.Change(name: names.local(name), kind: SharedKind(name), old: old, new: new)
      }
      switch try meeting(name, own, other, &judgement) {
      case .same: continue
      case .take: report.received.append(change(own, other))
      case .send: report.sent.append(change(other, own))
      case .join:
        report.received.append(change(own, other))
        report.sent.append(change(other, own))
      case .drop:
        if own != nil { report.received.append(change(own, nil)) }
        if other != nil { report.sent.append(change(other, nil)) }
      case .keep:
        report.faults.append(
          SyncReport.Fault(
            name: names.local(name), reason: "differs here and on '\(names.remote)'", hint: nil))
      }
    }
  }
}
