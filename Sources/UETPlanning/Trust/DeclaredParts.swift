import UETModel

/// What a repository's files declare to be run, as a person looks at it before anything of it runs.
///
/// A setting is one of them unless it is known to be harmless, so that one that comes later is.
package struct DeclaredParts: Hashable, Sendable {
  /// Of the configuration: trusted as a whole, for one that is taken out may have been a check.
  package private(set) var settings: [DeclaredPart] = []
  /// Of bundles: each by itself.
  package private(set) var work: [DeclaredPart] = []

  /// `own` is what holds without the file: defaults, and what the user's own git configuration
  /// says.
  package init(
    _ configuration: Configuration, file: String, without own: Configuration,
    _ workstreams: [Workstream]
  ) {
    let usual = Dictionary(
      Self.leaves(own).map { ($0.name, $0.value) }, uniquingKeysWith: { first, _ in first })
    settings = Self.leaves(configuration).filter { usual[$0.name] != $0.value }
      .map { DeclaredPart(file: file, name: $0.name, value: $0.value) }
    work = workstreams.sorted { ($0.source.file, $0.id) < ($1.source.file, $1.id) }
      .flatMap(Self.parts)
  }

  package var all: [DeclaredPart] { settings + work }

  private static let harmless: Set<String> = [
    "version", "workstreams", "budget", "limits", "retry", "prompt", "context", "tiers", "server",
    "run.workers", "run.min_workers", "run.max_workers", "run.base", "run.mode", "run.keep",
    "run.keep_disk", "run.sparse",
    "run.setup_timeout",
    "run.base_timeout", "run.git_timeout", "run.ports", "run.drain", "run.stale", "run.resources",
    "run.hold", "run.background", "run.same_path", "integration.target", "integration.strategy",
    "integration.window", "integration.window_times", "integration.slots", "integration.confirm",
    "integration.resolver_timeout",
  ]
  private static let harmlessOfTool: Set<String> = [
    "model", "timeout", "transient", "max_turns", "provider", "capabilities", "fallback", "resume",
    "resources", "background",
  ]
  private static let harmlessOfGate: Set<String> = [
    "timeout", "retries", "wave_boundary", "timeout_is", "signal_is", "resources",
  ]

  private static func leaves(
    _ configuration: Configuration
  ) -> [(name: String, value: JSONValue)] {
    configuration.json.members.flatMap { section -> [(name: String, value: JSONValue)] in
      guard !harmless.contains(section.key) else { return [] }
      guard case .object(let members) = section.value else { return [(section.key, section.value)] }
      let isNamed = section.key == "tools" || section.key == "gates"
      let of = section.key == "tools" ? harmlessOfTool : harmlessOfGate
      return members.members.flatMap { member -> [(name: String, value: JSONValue)] in
        let name = "\(section.key).\(member.key)"
        guard isNamed, case .object(let entry) = member.value else {
          return harmless.contains(name) ? [] : [(name, member.value)]
        }
        return entry.members.filter { !of.contains($0.key) }
          .map { ("\(name).\($0.key)", $0.value) }
      }
    }
  }

  private static func parts(of workstream: Workstream) -> [DeclaredPart] {
    var parts: [(String, JSONValue)] = []
    if let command = workstream.command { parts.append(("command", command.json)) }
    for gate in workstream.gates {
      if let command = gate.command { parts.append(("gate \(gate.name)", command.json)) }
    }
    for (place, test) in workstream.acceptanceTests.enumerated() {
      if case .command(let command) = test {
        parts.append(("acceptance test \(place + 1)", command.json))
      }
    }
    if !workstream.environment.isEmpty {
      let sorted = workstream.environment.sorted { $0.key < $1.key }
      let object = JSONObject(sorted.map { ($0.key, .string($0.value)) })
      parts.append(("environment", .object(object)))
    }
    for (name, actions) in [
      ("compensation", workstream.compensationActions), ("forward", workstream.forwardActions),
    ] where !actions.isEmpty {
      parts.append(("\(name) actions", .array(actions.map(\.json))))
    }
    return parts.map {
      DeclaredPart(file: workstream.source.file, name: "\(workstream.id) \($0.0)", value: $0.1)
    }
  }
}
