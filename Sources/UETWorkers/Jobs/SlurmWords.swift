/// What Slurm's words mean: states, reasons and errors.
enum SlurmWords {
  /// The exit status and the signal of a job's script.
  struct End: Hashable {
    let status: Int32
    let signal: Int32

    /// As the system's wait status, or as `STATUS:SIGNAL`.
    init(_ text: String) {
      let parts = text.split(separator: ":").compactMap { Int32($0) }
      if parts.count == 2 {
        (status, signal) = (parts[0], parts[1])
      } else {
        let whole = parts.first ?? 0
        (status, signal) = ((whole >> 8) & 0xFF, whole & 0x7F)
      }
    }
  }

  /// The state decides, then the exit status: that of a job whose node died is 0.
  static func state(_ state: String, reason: String, end: End, nodes: String) -> JobState {
    switch state {
    case "PENDING", "REQUEUED", "REQUEUE_FED", "REQUEUE_HOLD", "RESV_DEL_HOLD", "SPECIAL_EXIT":
      let isHeld = ["REQUEUE_HOLD", "RESV_DEL_HOLD", "SPECIAL_EXIT"].contains(state)
      let why = reason.isEmpty || reason == "None" ? (isHeld ? state : nil) : reason
      return .waiting(reason: why, isHopeless: isHeld || isHopeless(reason))
    case "COMPLETED", "FAILED", "TIMEOUT", "DEADLINE", "OUT_OF_MEMORY", "NODE_FAIL", "BOOT_FAIL",
      "PREEMPTED", "CANCELLED", "REVOKED", "LAUNCH_FAILED", "RECONFIG_FAIL":
      let words = "\(state) \(reason.isEmpty ? "None" : reason) \(end.status):\(end.signal)"
      return .ended(JobEnding(kind(state, end), words: words))
    // It runs, is about to, or is being ended.
    default: return .running(node: nodes.isEmpty ? nil : nodes)
    }
  }

  private static func kind(_ state: String, _ end: End) -> JobEnding.Kind {
    switch state {
    case "COMPLETED": .completed
    case "TIMEOUT", "DEADLINE": .timedOut
    case "OUT_OF_MEMORY": .outOfMemory
    case "NODE_FAIL", "BOOT_FAIL", "PREEMPTED": .nodeLost
    case "CANCELLED", "REVOKED": .cancelled
    case "FAILED" where end.status != 0: .failed(end.status)
    // A script that a signal ends is told as one that could not be launched.
    case "FAILED" where end.signal != 0: .signalled(end.signal)
    default: .unknown
    }
  }

  /// Reasons for which a job waits until somebody changes it, or what there is for it.
  private static func isHopeless(_ reason: String) -> Bool {
    let word = reason.prefix { $0 != "," }
    return hopeless.contains(String(word)) || word.contains("PerJob")
      || word.contains("MaxWallDuration") || word.hasPrefix("launch failed")
      || word == "job requeued in held state"
  }

  private static let hopeless: Set<String> = [
    "AccountNotAllowed", "BadConstraints", "DependencyNeverSatisfied", "InvalidAccount",
    "InvalidQOS", "JobHeldAdmin", "JobHeldUser", "JobLaunchFailure", "MaxMemPerLimit",
    "PartitionConfig", "PartitionNodeLimit", "PartitionTimeLimit", "QOSNotAllowed",
  ]

  /// Whether it says no more than that jobs are not there any more.
  static func isOver(_ words: String) -> Bool {
    words.split(separator: ";").allSatisfy { line in
      let small = line.lowercased()
      return small.contains("invalid job id") || small.contains("already complet")
        || small.contains("already done")
    }
  }
}
