import UETModel

/// The chain of attempts of which each began when the one before had ended, from the last end of
/// the run back to its start.
struct CriticalPath {
  private(set) var links: [RunMetrics.Link] = []

  init(_ timeline: RunTimeline) {
    var results: [WorkstreamID: RunTimeline.Attempt] = [:]
    var byWorker: [String: [(id: WorkstreamID, end: Int64)]] = [:]
    for id in timeline.order {
      for attempt in timeline.work[id]?.attempts ?? [] {
        if attempt.hasResult || results[id] == nil { results[id] = attempt }
        if let worker = attempt.worker {
          byWorker[worker, default: []].append((id, attempt.span.upperBound))
        }
      }
    }
    for worker in byWorker.keys {
      // Sorting keeps the order of equals, of which the first counts.
      byWorker[worker]?.sort { $0.end < $1.end }
    }
    let last = results.max { left, right in
      (left.value.span.upperBound, left.key) < (right.value.span.upperBound, right.key)
    }
    var next = last?.key
    var seen: Set<WorkstreamID> = []
    while let id = next, let attempt = results[id], seen.insert(id).inserted {
      let start = attempt.span.lowerBound
      var cause: (id: WorkstreamID, end: Int64, kind: RunMetrics.Link.Cause)?
      func consider(_ other: WorkstreamID, _ end: Int64, _ kind: RunMetrics.Link.Cause) {
        guard other != id, end <= start, end > cause?.end ?? .min else { return }
        cause = (other, end, kind)
      }
      for other in timeline.work[id]?.dependsOn ?? [] {
        if let end = results[other]?.span.upperBound { consider(other, end, .dependency) }
      }
      for other in timeline.conflicts[id] ?? [] {
        if let end = results[other]?.span.upperBound { consider(other, end, .overlap) }
      }
      if let before = attempt.worker.flatMap({ byWorker[$0] }),
        let last = Self.last(of: before, endingBy: start, but: id)
      {
        consider(last.id, last.end, .worker)
      }
      links.append(
        RunMetrics.Link(
          id: id, cause: cause?.kind ?? .start,
          seconds: Double(timeline.active(attempt.span)) / 1_000_000))
      next = cause?.id
    }
    links.reverse()
  }

  /// The first of those that end last, of other workstreams; `ends` ascend.
  private static func last(
    of ends: [(id: WorkstreamID, end: Int64)], endingBy time: Int64, but id: WorkstreamID
  ) -> (id: WorkstreamID, end: Int64)? {
    var (low, high) = (0, ends.count)
    while low < high {
      let middle = (low + high) / 2
      if ends[middle].end <= time { low = middle + 1 } else { high = middle }
    }
    var found: (id: WorkstreamID, end: Int64)?
    while low > 0, found == nil || ends[low - 1].end == found?.end {
      low -= 1
      if ends[low].id != id { found = ends[low] }
    }
    return found
  }
}
