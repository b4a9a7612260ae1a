/// What the process ends with; the numbers are a contract with scripts.
package enum ExitStatus: Int32, Error, Sendable {
  case done = 0
  /// Finished, but a workstream, gate or candidate failed.
  case failed = 1
  /// Bad usage or invalid input; nothing was changed.
  case usage = 2
  /// A person must decide.
  case decision = 3
  /// Halted by a budget or limit.
  case halted = 4
  /// Another process holds the run.
  case held = 5
  case internalError = 70
  /// SIGINT, after a drain.
  case interrupted = 130
  /// SIGTERM, after a drain.
  case terminated = 143
}

/// Why something is not done, as people are told: git's style, and the next command to type.
///
/// It is made where it is thrown. An error that somebody tells from others has a type of its own,
/// which is `Refusing`.
package struct Refusal: Error, Hashable, Sendable {
  package var status: ExitStatus
  /// Lower case, no full stop, the subject in single quotes, safe to print. Several for several
  /// faults.
  package var messages: [String]
  package var hints: [String]
  /// Messages that start with `FILE:LINE:COLUMN` stand by themselves.
  package var isDiagnostic = false

  package init(_ status: ExitStatus, _ message: String, hint: String?...) {
    self.status = status
    messages = [message]
    hints = hint.compactMap { $0 }
  }

  /// What is told of any error; one that does not say it itself is a defect.
  package init(_ error: any Error) {
    self = (error as? any Refusing)?.refusal ?? Refusal(.internalError, "\(error)".terminalSafe)
  }
}

/// An error that says what people are told of it.
package protocol Refusing: Error, Sendable {
  var refusal: Refusal { get }
}

extension Refusal: Refusing {
  package var refusal: Refusal { self }
}
