/// How often a batch system is asked, and by which clock.
package struct JobPace: Sendable {
  /// For how long orders are gathered that are handed over together.
  package var gathering = Duration.milliseconds(20)
  /// Between two looks while something changes.
  package var poll = Duration.seconds(2)
  /// Between two looks when nothing has changed for long.
  package var longestPoll = Duration.seconds(30)
  /// Before a system that could not be reached is asked again, the first time; then twice as long
  /// each time.
  package var patience = Duration.seconds(1)
  package var longestPatience = Duration.seconds(60)
  /// A look that took one second is followed by so many without one, up to the longest time between
  /// two: what it costs here and there, it costs all day.
  package var restPerLook = 50

  /// The time since some moment.
  package var now: @Sendable () -> Duration
  /// Waits so long, or until its task is cancelled.
  package var pause: @Sendable (Duration) async -> Void

  package init(
    now: @escaping @Sendable () -> Duration = Self.steadyTime,
    pause: @escaping @Sendable (Duration) async -> Void = { try? await Task.sleep(for: $0) }
  ) {
    (self.now, self.pause) = (now, pause)
  }

  private static let start = ContinuousClock.now

  package static let steadyTime: @Sendable () -> Duration = { ContinuousClock.now - start }
}
