/// Rows of squeue, read for jobs that are asked for.
struct SlurmRows {
  private let wanted: Set<JobID>
  private let arrays: SlurmArrays

  init(_ jobs: [JobID]) {
    wanted = Set(jobs)
    arrays = SlurmArrays(jobs)
  }

  /// Columns: id, state, reason, exit status, nodes; each ends with a bar.
  func states(in output: [UInt8]) -> [JobID: JobState] {
    var states: [JobID: JobState] = [:]
    states.reserveCapacity(wanted.count)
    // Most rows are alike but for their id.
    var known: [ArraySlice<UInt8>: JobState] = [:]
    for line in output.split(separator: UInt8(ascii: "\n")) {
      guard let bar = line.firstIndex(of: UInt8(ascii: "|")) else { continue }
      let id = String(decoding: line[..<bar], as: UTF8.self)
      let rest = line[(bar + 1)...]
      let jobs = jobs(called: id)
      if jobs.isEmpty { continue }
      let state = known[rest] ?? Self.state(rest)
      known[rest] = state
      for job in jobs { states[job] = state }
    }
    return states
  }

  private func jobs(called id: String) -> [JobID] {
    let job = JobID(rawValue: id)
    if wanted.contains(job) { return [job] }
    // Tasks that wait stand together.
    guard id.last == "]", let open = id.firstIndex(of: "["),
      let tasks = arrays.tasks[id[..<id.index(before: open)]]
    else { return [] }
    let indexes = SlurmIndexes(id[open...])
    return tasks.filter { indexes.contains($0.index) }.map(\.job)
  }

  private static func state(_ columns: ArraySlice<UInt8>) -> JobState {
    let words = columns.split(separator: UInt8(ascii: "|"), omittingEmptySubsequences: false)
      .map { String(decoding: $0, as: UTF8.self) }
    func word(_ index: Int) -> String { index < words.count ? words[index] : "" }
    return SlurmWords.state(
      word(0), reason: word(1), end: SlurmWords.End(word(2)), nodes: word(3))
  }
}

extension SlurmRows {
  /// The idle cores in rows of a partition, with `*` where it is the usual one, and its cores as
  /// `ALLOCATED/IDLE/OTHER/ALL`; nil where no row says it.
  static func idleCores(in output: [UInt8], ofAll isChosen: Bool) -> Int? {
    let idle = String(decoding: output, as: UTF8.self).split(separator: "\n").compactMap { row in
      let parts = row.split(separator: "|")
      guard parts.count == 2, isChosen || parts[0].hasSuffix("*") else { return nil as Int? }
      let cores = parts[1].split(separator: "/").compactMap { Int($0) }
      return cores.count == 4 ? cores[1] : nil
    }
    return idle.isEmpty ? nil : idle.reduce(0, +)
  }
}
