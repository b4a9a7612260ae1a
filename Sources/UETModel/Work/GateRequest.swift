/// A gate that a workstream asks for.
package struct GateRequest: Hashable, Sendable {
  /// The gate's name, as `GATE_UNIT`; the configuration, or `command`, says what it runs.
  package var name: String
  /// A red required gate fails the attempt; one that is not required is recorded and shown only.
  package var required = true
  /// What follows waits for its verdict.
  package var blocking = true
  /// Runs on the combined tree of the wave instead of on the workstream's own.
  package var waveBoundary = false
  package var command: Command?

  package init(name: String) { self.name = name }
}
