/// How a supervised command ended.
package enum ProcessEnding: Hashable, Sendable {
  case exited(Int32)
  case signalled(Int32)
  /// Killed while the kernel killed for want of memory.
  case outOfMemory
  /// Ended by its time limit.
  case timedOut
  /// Ended on request.
  case stopped
  /// Never ran; the message is for people.
  case notStarted(errno: Int32, message: String)
}

/// What is known of a supervised command after its end.
package struct ProcessReport: Hashable, Sendable {
  package var ending: ProcessEnding
  /// Wall time from the start to the end of the command itself.
  package var seconds = 0.0
  /// User and system time of the command and of all descendants that were waited for.
  package var cpuSeconds = 0.0
  /// The largest resident size of one process of the tree.
  package var maxResidentBytes = 0
  /// Everything that was written, whether it is in the log or not.
  package var outputBytes = 0
  /// Whether the log lacks a part of the output.
  package var outputTruncated = false
  /// Descendants that outlived the command and were ended.
  package var stragglers = 0
  /// Descendants that could not be ended: another user's, or hanging in the kernel.
  package var survivors = 0
  /// The first error of writing the log, ENOSPC for one; the command is not held up by it.
  package var logError: Int32?
  /// The supervisor itself was killed; the tree was then ended as well as it can be found.
  package var supervisorLost = false
  /// It gave no sign of life for so many seconds and was ended for that.
  package var silence: Double?

  package init(_ ending: ProcessEnding) { self.ending = ending }
}

/// A sign of life: the supervisor is there and enforces the limits.
package struct ProcessPulse: Hashable, Sendable {
  /// Since the start of the command.
  package var seconds: Double
  package var outputBytes: Int
}
