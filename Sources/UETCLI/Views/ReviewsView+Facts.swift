import UETEngine
import UETModel
import UETReporting

extension ReviewsView {
  private static let (mostTasks, mostFiles, mostLogLines) = (3, 20, 12)

  /// What a person decides on; of a workstream that is named all of it.
  func facts(_ entry: Reviews.Entry) -> [String] {
    tasks(entry) + changes(entry) + gates(entry) + [cost(entry)] + log(entry) + options(entry)
  }

  private func isNamed(_ entry: Reviews.Entry) -> Bool { only.contains(entry.record.id) }

  private func tasks(_ entry: Reviews.Entry) -> [String] {
    let tasks = looks[entry.record.id]?.workstream?.tasks ?? []
    let shown = tasks.prefix(isNamed(entry) ? tasks.count : Self.mostTasks)
    let more = tasks.count > shown.count ? ["           and \(tasks.count - shown.count) more"] : []
    return shown.enumerated().map { place, task in
      (place == 0 ? "  tasks    " : "           ") + task.terminalSafe
    } + more
  }

  private func changes(_ entry: Reviews.Entry) -> [String] {
    guard let base = entry.base else { return ["  commit   git show \(entry.tip.short)"] }
    var lines: [String] = []
    if let look = looks[entry.record.id] {
      lines.append(
        "  diffstat \(look.changes.count.counting("file")), +\(look.added) -\(look.removed)")
      let shown = isNamed(entry) ? look.changes.prefix(Self.mostFiles) : []
      lines += shown.map { change in
        let counts = change.added.map { "+\($0) -\(change.removed ?? 0)" } ?? "no text"
        return "           \(change.path.terminalSafe)  \(counts)"
      }
      if !shown.isEmpty, look.changes.count > shown.count {
        lines.append("           and \(look.changes.count - shown.count) more")
      }
    }
    return lines + [
      "  changes  git diff \(base.short) \(entry.tip.short)",
      "  commits  git log -p \(base.short)..\(entry.tip.short)",
    ]
  }

  private func gates(_ entry: Reviews.Entry) -> [String] {
    let gates = entry.record.gates.filter { $0.stage == .attempt }
    if gates.isEmpty { return ["  gates    none"] }
    return gates.enumerated().map { place, gate in
      let rest = (gate.isFlaky ? ", flaky" : "") + (gate.required ? "" : ", not required")
      let message = gate.result == .failed ? gate.message.map { ": \($0)" } ?? "" : ""
      return (place == 0 ? "  gates    " : "           ")
        + "\(gate.name) \(gate.result.rawValue.lowercased())\(rest)\(message)".terminalSafe
    }
  }

  private func cost(_ entry: Reviews.Entry) -> String {
    let attempts = entry.record.attempts
    let spent = attempts.reduce(Money.zero) { $0 + $1.spending.spent }
    let isKnown = attempts.allSatisfy(\.spending.isKnown)
    let last = attempts.last { $0.tip == entry.tip }
    let time = last.flatMap { attempt in
      attempt.endedAt.map { $0.seconds(since: attempt.startedAt ?? attempt.assignedAt) }
    }
    return "  cost     " + (isKnown ? "" : "at least ") + "\(spent), "
      + attempts.count.counting("attempt") + (time.map { ", the last \(Span.text($0))" } ?? "")
  }

  private func log(_ entry: Reviews.Entry) -> [String] {
    let end = looks[entry.record.id]?.log ?? ""
    let lines = end.split(whereSeparator: \.isNewline).suffix(Self.mostLogLines)
    guard isNamed(entry), !lines.isEmpty else {
      return ["  log      git uet logs \(run) \(entry.record.id)"]
    }
    return ["  log      the end; all of it: git uet logs \(run) \(entry.record.id)"]
      + lines.map { "           " + String($0).terminalSafe }
  }

  private func options(_ entry: Reviews.Entry) -> [String] {
    guard isNamed(entry), [.succeeded, .queued, .integrated].contains(entry.record.state) else {
      return []
    }
    let command = "git uet review \(run) \(entry.record.id)"
    return [
      "  options  \(command) --approve",
      "           \(command) --reject --note TEXT",
      "           \(command) --adjust --note TEXT   (it is done again, and told that)",
    ]
  }

  /// Questions and budgets that wait for a person, with what to type.
  var waitLines: [String] {
    waits.flatMap { wait -> [String] in
      switch wait {
      case .question(let id, let question):
        [
          "\(id)  " + terminal.styled("asks", .yellow) + ": \(question.question.terminalSafe)",
          "  answer   git uet answer \(id) --run \(run) TEXT",
        ] + Self.options(of: question) + [""]
      case .budget(let id, let reason):
        [
          "\(id)  " + terminal.styled("has no money left", .yellow) + ": \(reason.terminalSafe)",
          "  more     git uet resume \(run) --budget \(id)=+AMOUNT && git uet retry \(run) \(id)",
          "  or not   git uet cancel \(run) \(id)", "",
        ]
      case .halted(_, let reason):
        [
          terminal.styled("the run is halted", .yellow) + ": \(reason.terminalSafe)",
          "  more     "
            + (BudgetText.hint(overview.state)?.terminalSafe.replacing(
              "raise it and go on: ", with: "")
              ?? "git uet resume \(run) --budget +AMOUNT"),
          "",
        ]
      }
    }
  }

  private static func options(of question: QuestionRecord) -> [String] {
    question.options.enumerated().map { number, option in
      "           " + (number == 0 ? "TEXT is " : "     or ")
        + "\(number + 1)  \(option.terminalSafe)"
    }
  }

  private var waits: [PersonalWait] {
    overview.waits.filter { wait in
      switch wait {
      case .question(let id, _), .budget(let id, _): only.isEmpty || only.contains(id)
      case .halted: only.isEmpty
      }
    }
  }

  var waitsJSON: JSONValue {
    .array(
      waits.map { wait in
        switch wait {
        case .question(let id, let question):
          ["kind": "question", "workstream": .string(id.rawValue), "question": question.json]
        case .budget(let id, let reason):
          ["kind": "budget", "workstream": .string(id.rawValue), "reason": .string(reason)]
        case .halted(let scope, let reason):
          [
            "kind": "halted", "budget": scope.map(\.json) ?? .null, "reason": .string(reason),
          ]
        }
      })
  }

  /// What a person decides on, for programs.
  func addFacts(of entry: Reviews.Entry, to object: inout JSONObject) {
    let record = entry.record
    guard let look = looks[record.id] else { return }
    object.append("tasks", .list(look.workstream?.tasks ?? []) { .string($0) })
    object.append("risk", .text(look.workstream?.risk))
    object.append(
      "changes",
      .list(look.changes) { change in
        var object = JSONObject([("path", .string(change.path))])
        object.append("added", .integer(change.added))
        object.append("removed", .integer(change.removed))
        return .object(object)
      })
    object.append("gates", .list(record.gates.filter { $0.stage == .attempt }, \.json))
    let spent = record.attempts.reduce(Money.zero) { $0 + $1.spending.spent }
    object.append("spent_usd", spent.json)
    object.append("attempts", .integer(Int64(record.attempts.count)))
    object.append("log_end", .text(look.log))
  }
}
