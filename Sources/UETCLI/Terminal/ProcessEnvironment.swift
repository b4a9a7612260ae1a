import Foundation

/// What this process was started with.
enum ProcessEnvironment {
  static var current: [String: String] { ProcessInfo.processInfo.environment }

  /// Whether somebody sits at a terminal who can be asked for a password.
  static var hasTerminal: Bool { isatty(0) == 1 && isatty(2) == 1 }
}
