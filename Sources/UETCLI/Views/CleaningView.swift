import UETEngine
import UETModel

/// What `git uet clean` did, as lines and as JSON.
struct CleaningView {
  let root: String
  let isDry: Bool
  let terminal: Terminal

  func lines(_ item: Cleaning.Item) -> [String] {
    let size = ByteCount.text(item.size.bytes)
    switch item.outcome {
    case .removed(let reason, let salvage):
      let head = terminal.styled(isDry ? "would remove" : "removed", .green)
      let kept = salvage.map { $0.isEmpty ? "; salvaged first" : "; kept as \($0)" } ?? ""
      return ["\(head)  \(name(item))  \(size): \(reason)\(kept)"]
    case .held(let hold):
      let head = "\(terminal.styled("kept", .yellow))  \(name(item))  \(size): \(hold.reason)"
      return [head] + (hold.command.map { ["      release it: \($0)"] } ?? [])
    case .failed(let reason):
      let head = terminal.styled("failed", .red)
      return ["\(head)  \(name(item)): \(reason.terminalSafe)"]
    }
  }

  private func name(_ item: Cleaning.Item) -> String {
    switch item.kind {
    case .worktree: PathText.short(item.path, below: root)
    case .scratch: "scratch of \(item.run.map(\.rawValue) ?? "a run")"
    }
  }

  func summary(_ items: [Cleaning.Item]) -> String {
    let removed = items.filter(\.isRemoved)
    let bytes = ByteCount.text(removed.map(\.size).reduce(FolderSize(), +).bytes)
    let worktrees = removed.count { $0.kind == .worktree }
    let scratch = removed.count - worktrees
    if items.isEmpty { return "nothing to clean" }
    return
      "\(isDry ? "would remove" : "removed") \(count(worktrees, "worktree")) and the scratch of "
      + "\(count(scratch, "run")) (\(bytes)), \(isDry ? "would keep" : "kept") "
      + "\(items.count - removed.count)"
  }

  private func count(_ number: Int, _ noun: String) -> String {
    "\(number) \(noun)\(number == 1 ? "" : "s")"
  }

  func json(_ items: [Cleaning.Item]) -> JSONValue {
    let removed = items.filter(\.isRemoved)
    let bytes = removed.map(\.size).reduce(FolderSize(), +).bytes
    return [
      "version": 1, "dry_run": .bool(isDry), "removed": .integer(Int64(removed.count)),
      "bytes": .integer(bytes), "items": .array(items.map { .object(json($0)) }),
    ]
  }

  private func json(_ item: Cleaning.Item) -> JSONObject {
    var object = JSONObject([("kind", .string(item.kind.rawValue)), ("path", .string(item.path))])
    object.append("run", item.run.map { .string($0.rawValue) })
    object.append("bytes", .integer(item.size.bytes))
    switch item.outcome {
    case .removed(let reason, let salvage):
      object.append("outcome", .string("removed"))
      object.append("reason", .string(reason))
      object.append("salvage", .text(salvage))
    case .held(let hold):
      object.append("outcome", .string("kept"))
      for member in hold.json.members { object.append(member.key, member.value) }
    case .failed(let reason):
      object.append("outcome", .string("failed"))
      object.append("reason", .string(reason))
    }
    return object
  }
}
