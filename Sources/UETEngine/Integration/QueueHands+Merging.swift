import UETGit
import UETMergeQueue
import UETModel

/// Merges, and what is done about conflicts.
extension QueueHands {
  func merge(_ machine: QueueMachine) -> OrderedMerge {
    OrderedMerge(context: context.facts, session: session, state: machine.state)
  }

  /// Merges beside the queue; what comes of it goes to the mailbox.
  func begin(_ work: @escaping @Sendable () async -> QueueInput) {
    let mailbox = mailbox
    merges.append(Task { mailbox.send(await work()) })
  }

  func repair(_ order: RepairOrder, _ state: RunState) {
    let mailbox = mailbox
    guard let conflict = state[order.name.workstream]?.conflict else {
      return mailbox.send(.repairDone(order.name, .fault("the conflict is not on record")))
    }
    let id = order.name.workstream
    let work = ResolverWork(
      context: context,
      subject: ConflictSubject(
        id: id, label: id.rawValue, conflict: conflict,
        salvage: context.names.salvage(id, repair: order.name.started)))
    repairs[order.name] = Task { mailbox.send(.repairDone(order.name, await work.outcome())) }
  }

  /// Points the candidate's reference at what a repair made of it; the record keeps that in any
  /// case.
  func keep(_ id: WorkstreamID, _ commit: ObjectID) {
    do throws(GitError) {
      try context.repository.setReference(
        context.names.candidate(id), to: commit, expecting: nil, message: "git-uet: repaired")
    } catch {
      context.project.warn("the repaired '\(id)' has no reference: \(error)")
    }
  }

  /// What a tool resolved is resolved alike the next time, once it has passed its gates.
  nonisolated(nonsending) func remember(_ events: [Event], _ state: RunState) async {
    for event in events where event.type == .mergeSucceeded {
      let members = event.batch.isEmpty ? [event.workstream] : event.batch.map(\.workstream)
      for id in members.compactMap({ $0 }) {
        guard let conflict = state[id]?.conflict, conflict.state == .agent,
          let commit = conflict.resolution
        else { continue }
        await Resolutions(context.project)
          .remember(conflict, onto: conflict.onto, as: commit, context.project)
      }
    }
  }
}

extension OrderedMerge {
  func answer(to order: MergeOrder) async -> QueueInput {
    .mergeDone(order.name, await outcome(of: order))
  }

  /// Merges its members one onto the other, as they would be in line.
  func answer(to order: ProbeOrder) async -> QueueInput {
    var onto = order.name.onto
    var last = MergeOutcome.fault("there is nothing to merge")
    for merge in order.merges {
      last = await outcome(of: merge.onto(onto))
      switch last {
      case .clean(let commit, _), .repaired(let commit, _, _, _): onto = commit
      case .conflict, .replayed, .refused, .fault: return .probeDone(order.name, last)
      }
    }
    return .probeDone(order.name, last)
  }
}
