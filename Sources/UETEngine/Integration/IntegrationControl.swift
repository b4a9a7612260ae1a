import UETMergeQueue

/// Steers an integration from outside its loop.
package final class IntegrationControl: Sendable {
  let mailbox = Mailbox<QueueInput>()

  package init() {}

  /// Lets gates that run finish, begins nothing more.
  package func drain() { mailbox.send(.drain) }

  /// Ends what runs at once.
  package func stop() { mailbox.send(.stopNow) }
}
