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
      for (other, end) in attempt.worker.flatMap({ byWorker[$0] }) ?? [] {
        consider(other, end, .worker)
      }
      links.append(
        RunMetrics.Link(
          id: id, cause: cause?.kind ?? .start,
          seconds: Double(timeline.active(attempt.span)) / 1_000_000))
      next = cause?.id
    }
    links.reverse()
  }
}
