/// How one agent program is called and understood.
package protocol ToolAdapter: Sendable {
  /// The adapter's name in the configuration, and the program's by default.
  static var name: String { get }
  /// The variables that the program logs in with; only it gets them.
  static var loginVariables: [String] { get }
  /// The versions that its behaviour was measured with.
  static var knownVersions: String { get }
  /// Whether it takes up the session of an earlier attempt.
  static var canResume: Bool { get }
  /// Whose models it asks, where it asks one provider alone.
  static var provider: String? { get }
  /// Whether it reads the files of the scope before it asks its model, rather than what it finds it
  /// needs.
  static var opensFiles: Bool { get }
  /// What it needs of the user's home where it has one of its own.
  static var homes: [ToolHome] { get }
  /// Those of them that count for a program as the configuration calls it.
  static func loginVariables(of command: [String]) -> [String]

  static func launch(_ request: ToolRequest) -> ToolLaunch
  /// A fold that has seen nothing yet.
  static func reading(of request: ToolRequest) -> any ToolReading
}

extension ToolAdapter {
  package static var canResume: Bool { false }
  package static var provider: String? { nil }
  package static var opensFiles: Bool { false }
  package static var homes: [ToolHome] { [] }
  package static func loginVariables(of command: [String]) -> [String] { loginVariables }
}

/// Folds what a program prints and writes into what came of it.
package protocol ToolReading: Sendable {
  /// Takes one line of output, without its end.
  mutating func take(line: ArraySlice<UInt8>)
  /// Takes a file that the launch named; `path` is where it was found.
  mutating func take(file: [UInt8], at path: String)
  func conclusion(_ ending: ToolEnding) -> ToolConclusion
}

extension ToolReading {
  package mutating func take(file: [UInt8], at path: String) {}
}
