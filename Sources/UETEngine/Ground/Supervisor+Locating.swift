import Foundation

extension Supervisor {
  /// The supervisor that belongs to the running program; nil where it is not installed.
  package static func located(environment: [String: String]) -> String? {
    let path = Bundle.main.executablePath ?? CommandLine.arguments[0]
    return locate(besides: path, environment: environment)
  }
}
