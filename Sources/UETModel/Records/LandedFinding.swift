/// Something on record that may be a reason to take landed work out again; a policy says whether it
/// is.
package struct LandedFinding: Hashable, Sendable {
  package enum Kind: String, CaseIterable, Hashable, Sendable {
    /// A gate was red on the target, after it had moved.
    case red
    /// A gate for security was, or an attempt failed with E_SECURITY.
    case security
    /// A budget was exceeded.
    case budget
  }

  /// What it speaks of.
  package enum Scope: Hashable, Sendable {
    /// What came in with one landing.
    case landing([WorkstreamID])
    case workstream(WorkstreamID)
    case phase(String)
    case run
  }

  /// Sequence number of the event that says so: what landed later is not meant.
  package var event: Int
  package var kind: Kind
  package var scope: Scope
  /// For people, on one line.
  package var reason: String

  package init(event: Int, kind: Kind, scope: Scope, reason: String) {
    self.event = event
    self.kind = kind
    self.scope = scope
    self.reason = reason
  }
}

extension LandedFinding.Scope: CustomStringConvertible {
  package var description: String {
    switch self {
    case .landing(let ids): "what landed last (\(ids.count))"
    case .workstream(let id): "'\(id)'"
    case .phase(let name): "phase '\(name)'"
    case .run: "the run"
    }
  }
}

extension LandedFinding {
  package var json: JSONValue {
    var object = JSONObject([
      ("event", .integer(Int64(event))), ("kind", .string(kind.rawValue)),
      ("reason", .string(reason)),
    ])
    switch scope {
    case .landing(let ids): object.append("landing", .list(ids) { .string($0.rawValue) })
    case .workstream(let id): object.append("workstream", .string(id.rawValue))
    case .phase(let name): object.append("phase", .string(name))
    case .run: break
    }
    return .object(object)
  }

  package init(json: JSONValue) throws(JSONShapeError) {
    guard let object = json.object else { throw JSONShapeError("finding") }
    let scope: Scope
    if let id = try object.optional("workstream", \.workstreamID) {
      scope = .workstream(id)
    } else if let name = try object.optional("phase", \.string) {
      scope = .phase(name)
    } else if object["landing"] != nil {
      scope = .landing(try object.list("landing", \.workstreamID))
    } else {
      scope = .run
    }
    self.init(
      event: try object.required("event", \.integer),
      kind: try object.required("kind") { $0.string.flatMap(Kind.init) }, scope: scope,
      reason: try object.required("reason", \.string))
  }
}
