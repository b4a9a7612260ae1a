import UETEngine
import UETModel

/// A rollback as lines and as a document.
struct RollbackView {
  let terminal: Terminal

  func lines(_ preview: RollbackPreview) -> [String] {
    let target = RunNames.short(preview.target).terminalSafe
    var table = Table(indent: 2)
    for (index, step) in preview.steps.enumerated() {
      table.add([
        .init("\(index + 1)"), .init(step.workstream.rawValue), .init(method(step.method)),
        .init(outlook(step)),
      ])
    }
    let gates = preview.gates.isEmpty ? "no gates" : preview.gates.joined(separator: ", ")
    var lines = ["would take out of '\(target)', in this order:"]
    lines += table.lines(on: terminal, width: nil)
    lines.append("then test the result (\(gates)) and move '\(target)'")
    return lines + left(preview.stranded)
  }

  private func method(_ method: RollbackMethod) -> String {
    switch method {
    case .revert(let commit): "revert of merge \(commit.short)"
    case .revertPart(let commit): "revert of commit \(commit.short)"
    case .actions(let commands):
      commands.count == 1
        ? "1 compensation action" : "\(commands.count) compensation actions, last first"
    }
  }

  private func outlook(_ step: RollbackPreview.Step) -> String {
    guard let conflicts = step.conflicts else { return "" }
    return conflicts.isEmpty ? "clean" : "conflict in " + conflicts.map(\.terminalSafe).listed(1)
  }

  private func left(_ stranded: [WorkstreamID]) -> [String] {
    guard !stranded.isEmpty else { return [] }
    let names = stranded.map(\.rawValue).joined(separator: ", ")
    return ["note: built on it and not landed, so held from then on: \(names)"]
  }

  func lines(_ end: RollbackEnd, stranded: [WorkstreamID]) -> [String] {
    switch end {
    case .landed(let branch, let commit):
      return ["", "'\(RunNames.short(branch).terminalSafe)' is at \(commit.short) without it"]
        + left(stranded) + [
          "hint: to have the work again, as new commits, start a new run: git uet run WORKSTREAM"
        ]
    case .needsPerson(let failure, let worktree):
      return [
        "", terminal.styled("stopped: ", .yellow) + reason(failure),
        "hint: mend it in '\(worktree.terminalSafe)', then: git uet rollback --continue",
        "hint: or make the step once more: git uet rollback --retry",
        "hint: or leave everything as it was: git uet rollback --abort",
      ]
    case .checkedOut(let branch, let path, let commit):
      let name = RunNames.short(branch).terminalSafe
      return [
        "",
        "branch '\(name)' is checked out at '\(path.terminalSafe)'; the result is \(commit.short)",
        "hint: land it there: git -C \(path.shellQuoted) merge --ff-only "
          + "--no-overwrite-ignore \(commit)",
        "hint: then: git uet rollback --continue",
      ]
    case .targetMoves(let branch):
      return [
        "", "'\(RunNames.short(branch).terminalSafe)' was moved by others each time",
        "hint: try again: git uet rollback --continue",
      ]
    case .abandoned: return ["the rollback is given up; nothing was moved"]
    case .interrupted:
      return [
        "", "the rollback was stopped; nothing was moved",
        "hint: go on with it: git uet rollback --continue",
        "hint: or leave everything as it was: git uet rollback --abort",
      ]
    }
  }

  private func reason(_ failure: RollbackRecord.Failure) -> String {
    "\(failure.workstream) is not undone: \(failure.reason.terminalSafe)"
  }
}

extension RollbackView {
  func document(_ preview: RollbackPreview) -> JSONValue {
    let steps = preview.steps.map { step -> JSONValue in
      var object = JSONObject([("workstream", .string(step.workstream.rawValue))])
      switch step.method {
      case .revert(let commit), .revertPart(let commit): object.append("reverts", .commit(commit))
      case .actions(let commands): object.append("actions", .array(commands.map(\.json)))
      }
      object.append("conflicts", step.conflicts.map { .array($0.map(JSONValue.string)) })
      return .object(object)
    }
    return [
      "version": 1, "run": .string(preview.run.rawValue), "target": .string(preview.target),
      "dry_run": true, "steps": .array(steps),
      "gates": .array(preview.gates.map(JSONValue.string)),
      "stranded": .array(preview.stranded.map { .string($0.rawValue) }),
    ]
  }

  func document(_ end: RollbackEnd, stranded: [WorkstreamID]) -> JSONValue {
    var object = JSONObject([("version", 1)])
    switch end {
    case .landed(let branch, let commit):
      object.append("outcome", "landed")
      object.append("target", .string(branch))
      object.append("commit", .commit(commit))
    case .needsPerson(let failure, let worktree):
      object.append("outcome", "failed")
      object.append("workstream", .string(failure.workstream.rawValue))
      object.append("gate", .text(failure.gate))
      object.append("reason", .string(failure.reason))
      object.append("worktree", .string(worktree))
    case .checkedOut(let branch, let path, let commit):
      object.append("outcome", "checked_out")
      object.append("target", .string(branch))
      object.append("worktree", .string(path))
      object.append("commit", .commit(commit))
    case .targetMoves(let branch):
      object.append("outcome", "target_moves")
      object.append("target", .string(branch))
    case .abandoned: object.append("outcome", "abandoned")
    case .interrupted: object.append("outcome", "interrupted")
    }
    object.append("stranded", .array(stranded.map { .string($0.rawValue) }))
    return .object(object)
  }
}
