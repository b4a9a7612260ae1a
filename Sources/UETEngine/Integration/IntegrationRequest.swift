/// What a user asks `integrate` for.
package struct IntegrationRequest: Sendable {
  /// A run's name or part of it; nil for the newest.
  package var run: String?
  /// The branch to land in, as typed; nil to land nowhere yet.
  package var land: String?

  package init(run: String? = nil, land: String? = nil) {
    self.run = run
    self.land = land
  }
}
