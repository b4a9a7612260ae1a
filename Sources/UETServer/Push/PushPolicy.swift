import UETModel
import UETPlanning

/// What a host lets pushes change: its settings, with what follows from them.
package struct PushPolicy: Sendable {
  package let settings: Configuration.Server
  /// The full name of the branch that the settings come from; nil before it has a commit.
  package let head: String?
  private let protected: [ScopePattern]
  private let forbidden: [ScopePattern]

  package init(_ settings: Configuration.Server, head: String?) {
    self.settings = settings
    self.head = head
    protected = settings.protected.compactMap { try? ScopePattern($0) }
    forbidden = settings.forbiddenPaths.compactMap { try? ScopePattern($0) }
  }

  /// Whether nobody moves the branch but the queue. The one that holds the settings always is one:
  /// else whoever may push could take away all the rest.
  package func isProtected(_ name: String) -> Bool {
    if name == head { return true }
    guard name.hasPrefix("refs/heads/") else { return false }
    let branch = String(name.dropFirst("refs/heads/".utf8.count))
    return protected.contains { $0.matches(branch) }
  }

  /// The pattern that forbids to change a path.
  func forbids(_ path: String) -> ScopePattern? { forbidden.first { $0.matches(path) } }

  var forbidsPaths: Bool { !forbidden.isEmpty }

  func requires(_ signed: Configuration.Server.Signed) -> Bool {
    settings.requiredSignatures.contains(signed)
  }

  /// The protected branch as people type it, for hints.
  var target: String { head.map(RunNames.short) ?? "main" }
}
