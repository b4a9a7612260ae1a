/// What a user asks `run` for; nil takes the configured value.
package struct RunRequest: Sendable {
  /// Names as typed; empty for all.
  package var workstreams: [String]
  package var workers: Int?
  /// A revision.
  package var base: String?

  package init(workstreams: [String] = [], workers: Int? = nil, base: String? = nil) {
    self.workstreams = workstreams
    self.workers = workers
    self.base = base
  }
}
