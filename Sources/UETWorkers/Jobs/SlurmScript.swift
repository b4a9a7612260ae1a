/// The script that sbatch is given for one job, or for an array of jobs that are alike.
struct SlurmScript {
  private static let mark = "# uet-job "

  let orders: [JobOrder]

  /// What every job has alike goes by the environment of sbatch; what differs stands in the script.
  var common: [String: String] {
    guard let first = orders.first else { return [:] }
    return first.environment.filter { name, value in
      orders.allSatisfy { $0.environment[name] == value }
    }
  }

  var isArray: Bool { orders.count > 1 }

  /// The job's name; an array's is what the names of its jobs have in common.
  var name: String {
    isArray ? "\(orders.map(\.name).commonPrefix ?? "")*" : orders.first?.name ?? ""
  }

  /// What all names in an array that is called so begin with; nil where it is no array of ours.
  static func stem(ofArray name: some StringProtocol) -> String? {
    name.hasSuffix("*") ? String(name.dropLast()) : nil
  }

  /// Where Slurm writes what a job prints. That of a task gets its own name when it starts.
  var output: String {
    guard let log = orders.first?.log else { return "/dev/null" }
    let path = isArray ? Self.folder(of: log) : log
    let literal = path.replacing("%", with: "%%")
    return isArray ? "\(literal)/uet-%A_%a.out" : literal
  }

  /// The folder that a log is in.
  static func folder(of log: String) -> String {
    guard let slash = log.lastIndex(of: "/") else { return "." }
    return slash == log.startIndex ? "" : String(log[..<slash])
  }

  /// - Parameter foreign: Variables that sbatch needed, and the jobs must not see.
  func text(without foreign: [String]) -> String {
    let unset = foreign.isEmpty ? [] : ["unset \(foreign.sorted().joined(separator: " "))"]
    let start = "exec \"$@\""
    guard isArray else {
      let words = (orders.first?.argv ?? []).map(\.shellWord).joined(separator: " ")
      return (["#!/bin/sh", "set -- \(words)"] + unset + [start, ""]).joined(separator: "\n")
    }
    let names = orders.enumerated().map { "\(Self.mark)\($0) \($1.name)" }
    return
      (["#!/bin/sh"] + names + ["case $SLURM_ARRAY_TASK_ID in"] + cases
      + ["esac", log] + unset + [start, ""]).joined(separator: "\n")
  }

  private var cases: [String] {
    let common = common
    return orders.enumerated().map { index, order in
      var lines = ["\(index))", "  log=\(order.log.shellWord)"]
      for (name, value) in order.environment.sorted(by: { $0.key < $1.key })
      where common[name] == nil {
        lines.append("  export \(name)=\(value.shellWord)")
      }
      lines.append("  set -- \(order.argv.map(\.shellWord).joined(separator: " "));;")
      return lines.joined(separator: "\n")
    }
  }

  /// The file that Slurm opened becomes the job's log. One that runs again goes on with the log
  /// that is there.
  private var log: String {
    let folder = Self.folder(of: orders.first?.log ?? "").shellWord
    return """
      out=\(folder)/uet-${SLURM_ARRAY_JOB_ID}_$SLURM_ARRAY_TASK_ID.out
      if test -e "$log"; then exec >>"$log" 2>&1; else mv "$out" "$log"; fi
      """
  }

  /// The names of an array's jobs, by their index.
  static func names(in script: String) -> [(Int, String)] {
    script.split(separator: "\n").filter { $0.hasPrefix(mark) }.compactMap { line in
      let parts = line.dropFirst(mark.count).split(separator: " ", maxSplits: 1)
      guard parts.count == 2, let index = Int(parts[0]) else { return nil }
      return (index, String(parts[1]))
    }
  }
}
