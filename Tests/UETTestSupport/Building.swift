import UETModel

/// A workstream for tests; panics on a bad name or pattern, which is a mistake in the test.
package func work(
  _ name: String, writes: [String] = [], creates: [String] = [], reads: [String] = [],
  group: String? = nil, parallel: Bool = true, background: Bool = false, hours: Double? = nil
) -> Workstream {
  let patterns = { (list: [String]) in
    list.map { text in
      do { return try ScopePattern(text) } catch { preconditionFailure("\(text): \(error)") }
    }
  }
  guard let id = WorkstreamID("ws-" + name) else { preconditionFailure(name) }
  var result = Workstream(
    id: id, tasks: [], tool: "shell",
    scope: Workstream.Scope(
      writes: patterns(writes), creates: patterns(creates), reads: patterns(reads)))
  result.conflictGroup = group
  result.parallelOK = parallel
  result.priority = background ? .background : .foreground
  result.estimate.effortHours = hours
  return result
}
