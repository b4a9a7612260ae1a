import UETEngine
import UETModel

/// What `git uet gc` did, as lines and as JSON.
struct GcView {
  let archive: String
  let isDry: Bool
  let terminal: Terminal

  func lines(_ item: GarbageCollection.Item) -> [String] {
    let name = "\(item.kind.rawValue) \(item.name.terminalSafe)"
    switch item.outcome {
    case .done(let reason):
      let verb = verb(item.kind)
      return ["\(terminal.styled(verb, .green)) \(name): \(reason.terminalSafe)"]
    case .kept(let reason, let command):
      return ["\(terminal.styled("kept", .yellow)) \(name): \(reason.terminalSafe)"]
        + (command.map { ["  \($0.terminalSafe)"] } ?? [])
    case .failed(let reason):
      return ["\(terminal.styled("failed", .red)) \(name): \(reason.terminalSafe)"]
    }
  }

  private func verb(_ kind: GarbageCollection.Item.Kind) -> String {
    switch kind {
    case .run: isDry ? "would archive" : "archived"
    case .worktree, .branch: isDry ? "would remove" : "removed"
    }
  }

  func summary(_ items: [GarbageCollection.Item]) -> String {
    func count(_ kind: GarbageCollection.Item.Kind) -> Int {
      items.count { $0.kind == kind && $0.isDone }
    }
    let kept = items.count { !$0.isDone }
    let counts = [count(.run), count(.worktree), count(.branch)]
    if counts.allSatisfy({ $0 == 0 }) {
      return kept == 0 ? "nothing to collect" : "nothing to collect, kept \(kept)"
    }
    let runs = "\(counts[0]) run\(counts[0] == 1 ? "" : "s")"
    let worktrees = "\(counts[1]) worktree\(counts[1] == 1 ? "" : "s")"
    let branches = "\(counts[2]) branch\(counts[2] == 1 ? "" : "es")"
    let place = counts[0] > 0 ? " in \(archive)" : ""
    return "\(verb(.run)) \(runs)\(place), \(isDry ? "would remove" : "removed") \(worktrees) and "
      + "\(branches)" + (kept > 0 ? ", \(isDry ? "would keep" : "kept") \(kept)" : "")
  }

  func json(_ items: [GarbageCollection.Item]) -> JSONValue {
    [
      "version": 1, "dry_run": .bool(isDry), "archive": .string(archive),
      "items": .array(items.map(json)),
    ]
  }

  private func json(_ item: GarbageCollection.Item) -> JSONValue {
    var object = JSONObject([
      ("kind", .string(item.kind.rawValue)), ("name", .string(item.name)),
    ])
    object.append("run", item.run.map { .string($0.rawValue) })
    switch item.outcome {
    case .done(let reason):
      object.append("outcome", .string(item.kind == .run ? "archived" : "removed"))
      object.append("reason", .string(reason))
    case .kept(let reason, let command):
      object.append("outcome", .string("kept"))
      object.append("reason", .string(reason))
      object.append("command", .text(command))
    case .failed(let reason):
      object.append("outcome", .string("failed"))
      object.append("reason", .string(reason))
    }
    return .object(object)
  }
}
