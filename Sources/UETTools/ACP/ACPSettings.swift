import UETModel

/// What a conversation in the Agent Client Protocol is about: where the agent works, what it is
/// asked, and what it may do unasked.
package struct ACPSettings: Hashable, Sendable {
  /// The worktree, as an absolute path.
  package var folder: String
  /// A file that holds what is asked.
  package var promptFile: String
  package var model: String?
  /// The agent's own mode, by its id; nil for the one that it begins in.
  package var mode: String?
  /// The session of an earlier attempt to take up; nil to begin anew.
  package var resumes: String?
  /// US dollars after which the turn is cancelled, by what the agent itself reckons.
  package var maxCost: Double?
  package var policy: ToolPolicy
  /// Servers of tools that the agent is to connect to, in the protocol's own form.
  package var servers: [JSONObject]
  /// Whether the model is named in a variable that the program reads, so that it is no fault if it
  /// offers none.
  package var modelIsKnown: Bool

  package init(
    folder: String, promptFile: String, model: String? = nil, mode: String? = nil,
    resumes: String? = nil, maxCost: Double? = nil, policy: ToolPolicy = ToolPolicy(),
    servers: [JSONObject] = [], modelIsKnown: Bool = false
  ) {
    self.folder = folder
    self.promptFile = promptFile
    self.model = model
    self.mode = mode
    self.resumes = resumes
    self.maxCost = maxCost
    self.policy = policy
    self.servers = servers
    self.modelIsKnown = modelIsKnown
  }
}

extension ACPSettings {
  package var json: JSONValue {
    let rules = policy.rules.sorted { $0.key.rawValue < $1.key.rawValue }
      .map { ($0.key.rawValue, JSONValue.bool($0.value)) }
    return .object(
      JSONObject([
        "folder": .string(folder), "prompt_file": .string(promptFile), "model": .text(model),
        "mode": .text(mode), "resumes": .text(resumes), "max_cost": maxCost.map(JSONValue.number),
        "writes": .array(policy.writes.map { .string($0.text) }),
        "rules": .object(JSONObject(rules)), "servers": .array(servers.map(JSONValue.object)),
        "model_is_known": .bool(modelIsKnown),
      ]))
  }

  /// Reads what `json` gives.
  package init(json: JSONValue) throws(JSONShapeError) {
    let object = json.object ?? JSONObject()
    var policy = ToolPolicy()
    policy.writes = try object.list("writes") { $0.string.flatMap { try? ScopePattern($0) } }
    for member in object.object("rules")?.members ?? [] {
      guard let kind = ToolPolicy.Kind(rawValue: member.key), let isAllowed = member.value.bool
      else { throw JSONShapeError("rules") }
      policy.rules[kind] = isAllowed
    }
    self.init(
      folder: try object.required("folder", \.string),
      promptFile: try object.required("prompt_file", \.string),
      model: try object.optional("model", \.string), mode: try object.optional("mode", \.string),
      resumes: try object.optional("resumes", \.string),
      maxCost: try object.optional("max_cost", \.double), policy: policy,
      servers: try object.list("servers", \.object),
      modelIsKnown: try object.optional("model_is_known", \.bool) ?? false)
  }
}
