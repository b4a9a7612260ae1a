import UETSystem

/// Looks for programs where a worker would.
package struct ProgramSearch: Sendable {
  private let folders: [Substring]

  package init(_ environment: [String: String]) {
    folders = (environment["PATH"] ?? "").split(separator: ":")
  }

  package func finds(_ name: String) -> Bool {
    folders.contains { Files.isProgram("\($0)/\(name)") }
  }
}
