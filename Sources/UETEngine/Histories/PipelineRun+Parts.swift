import UETModel

/// What of a run is no attempt: costs, conflicts, workers.
extension PipelineRun {
  /// The model that their table of prices falls back to, and those that it has.
  private static let priced: Set = ["gpt-4", "gpt-3.5-turbo", "claude-3-opus", "claude-3-sonnet"]

  mutating func usage(_ row: PipelineRow) -> PastRun.Usage? {
    guard let at = row.time(.created) else { return nil }
    let (input, output) = (row.integer(.input), row.integer(.output))
    let estimate = row.number(.estimated)
    // The column is 0 where nothing was reckoned.
    let isReckoned = estimate.map { $0 > 0 || (input ?? 0) + (output ?? 0) == 0 } ?? false
    let cost = row.number(.actual) ?? (isReckoned ? estimate : nil)
    if row.number(.actual) == nil, isReckoned, let model = row[.model],
      !Self.priced.contains(model)
    {
      let remark = HistoryRemark(
        "borrowed_price", "'\(model)' was reckoned at the price of gpt-4 there", run: nil)
      if !remarks.contains(remark) { remarks.append(remark) }
    }
    return PastRun.Usage(
      at: at, workstream: id(row), model: row[.model], input: input, output: output, cost: cost,
      worker: row[.worker])
  }

  var allConflicts: [PastRun.Conflict] {
    conflicts.compactMap(conflict) + detectedConflicts
  }

  private func conflict(_ row: PipelineRow) -> PastRun.Conflict? {
    guard let at = row.time(.created), let id = id(row) else { return nil }
    let paths = row.json(.paths)?.array?.compactMap(\.string) ?? []
    return PastRun.Conflict(
      at: at, workstream: id, other: row[.otherWorkstream].flatMap { ids[$0] }, paths: paths,
      state: row[.resolution].flatMap { ConflictRecord.State(rawValue: $0.uppercased()) },
      resolved: row.time(.resolved))
  }

  /// Events name one file each, and the branch in place of the workstream.
  private var detectedConflicts: [PastRun.Conflict] {
    var found: [WorkstreamID: (at: Timestamp, paths: [String])] = [:]
    for row in events + bus where row.isConflict {
      guard let at = row.time(.created), let id = id(row) else { continue }
      let path = row.json(.payload)?["file_path"]?.string
      found[id, default: (at, [])].paths += path.map { [$0] } ?? []
    }
    return found.sorted { $0.key < $1.key }.map { id, each in
      PastRun.Conflict(at: each.at, workstream: id, other: nil, paths: each.paths)
    }
  }

  /// Workers that the run's rows name; else those that came while it alone was under way.
  func pool(of run: PastRun) -> [PastRun.Worker] {
    let named = Set((bus + costs).compactMap { $0[.worker] })
    return workers.compactMap { row in
      guard let worker = row[.worker], let start = row.time(.started) else { return nil }
      let end = row.time(.ended)
      let isWithin = start >= run.start && start <= run.end
      guard named.contains(worker) || (slots != nil && isWithin) else { return nil }
      let place = min(max(start, run.start), run.end)
      return PastRun.Worker(
        name: worker, start: place, end: end.map { min(max($0, place), run.end) })
    }.sorted { ($0.start, $0.name) < ($1.start, $1.name) }
  }
}
