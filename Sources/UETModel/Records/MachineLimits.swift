/// Figures from which on a machine is spared; nil for what does not count.
package struct MachineLimits: Hashable, Sendable {
  /// Shares of time, and swap in use, in percent; more is worse.
  package var cpu: Double?
  package var memory: Double?
  package var io: Double?
  package var swap: Double?
  /// Percent; less is worse.
  package var memoryFree: Double?
  package var battery: Double?
  /// Bytes; less is worse.
  package var diskFree: Int?

  package init() {}
}
