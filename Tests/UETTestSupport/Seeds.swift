import Foundation

/// The seeds that a seeded test runs: one from `UET_SEED` to replay it, many under `UET_LONG=1`.
package struct Seeds: Sendable {
  package let all: [UInt64]

  /// `also`: seeds beyond the short ones that once failed.
  package init(short: UInt64, long: UInt64, also: [UInt64] = []) {
    let environment = ProcessInfo.processInfo.environment
    if let seed = environment["UET_SEED"].flatMap({ UInt64($0) }) {
      all = [seed]
    } else {
      all = Array(1...(environment["UET_LONG"] == "1" ? long : short)) + also
    }
  }

  /// Runs `body` for each seed until one fails; gives what to say then, with how to replay it.
  package func firstFailure(filter: String, _ body: (UInt64) throws -> Void) -> String? {
    for seed in all {
      do { try body(seed) } catch {
        return "seed \(seed): \(error)\nreplay: UET_SEED=\(seed) swift test --filter \(filter)"
      }
    }
    return nil
  }
}

/// An invariant that does not hold.
package struct Violation: Error, CustomStringConvertible {
  package let description: String

  package init(_ description: String) { self.description = description }

  /// Throws unless the condition holds.
  package static func unless(_ condition: Bool, _ message: @autoclosure () -> String) throws {
    if !condition { throw Violation(message()) }
  }
}
