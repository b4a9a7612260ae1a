import UETModel

/// A program that a batch system is to run once, on a node of its choice.
package struct JobOrder: Hashable, Sendable {
  /// By which the job is found again: no other job of this user that waits or runs has it.
  package var name: String
  /// The program, as the node finds it, and its arguments. It starts in the root folder.
  package var argv: [String]
  /// All variables that it is given, but those that the system adds of its own.
  package var environment: [String: String]
  /// What it needs of a node.
  package var resources: Resources
  /// Seconds that it may run; nil for what the system allows.
  package var timeLimit: Double?
  /// A file, as the node sees it, to whose end goes what the program prints. Its folder is there.
  package var log: String

  package init(
    name: String, argv: [String], environment: [String: String] = [:],
    resources: Resources = Resources(), timeLimit: Double? = nil, log: String
  ) {
    (self.name, self.argv, self.environment) = (name, argv, environment)
    (self.resources, self.timeLimit, self.log) = (resources, timeLimit, log)
  }
}
