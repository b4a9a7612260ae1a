import UETModel

extension Gate {
  /// The gate under `strace`, which writes into `folder`, with time for what that costs.
  func traced(by strace: String, into folder: String) -> Gate {
    within(
      Self.traced(command.argv, by: strace, into: "\(folder)/\(Self.trace)"), writing: folder,
      slower: 8)
  }

  /// The file in the folder of its traces.
  static let trace = "trace"

  /// A command under `strace`, which writes into `file`. The command is the one that is started,
  /// and strace a process beside it, so neither its end nor its status is another.
  static func traced(_ argv: [String], by strace: String, into file: String) -> [String] {
    [
      strace, "-D", "-f", "-q", "-y", "-s", "32", "--seccomp-bpf", "-e", "signal=none", "-e",
      "trace=\(TracedCall.traced)", "-o", file, "--",
    ] + argv
  }
}
