import UETGit
import UETLedger
import UETMergeQueue
import UETModel

/// Moves of the integration branch and of the target.
extension QueueHands {
  func advance(from old: ObjectID?, to new: ObjectID) {
    do throws(GitError) {
      _ = try context.repository.advance(
        context.names.integration, to: new, from: old, message: "git-uet: integrate")
    } catch {
      mailbox.send(.broken(reason: "the integration branch is not as recorded: \(error)"))
    }
  }

  /// Moves the target once what must hold of the landing has been proven.
  nonisolated(nonsending) func land(
    _ target: String, _ old: ObjectID, _ new: ObjectID, _ machine: QueueMachine
  ) async {
    let move = TargetMove(
      git: context.git,
      fence: TargetMove.Fence(
        chain: context.project.ledgerNames.chain(context.run, LedgerNames.mainWriter),
        tip: recordTip()),
      updatesCheckout: updatesCheckout, message: "git-uet: land run \(context.run)")
    let outcome: LandingOutcome
    do {
      let problems = try await landingProblems(machine)
      // Only one that was begun before a crash can meet a freeze that came after it.
      let freeze = machine.state.integration.freeze
      outcome =
        if let freeze {
          .refused("landing is frozen: \(freeze)")
        } else if let first = problems.first {
          .refused("it is not proven: \(first)")
        } else {
          await landed(move, target, old, new)
        }
    } catch {
      outcome = .fault("\(error)")
    }
    mailbox.send(.landingDone(new, withTree(outcome)))
  }

  /// What all is merged onto next, and its tree.
  private func withTree(_ outcome: LandingOutcome) -> LandingOutcome {
    guard case .moved(let commit, nil) = outcome else { return outcome }
    return .moved(to: commit, tree: try? context.repository.treeID(of: commit))
  }

  /// What only this clone has of it is said before it is everybody's.
  private nonisolated(nonsending) func landed(
    _ move: TargetMove, _ target: String, _ old: ObjectID, _ new: ObjectID
  ) async -> LandingOutcome {
    for words in await context.project.unsharedSubmodules(from: old, to: new) {
      context.project.warn("\(words)")
    }
    return await move(target, from: old, to: new)
  }

  private nonisolated(nonsending) func landingProblems(
    _ machine: QueueMachine
  ) async throws(GitError) -> [String] {
    guard let data = machine.landingProof, let proof = LandingProof(data) else {
      return ["no landing is under way"]
    }
    let examination = LandingExamination(
      repository: context.repository, state: machine.state,
      required: context.configuration.integration.gates)
    return try examination.problems(of: proof)
      + (await examination.undoneInputs(of: proof, context.git))
  }
}
