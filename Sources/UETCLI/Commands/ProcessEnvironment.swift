import Foundation

/// What this process was started with.
enum ProcessEnvironment {
  static var current: [String: String] { ProcessInfo.processInfo.environment }

  static var workingDirectory: String { FileManager.default.currentDirectoryPath }
}
