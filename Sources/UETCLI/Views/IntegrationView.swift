import UETEngine
import UETModel

/// What an integration came to, as lines for a terminal.
struct IntegrationView {
  let result: Integration.Result
  let terminal: Terminal

  var lines: [String] {
    var lines = [""]
    if let pause = result.outcome.pause {
      lines.append(
        terminal.styled("stopped: ", .yellow) + (pause.reason ?? "on request").terminalSafe)
    }
    lines += section("set aside", result.outcome.ejected.map { ($0.id, $0.reason) })
    lines += held
    lines += section(
      "not in the target any more",
      result.lost?.workstreams.map { ($0, result.state[$0]?.reason ?? "it was moved back") } ?? [])
    lines += section(
      "to be reviewed",
      result.unreviewed.map { id in
        (id, result.state[id]?.reason ?? "look at \(name(of: id))")
      })
    lines += section("rejected", result.rejected.map { ($0.id, $0.reason) })
    let waves = WaveHoldsView(holds: result.waves, terminal: terminal)
    if !waves.lines.isEmpty { lines += waves.lines + [""] }
    return lines + summary + aftermath + waves.hints(result.state.run) + hints
  }

  /// What waits only because the queue rests is not listed with that reason each.
  private var held: [String] {
    let entries = result.outcome.held
    guard result.outcome.pause != nil, !entries.isEmpty else {
      return section("held", entries.map { ($0.id, $0.reason) })
    }
    return [terminal.styled("waiting: ", .yellow) + entries.map(\.id).listed(5), ""]
  }

  private func section(_ title: String, _ entries: [(WorkstreamID, String)]) -> [String] {
    guard !entries.isEmpty else { return [] }
    var table = Table(indent: 2)
    for (id, reason) in entries { table.add([.init(id.rawValue), .init(reason.terminalSafe)]) }
    return [terminal.styled(title, .red)] + table.lines(on: terminal, width: nil) + [""]
  }

  /// The branch with its result.
  private func name(of id: WorkstreamID) -> String {
    result.state[id]?.source.map { RunNames.short($0).terminalSafe }
      ?? "uet/\(result.state.run)/\(id)"
  }

  private var branch: String { "uet/\(result.state.run)/integration" }

  private var summary: [String] {
    let landed = result.state.workstreams.count { $0.state == .landed && !$0.hasNothing }
    if let target = result.landedIn {
      let commit = result.state.integration.landedCommit?.short ?? "?"
      return [
        "\(counted(landed)) landed in \(RunNames.short(target).terminalSafe) at \(commit)\(empty)"
      ]
    }
    if landed == 0, result.lost != nil { return ["nothing of it is in the target any more"] }
    let integrated = result.outcome.integrated.count
    guard integrated > 0 else {
      if landed > 0 { return ["nothing new to integrate"] }
      let isAllEmpty = result.state.workstreams.allSatisfy(\.hasNothing)
      return [(isAllEmpty ? "nothing to integrate" : "nothing is integrated") + empty]
    }
    return ["\(counted(integrated)) integrated in \(branch)\(empty)"]
  }

  /// Those that changed nothing, and need no merge.
  private var empty: String {
    let count = result.state.workstreams.count { $0.hasNothing }
    return count == 0 ? "" : "; \(counted(count)) changed nothing"
  }

  /// What a gate said once it had landed, and what was done then.
  private var aftermath: [String] {
    guard let aftermath = result.aftermath else { return rollbacks }
    let branch = RunNames.short(aftermath.branch).terminalSafe
    let found = "after landing, on '\(branch)' at \(aftermath.commit.short): "
    let line = terminal.styled(found, .red) + aftermath.reason.terminalSafe
    if result.rollbacks.isEmpty {
      return [line, "hint: take it out again: git uet rollback \(result.state.run)"]
    }
    return [line] + rollbacks
  }

  private var rollbacks: [String] {
    result.rollbacks.flatMap { rollback in
      [terminal.styled("rolled back: ", .yellow) + rollback.reason.terminalSafe]
        + RollbackView(terminal: terminal).lines(rollback.end, stranded: [])
    }
  }

  private func counted(_ count: Int) -> String { "\(count) workstream\(count == 1 ? "" : "s")" }

  private var hints: [String] {
    var hints: [String] = []
    if result.outcome.pause?.redGate != nil {
      let target =
        result.state.target.map { "'\(RunNames.short($0).terminalSafe)'" } ?? "the target"
      hints.append("hint: mend \(target), then: git uet integrate \(result.state.run)")
      let first = result.outcome.held.first?.id.rawValue ?? "WORKSTREAM"
      hints.append("hint: read what the gate said: git uet logs \(result.state.run) \(first)")
    } else if result.outcome.pause?.intent == .fault {
      hints.append("hint: mend what is in the way, then: git uet integrate \(result.state.run)")
    }
    if let torn = result.outcome.ejected.first(where: {
      result.state[$0.id]?.conflict?.state.isOpen == true
    }) {
      hints.append("hint: resolve its conflict: git uet resolve \(result.state.run) \(torn.id)")
    } else if let first = result.outcome.ejected.first {
      let run = result.state.run
      hints.append("hint: see why: git uet show \(run) \(first.id)")
      if result.state[first.id]?.candidate?.ejection?.isFault == true {
        hints.append(
          "hint: once that is mended, have it tested again: git uet queue requeue \(run) "
            + "\(first.id) && git uet integrate \(run)")
      }
    }
    if let first = result.outcome.held.first, result.outcome.ejected.isEmpty {
      hints.append("hint: see why: git uet show \(result.state.run) \(first.id)")
    }
    if let lost = result.lost {
      hints += lost.waysBack.map { "hint: \($0)" }
    } else if !result.outcome.held.isEmpty,
      let out = result.state.workstreams.first(where: { $0.state == .rolledBack })
    {
      let run = result.state.run
      hints.append(
        "hint: have '\(out.id)' done again: git uet retry \(run) \(out.id) && git uet resume \(run)"
      )
    }
    if let first = result.unreviewed.first {
      hints.append(
        "hint: look at it and decide: git uet review \(result.state.run) \(first)"
      )
    }
    if result.landedIn == nil, !result.outcome.integrated.isEmpty {
      hints.append("hint: look at it: git log --graph --oneline \(branch)")
      hints.append("hint: land it: git uet integrate \(result.state.run) --land BRANCH")
    }
    return hints
  }
}
