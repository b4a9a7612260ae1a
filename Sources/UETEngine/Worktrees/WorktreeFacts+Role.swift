import UETModel

extension WorktreeFacts.Role {
  /// What a folder below the root of all worktrees is for, as its name says; nil for a folder that
  /// only holds worktrees.
  package init?(path: String, below root: String) {
    let parts = path.dropFirst(root.count).split(separator: "/").map(String.init)
    guard path.hasPrefix(root + "/"), let first = parts.first, let last = parts.last else {
      return nil
    }
    if last.contains(".aside-") {
      self = .aside
    } else if parts.count == 1, first.hasPrefix("slot-"), let number = Int(first.dropFirst(5)) {
      self = .slot(number)
    } else if parts.count == 1, first.hasPrefix("bench-"), let number = Int(first.dropFirst(6)) {
      self = .bench(number)
    } else if let run = RunID(first) {
      guard parts.count == 2 else {
        if parts.count == 1 { return nil }
        self = .stranger
        return
      }
      self = Self.member(last, of: run)
    } else {
      self = .stranger
    }
  }

  /// `ws-a`, `ws-a@2`, `integration-1`, `reproduce-ws-a`, `ws-a.resolve`, `ws-a.resolver`,
  /// `rollback`.
  private static func member(_ name: String, of run: RunID) -> Self {
    if let id = WorkstreamID(name) { return .workstream(run, id) }
    if name == "integration" || name.hasPrefix("integration-") || name.hasPrefix("reproduce-") {
      return .test(run)
    }
    if name == "rollback" { return .rollback(run) }
    let ending = name.split(separator: ".").last.map(String.init) ?? ""
    if let id = WorkstreamID(String(name.dropLast(ending.count + 1))) {
      switch ending {
      case "scratch": return .scratch(run, id)
      case "resolve": return .conflict(run, id)
      case "resolver": return .resolver(run, id)
      default: break
      }
    }
    // The tool at work on what an attempt of the workstream builds on.
    if name.hasSuffix(".base.resolver"), let id = WorkstreamID(String(name.dropLast(14))) {
      return .resolver(run, id)
    }
    let parts = name.split(separator: "@", omittingEmptySubsequences: false)
    if parts.count == 2, let id = WorkstreamID(String(parts[0])), let number = Int(parts[1]) {
      return .attempt(run, id, number: number)
    }
    return .stranger
  }

  /// The name of an attempt's own view among the run's worktrees.
  static func viewName(_ id: WorkstreamID, attempt number: Int) -> String { "\(id)@\(number)" }
}
