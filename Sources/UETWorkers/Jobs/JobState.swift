/// Where a job is.
///
/// A waiting job may run or end, a running one may end, or wait again where its system puts it back
/// in line. Nothing follows an end.
package enum JobState: Hashable, Sendable {
  /// - Parameters:
  ///   - reason: In the system's word, where it has one.
  ///   - isHopeless: By itself it will never run: nothing has what it asks for, or somebody must
  ///     release it.
  case waiting(reason: String?, isHopeless: Bool)
  case running(node: String?)
  case ended(JobEnding)

  /// Whether it waits for its turn, which will come.
  var isInLine: Bool { if case .waiting(_, isHopeless: false) = self { true } else { false } }
}

/// How a job ended.
package struct JobEnding: Hashable, Sendable {
  package enum Kind: Hashable, Sendable {
    case completed
    /// The program's own exit status, which is not 0.
    case failed(Int32)
    /// The program was ended by a signal, and nobody says for what.
    case signalled(Int32)
    case timedOut, outOfMemory
    /// Its node is gone, or was needed for something else; nothing is said of the program, which
    /// may run on there for a while.
    case nodeLost
    case cancelled
    /// The system does not say; the program may have come to its own end.
    case unknown
  }

  package let kind: Kind
  /// The system's own, as in `NODE_FAIL NodeDown 0:0`.
  package let words: String

  package init(_ kind: Kind, words: String) { (self.kind, self.words) = (kind, words) }

  /// By the exit status that a shell told; of a command that a signal ended it tells 128 and more.
  init(exitStatus status: Int32) {
    let kind: Kind =
      switch status {
      case 0: .completed
      case 129...192: .signalled(status - 128)
      default: .failed(status)
      }
    self.init(kind, words: "exit status \(status)")
  }
}
