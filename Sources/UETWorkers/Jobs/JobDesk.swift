/// The jobs of one batch system: orders that come together are handed over together, and one look
/// serves all who wait for jobs.
///
/// It waits for a system that cannot be reached, for as long as it takes. A look that fails ends
/// nothing; only the system's word does, or that it has no word on a job twice in a row.
package actor JobDesk {
  let system: any JobSystem
  let pace: JobPace
  private let note: @Sendable (String) -> Void
  /// What it does not do at present; that it does not has been said.
  private var faults: Set<Matter> = []

  var queue: [Waiting] = []
  /// Given up while they were being handed over.
  var abandoned: Set<Int> = []
  var lastNumber = 0
  var isHandingOver = false

  var watches: [JobID: Watch] = [:]
  var isLooking = false
  /// When the next look is due.
  var due = Duration.zero
  var lastLook = Duration.zero
  var interval = Duration.zero
  var rest: Task<Void, Never>?

  /// - Parameter note: Hears, in one line each, that the system cannot be reached, and that it can
  ///   be again.
  package init(
    _ system: any JobSystem, pace: JobPace = JobPace(),
    note: @escaping @Sendable (String) -> Void = { _ in }
  ) {
    (self.system, self.pace, self.note) = (system, pace, note)
  }

  /// Calls jobs back; that one is unknown or over is no error.
  package func cancel(_ jobs: [JobID]) async throws(JobError) {
    guard !jobs.isEmpty else { return }
    try await system.cancel(jobs)
    lookSoon()
  }

  /// Jobs of this user that wait or run under names that begin so.
  package func find(prefix: String) async throws(JobError) -> [String: JobID] {
    try await system.find(prefix: prefix)
  }

  /// How many jobs of so many cores there may be at once, those that there are included. While some
  /// wait there is room for no more, whatever the system says; one that says nothing is tried with
  /// twice as many.
  package func room(cores: Int) async throws(JobError) -> Int {
    let all = queue.count + watches.count
    let waiting = queue.count + watches.values.count { $0.state?.isInLine ?? true }
    if waiting > 0 { return all }
    let idle = try await system.idleCores()
    return all + (idle.map { $0 / max(1, cores) } ?? max(4, all))
  }

  enum Matter { case handing, looking }

  func heard(_ error: JobError?, _ matter: Matter) {
    let wasWell = faults.isEmpty
    if let error {
      faults.insert(matter)
      if wasWell { note("the batch system does not answer: \(error.words); waiting for it") }
    } else {
      faults.remove(matter)
      if !wasWell, faults.isEmpty { note("the batch system answers again") }
    }
  }

  func nextNumber() -> Int {
    lastNumber += 1
    return lastNumber
  }
}
