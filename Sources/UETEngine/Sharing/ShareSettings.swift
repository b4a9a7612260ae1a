import UETGit
import UETLedger
import UETModel

/// The refspecs in a clone's configuration that let a plain `git fetch` and `git push` carry the
/// records.
package struct ShareSettings: Sendable {
  /// A line of the configuration that was set, taken away, or left as it was.
  package enum Change: Hashable, Sendable {
    case set(key: String, value: String)
    case unset(key: String, value: String)
    case kept(key: String, value: String)
  }

  private let project: Project
  package let remote: String
  private let names: ShareNames

  package init(_ project: Project, remote: String?) throws {
    self.project = project
    self.remote = try project.remote(named: remote)
    names = try project.shareNames(self.remote)
  }

  private var fetchKey: String { "remote.\(remote).fetch" }
  private var pushKey: String { "remote.\(remote).push" }
  /// Remembers that the line for the user's own branch is ours to take away again.
  private var markKey: String { "remote.\(remote).uetPushesHead" }

  /// Sets what is missing; doing it again changes nothing.
  package func apply() async throws -> [Change] {
    var changes: [Change] = []
    for spec in names.recordRefspecs { changes.append(try await add(fetchKey, spec)) }
    let own = values(of: pushKey)
    for spec in names.pushRefspecs {
      if spec == "HEAD" {
        // Who has refspecs already has said what a plain push takes.
        if own.contains(where: { $0 != spec && !names.pushRefspecs.contains($0) }) { continue }
        if !own.contains(spec) { _ = try await add(markKey, "true") }
      }
      changes.append(try await add(pushKey, spec))
    }
    return changes
  }

  /// Takes away what `apply` set, and nothing else.
  package func remove() async throws -> [Change] {
    var changes: [Change] = []
    for spec in names.recordRefspecs {
      if let change = try await unset(fetchKey, spec) { changes.append(change) }
    }
    let isOurs = !values(of: markKey).isEmpty
    for spec in names.pushRefspecs where spec != "HEAD" || isOurs {
      if let change = try await unset(pushKey, spec) { changes.append(change) }
    }
    _ = try await unset(markKey, "true")
    return changes
  }

  private func values(of key: String) -> [String] {
    let wanted = key.lowercased()
    return project.repository.configList(prefix: "remote.")
      .filter { $0.key.lowercased() == wanted }.map(\.value)
  }

  private func add(_ key: String, _ value: String) async throws -> Change {
    if values(of: key).contains(value) { return .kept(key: key, value: value) }
    try await project.git.check(["config", "--local", "--add", key, value])
    return .set(key: key, value: value)
  }

  private func unset(_ key: String, _ value: String) async throws -> Change? {
    guard values(of: key).contains(value) else { return nil }
    try await project.git.check([
      "config", "--local", "--fixed-value", "--unset-all", key, value,
    ])
    return .unset(key: key, value: value)
  }
}
