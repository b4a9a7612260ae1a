import UETModel
import UETSystem

/// Slurm, by its own programs: sbatch, squeue, scontrol, scancel.
///
/// A job that Slurm puts back in line runs again from its start, perhaps while its first copy goes
/// on unseen: what it does must hold for that.
package struct SlurmJobs: JobSystem {
  /// Where jobs go, and how.
  package struct Place: Hashable, Sendable {
    package var partition: String?
    package var account: String?
    /// Further options of sbatch, which have the last word.
    package var options: [String] = []
    /// How many tasks an array may have; the usual limit of a site is 1001.
    package var arraySize = 1000

    package init() {}
  }

  let place: Place
  let programs: JobPrograms

  package init(_ place: Place = Place(), programs: JobPrograms) {
    (self.place, self.programs) = (place, programs)
  }

  /// Variables of this process that the programs get. Others would change what they do, or what
  /// they print: so those of a job inside which this process runs.
  static let passed: Set<String> = [
    "PATH", "HOME", "USER", "LOGNAME", "TZ", "LD_LIBRARY_PATH", "SLURM_CONF", "SLURM_CLUSTERS",
    "SLURM_JWT", "SBATCH_ACCOUNT", "SBATCH_PARTITION", "SBATCH_QOS", "SBATCH_RESERVATION",
    "SBATCH_CONSTRAINT",
  ]

  /// Of these, what jobs see as well.
  static let forJobs: Set<String> = ["SLURM_CONF"]

  func call(
    _ argv: [String], input: String = "", environment: [String: String] = [:]
  ) async throws(JobError) -> JobPrograms.Answer {
    var call = JobPrograms.Call(argv: argv, input: Array(input.utf8), environment: environment)
    call.isPassed = { Self.passed.contains($0) }
    return try await programs.run(call)
  }

  /// Runs one that only asks.
  func ask(_ argv: [String]) async throws(JobError) -> [UInt8] {
    // All indexes of an array in one row, however many they are.
    let answer = try await call(argv, environment: ["SLURM_BITSTR_LEN": "0"])
    guard answer.end == .exited(0) else { throw JobError(saying: answer.words) }
    return answer.output
  }

  package func look(at jobs: [JobID]) async throws(JobError) -> [JobID: JobState] {
    if jobs.isEmpty { return [:] }
    let output = try await ask([
      "squeue", "--me", "--noheader", "--states=all",
      "--Format=JobArrayID:|,State:|,Reason:|,exit_code:|,NodeList:|",
    ])
    return SlurmRows(jobs).states(in: output)
  }

  package func cancel(_ jobs: [JobID]) async throws(JobError) {
    let names = SlurmArrays(jobs).names
    for start in stride(from: 0, to: names.count, by: 500) {
      let answer = try await call(["scancel"] + names[start..<min(start + 500, names.count)])
      guard answer.end != .exited(0) else { continue }
      let error = JobError(saying: answer.words)
      if case .refused(let words) = error, SlurmWords.isOver(words) { continue }
      throw error
    }
  }

  package func idleCores() async throws(JobError) -> Int? {
    var argv = ["sinfo", "--noheader", "--format=%P|%C"]
    if let partition = chosenPartition { argv.append("--partition=\(partition)") }
    return SlurmRows.idleCores(in: try await ask(argv), ofAll: chosenPartition != nil)
  }

  /// The partitions that jobs go to, where that is not the usual one; commas stand between them.
  private var chosenPartition: String? {
    var chosen = place.partition ?? programs.variable("SBATCH_PARTITION")
    for (index, option) in place.options.enumerated() {
      if let name = option.without(prefix: "--partition=") {
        chosen = name
      } else if ["-p", "--partition"].contains(option) {
        chosen = place.options.dropFirst(index + 1).first
      } else if let name = option.without(prefix: "-p") {
        chosen = name
      }
    }
    return chosen
  }

  package func find(prefix: String) async throws(JobError) -> [String: JobID] {
    let output = try await ask(["squeue", "--me", "--noheader", "--format=%i|%j"])
    var found: [String: JobID] = [:]
    for line in String(decoding: output, as: UTF8.self).split(separator: "\n") {
      guard let bar = line.firstIndex(of: "|") else { continue }
      let (id, name) = (line[..<bar], line[line.index(after: bar)...])
      if name.hasPrefix(prefix), !name.hasSuffix("*") {
        found[String(name)] = JobID(rawValue: String(id))
      }
    }
    for (job, indexes) in arrays(in: output, prefix: prefix) {
      for (index, name) in await names(in: job, indexes) where name.hasPrefix(prefix) {
        found[name] = JobID(rawValue: "\(job)_\(index)")
      }
    }
    return found
  }

  /// The arrays that may hold such names, each with those of its tasks that are there.
  private func arrays(in output: [UInt8], prefix: String) -> [String: SlurmIndexes] {
    var arrays: [String: SlurmIndexes] = [:]
    for line in String(decoding: output, as: UTF8.self).split(separator: "\n") {
      let parts = line.split(separator: "|", maxSplits: 1)
      guard parts.count == 2, let stem = SlurmScript.stem(ofArray: parts[1]),
        stem.hasPrefix(prefix) || prefix.hasPrefix(stem),
        let underline = parts[0].firstIndex(of: "_")
      else { continue }
      let indexes = SlurmIndexes(parts[0][parts[0].index(after: underline)...])
      arrays[String(parts[0][..<underline]), default: SlurmIndexes()].add(indexes)
    }
    return arrays
  }

  /// The names of an array's tasks, which its script tells; none where it is over meanwhile.
  private func names(in job: String, _ indexes: SlurmIndexes) async -> [(Int, String)] {
    guard let first = indexes.first,
      let script = try? await ask(["scontrol", "write", "batch_script", "\(job)_\(first)", "-"])
    else { return [] }
    return SlurmScript.names(in: String(decoding: script, as: UTF8.self))
      .filter { indexes.contains($0.0) }
  }
}

extension String {
  /// What follows `prefix`; nil where it does not begin so.
  fileprivate func without(prefix: String) -> String? {
    hasPrefix(prefix) ? String(dropFirst(prefix.count)) : nil
  }
}
