import UETGit
import UETLedger
import UETModel
import UETWorkers

extension Project {
  /// Decides what of the inboxes of other clones is recorded, as the configuration of today says.
  var admission: InboxAdmission {
    let everybody = inboxTrust.contains("*")
    let policy = InboxPolicy(
      trust: everybody ? .everybody : .only(Set(inboxTrust)),
      own: knownCloneID.map { InboxWriter.name(ofClone: $0) })
    return InboxAdmission(reader, policy: policy)
  }

  /// Records what is new in the inboxes.
  ///
  /// Whatever is wrong with an inbox is said and stops nothing; only the own record failing throws.
  nonisolated(nonsending) func admitInboxes(
    into facts: FactDriver
  ) async throws {
    while let result = news(for: await facts.state) {
      try await facts.once([result.drafts])
      tell(result)
      if !result.isCut || result.drafts.isEmpty { break }
    }
  }

  /// What is new in the inboxes; nil, and said, where they cannot be looked at.
  func news(for state: RunState) -> InboxAdmission.Result? {
    do throws(LedgerError) {
      return try admission.result(for: state)
    } catch {
      warn("cannot look at the inboxes of run '\(state.run)': \(error)".terminalSafe)
      return nil
    }
  }

  /// Says what did not count and why.
  func tell(_ result: InboxAdmission.Result) {
    for refusal in result.refused {
      let event = refusal.seq.map { "event \($0) of " } ?? ""
      warn("\(event)inbox '\(refusal.writer)' is refused: \(refusal.reason.terminalSafe)")
    }
    for inbox in result.untrusted {
      warn(
        "decisions of '\(inbox.writer)' wait, because it is not trusted here; to trust it: "
          + "git config --add uet.inbox.trust \(inbox.writer)")
    }
  }
}

extension Project {
  /// Asks the live processes of this clone to look at the inboxes, as after a fetch; gives the runs
  /// that have something new, with the answers. A run that nobody works on takes them when it is
  /// next taken.
  package func askHoldersToAdmit() async -> [(run: RunID, answer: SteeringAnswer?)] {
    var result: [(run: RunID, answer: SteeringAnswer?)] = []
    for run in (try? reader.runs()) ?? [] {
      guard (try? reader.inboxes(of: run))?.isEmpty == false,
        (try? isOwn(run)) == true,
        let state = try? reader.state(of: run),
        let news = try? admission.result(for: state), !news.drafts.isEmpty
      else { continue }
      guard let holder = try? liveHolder(of: run), holder.pid > 0 else {
        result.append((run, nil))
        continue
      }
      result.append((run, try? await Steering(self).send(.admit, to: run)))
    }
    return result
  }
}

extension SteeringRequest {
  /// Asks the process that holds a run to look at the inboxes.
  static let admit = SteeringRequest("admit")
}

extension InboxAdmission.Result {
  /// What whoever asked for the admission is told.
  var answer: SteeringAnswer {
    func counted(_ count: Int) -> String { "\(count) decision\(count == 1 ? "" : "s")" }
    let events = refused.count { $0.seq != nil }
    let rest = events == 0 ? "" : ", \(counted(events)) refused"
    var answer = SteeringAnswer(
      drafts.isEmpty ? .unchanged : .done, "\(counted(admitted)) taken\(rest)")
    answer.details["admitted"] = .integer(Int64(admitted))
    answer.details["refused"] = .array(refused.map { .string($0.reason) })
    return answer
  }
}
