import Synchronization
import UETScheduling

/// Which logs the attempts under way have, so that the end of one does not take a look through the
/// logs of all.
final class WrittenLogs: Sendable {
  private let names = Mutex<[AttemptName: [String]]>([:])

  /// Notes a log by its path.
  func add(_ path: String, of name: AttemptName) {
    let file = path.split(separator: "/").last.map(String.init) ?? path
    names.withLock { names in
      if !(names[name]?.contains(file) ?? false) { names[name, default: []].append(file) }
    }
  }

  /// The file names of an attempt's logs, which are forgotten; nil where this process did not run
  /// it.
  func take(_ name: AttemptName) -> [String]? { names.withLock { $0.removeValue(forKey: name) } }
}
