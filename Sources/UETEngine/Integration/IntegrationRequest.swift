/// What a user asks `integrate` for.
package struct IntegrationRequest: Sendable {
  /// A run's name or part of it; nil for the newest.
  package var run: String?
  /// The branch to land in, as typed; nil to land nowhere yet.
  package var land: String?
  /// Whether a clean checkout of that branch may be moved along.
  package var updatesCheckout: Bool
  /// Workstreams that ask for a review before they are merged, and got one; as typed.
  package var reviewed: [String]

  package init(
    run: String? = nil, land: String? = nil, updatesCheckout: Bool = false, reviewed: [String] = []
  ) {
    self.run = run
    self.land = land
    self.updatesCheckout = updatesCheckout
    self.reviewed = reviewed
  }
}
