import UETSystem

/// The process trees that were started for a run, a line each, for a recovery after a crash.
///
/// One file for all: a file for each attempt would take longer than many an attempt.
struct StartedTrees: Sendable {
  let path: String

  /// Notes what works for `owner`; it takes the place of what did so before.
  func add(_ process: ProcessIdentity, for owner: String) throws(SystemFailure) {
    try Files.append("\(owner) \(process)\n".utf8, to: path)
  }

  /// What was last noted for `owner`.
  func last(for owner: String) -> ProcessIdentity? {
    guard let bytes = Files.content(of: path) else { return nil }
    let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n")
    return lines.last { $0.hasPrefix("\(owner) ") }
      .flatMap { ProcessIdentity(String($0.dropFirst(owner.count + 1))) }
  }
}
