/// Indexes of an array's tasks, as Slurm writes them: `4`, or `[1-3,7,10-20:2%4]`.
struct SlurmIndexes: Hashable, Sendable {
  /// A step of more than 1 stands as single indexes.
  private var ranges: [ClosedRange<Int>] = []

  init() {}

  init(_ text: some StringProtocol) {
    for part in text.drop(while: { $0 == "[" }).prefix(while: { $0 != "]" && $0 != "%" })
      .split(separator: ",")
    {
      let parts = part.split(separator: ":")
      let ends = (parts.first ?? "").split(separator: "-").compactMap { Int($0) }
      guard let low = ends.first, let high = ends.last, low <= high else { continue }
      if parts.count == 2, let step = Int(parts[1]), step > 1 {
        ranges += stride(from: low, through: high, by: step).map { $0...$0 }
      } else {
        ranges.append(low...high)
      }
    }
  }

  init(_ indexes: some Sequence<Int>) {
    for index in indexes.sorted() {
      if let last = ranges.last, last.upperBound + 1 >= index {
        ranges[ranges.count - 1] = last.lowerBound...max(last.upperBound, index)
      } else {
        ranges.append(index...index)
      }
    }
  }

  mutating func add(_ other: SlurmIndexes) { ranges += other.ranges }

  var first: Int? { ranges.first?.lowerBound }

  func contains(_ index: Int) -> Bool { ranges.contains { $0.contains(index) } }

  var text: String {
    ranges.map { $0.count == 1 ? "\($0.lowerBound)" : "\($0.lowerBound)-\($0.upperBound)" }
      .joined(separator: ",")
  }
}

/// Jobs by the array that they are tasks of.
struct SlurmArrays: Sendable {
  private(set) var single: [JobID] = []
  private(set) var tasks: [Substring: [(index: Int, job: JobID)]] = [:]

  init(_ jobs: [JobID]) {
    for job in jobs {
      let text = job.rawValue[...]
      if let underline = text.firstIndex(of: "_"),
        let index = Int(text[text.index(after: underline)...])
      {
        tasks[text[..<underline], default: []].append((index, job))
      } else {
        single.append(job)
      }
    }
  }

  /// As few words as name them all.
  var names: [String] {
    single.map(\.rawValue)
      + tasks.sorted { $0.key < $1.key }.map { array, tasks in
        "\(array)_[\(SlurmIndexes(tasks.map(\.index)).text)]"
      }
  }
}
