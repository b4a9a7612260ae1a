import UETModel
import UETSystem

/// Writes the files a project needs to be planned: configuration, an example, ignore rules.
///
/// What exists is never changed, but for `.gitignore`, which gets the lines it lacks.
package struct ProjectSetup: Sendable {
  package enum Change: Hashable, Sendable {
    case created(String)
    case extended(String)
    case kept(String)
  }

  private let workTree: String
  private let environment: [String: String]

  /// `environment` tells which programs are installed.
  package init(workTree: String, environment: [String: String]) {
    (self.workTree, self.environment) = (workTree, environment)
  }

  /// What was done, a file at a time, in a fixed order.
  package func apply() throws(SystemFailure) -> [Change] {
    let gates = try proposals()
    return [
      try create(".uet/config.yaml", SetupTemplates.configuration(gates: gates)),
      try createExample(),
      try extendIgnoreRules(),
    ]
  }

  /// The checks that the repository shows, proposed in the configuration, where a person reads
  /// them, and never guessed during a run.
  package func proposals() throws(SystemFailure) -> [ProposedGate] {
    try GateProposals(workTree: workTree, environment: environment).all()
  }

  private func create(_ name: String, _ text: String) throws(SystemFailure) -> Change {
    let path = "\(workTree)/\(name)"
    if Files.kind(path) != nil { return .kept(name) }
    try Files.makeDirectory(above: path)
    try Files.write(text.utf8, to: path)
    return .created(name)
  }

  /// The example comes only into a project without bundles: it must not join somebody's plan.
  private func createExample() throws(SystemFailure) -> Change {
    let names = try Files.list("\(workTree)/workstreams") ?? []
    guard names.isEmpty else { return .kept("workstreams") }
    return try create("workstreams/ws-hello.yaml", SetupTemplates.example)
  }

  private func extendIgnoreRules() throws(SystemFailure) -> Change {
    let path = "\(workTree)/.gitignore"
    let old = String(decoding: try Files.read(path) ?? [], as: UTF8.self)
    let present = Set(old.split(whereSeparator: \.isNewline).map(String.init))
    let missing = SetupTemplates.ignoreRules.filter { !present.contains($0) }
    guard !missing.isEmpty else { return .kept(".gitignore") }
    let gap = old.isEmpty ? "" : old.hasSuffix("\n") ? "\n" : "\n\n"
    let text =
      old + gap + SetupTemplates.ignoreComment + "\n" + missing.joined(separator: "\n") + "\n"
    try Files.write(text.utf8, to: path)
    return old.isEmpty ? .created(".gitignore") : .extended(".gitignore")
  }
}
