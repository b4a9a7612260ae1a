import UETEngine
import UETModel

extension WorktreeFacts {
  /// One word for how it stands, as `git uet worktrees` prints it.
  var stateName: String {
    switch (presence, work) {
    case (.vanished, _), (.unreachable, _): "vanished"
    case (.unregistered, .idle) where roleName != "scratch": "unknown"
    case (_, .running): "running"
    case (_, .crashed): "crashed"
    case (_, .live): "live"
    case (_, .unlanded): "unlanded"
    case (_, .landed): "landed"
    case (_, .failed): "failed"
    case (_, .waiting): "open"
    case (_, .idle): "idle"
    }
  }

  var roleName: String {
    switch role {
    case .workstream: "workstream"
    case .attempt: "attempt"
    case .slot: "slot"
    case .test: "test"
    case .bench: "bench"
    case .scratch: "scratch"
    case .conflict: "conflict"
    case .resolver: "resolver"
    case .rollback: "rollback"
    case .aside: "aside"
    case .stranger: "unknown"
    }
  }

  var isDirty: Bool { contents == .dirty || hasLooseHead }

  func json(_ verdict: WorktreeVerdict, _ size: FolderSize) -> JSONObject {
    var object = JSONObject([
      ("path", .string(path)), ("kind", .string(roleName)), ("state", .string(stateName)),
    ])
    object.append("run", run.map { .string($0.rawValue) })
    object.append("workstream", workstream.map { .string($0.rawValue) })
    object.append("head", head.map { .string($0.hex) })
    object.append("kept_by", .text(keeper))
    object.append("dirty", .bool(isDirty))
    object.append("lock", .text(lock))
    object.append(
      "processes",
      .array(
        users.map { ["pid": .integer(Int64($0.pid)), "program": .string($0.program)] }))
    object.append("bytes", .integer(size.bytes))
    object.append("files", .integer(Int64(size.files)))
    object.append("verdict", .object(verdict.json))
    return object
  }
}

extension WorktreeVerdict {
  /// Whether it can go, and why or why not.
  var json: JSONObject {
    switch self {
    case .removable(let reason):
      return JSONObject([("removable", true), ("reason", .string(reason))])
    case .afterSalvage(let reason):
      return JSONObject([("removable", true), ("salvage", true), ("reason", .string(reason))])
    case .held(let hold):
      return hold.json
    }
  }

  /// For a line of text.
  var reason: String {
    switch self {
    case .removable(let reason): "can go: \(reason)"
    case .afterSalvage(let reason): "can go, salvaged first: \(reason)"
    case .held(let hold): hold.reason
    }
  }

  var isHeld: Bool { if case .held = self { true } else { false } }
}

extension WorktreeVerdict.Hold {
  var json: JSONObject {
    var object = JSONObject([
      ("removable", false), ("held_by", .string(kind.rawValue)), ("reason", .string(reason)),
    ])
    object.append("release", .text(command))
    return object
  }
}
