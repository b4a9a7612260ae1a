import UETModel

/// How an agent program's work ended, by what the program says; its exit status alone decides
/// nothing.
package enum ToolOutcome: Hashable, Sendable {
  case done
  /// It gave up, or says that the task is not done.
  case failed(String)
  /// A limit of turns or steps that it was given.
  case turnLimit
  /// A limit of money that it was given.
  case outOfBudget
  case notLoggedIn(String)
  /// Seconds to wait as the provider says; nil where it does not.
  case rateLimited(wait: Double?)
  /// The provider is busy or broken.
  case overloaded(String)
  /// The account has no credit left, or the request is not allowed: waiting does not help.
  case refused(String)
  /// The conversation does not fit the model's window.
  case contextOverflow(String)
  /// Ended by a signal or on request before it was done.
  case interrupted
  /// The session that it was to take up is not there any more; it has done nothing.
  case sessionGone
  /// The program itself cannot be used: a notice that it is retired, or a crash before the first
  /// request.
  case unusable(String)
}

extension ToolOutcome {
  /// The kind of error that is recorded; nil for what is done.
  package var kind: ErrorKind? {
    switch self {
    case .done: nil
    case .failed, .turnLimit, .notLoggedIn, .refused, .interrupted, .sessionGone, .unusable:
      .toolFailure
    case .outOfBudget: .budgetExceeded
    case .rateLimited, .overloaded: .rateLimited
    case .contextOverflow: .contextOverflow
    }
  }

  /// Whether the tool itself is at fault, for every workstream alike.
  package var isFaultOfTool: Bool {
    switch self {
    case .notLoggedIn, .refused, .unusable: true
    default: false
    }
  }

  /// Whether another attempt makes sense after a wait.
  package var isTransient: Bool {
    switch self {
    case .rateLimited, .overloaded: true
    default: false
    }
  }

  /// In words that follow the tool's name and "ended: ", or nil for what is done.
  package var message: String? {
    switch self {
    case .done: nil
    case .failed(let reason): reason
    case .turnLimit: "its limit of turns was reached"
    case .outOfBudget: "its limit of money was reached"
    case .notLoggedIn(let detail): "it is not logged in (\(detail))"
    case .rateLimited(nil): "the provider asks to wait"
    case .rateLimited(let wait?): "the provider asks to wait \(Int(wait.rounded(.up))) s"
    case .overloaded(let detail): "the provider is overloaded (\(detail))"
    case .refused(let detail): "the provider refuses (\(detail))"
    case .contextOverflow(let detail): "the conversation does not fit the model (\(detail))"
    case .interrupted: "it was interrupted"
    case .sessionGone: "the session that it was to take up is gone"
    case .unusable(let detail): "the program cannot be used: \(detail)"
    }
  }
}
