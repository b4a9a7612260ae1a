import UETGit
import UETModel
import UETWorkers

/// Looks where leases have got to, all of them by one look, and tells who waits for it.
actor LeaseWatch {
  private struct Watched {
    var end: ObjectID?
    let since: ContinuousClock.Instant
    /// Its job runs: something may happen at any moment.
    var isHurried = false
    let tell: @Sendable (ObjectID?) -> Void
  }

  private let board: LeaseBoard
  private var watched: [String: Watched] = [:]
  private var loop: Task<Void, Never>?

  /// Seconds between two looks: at what is here, and at a remote.
  private static let pause = (here: 0.1, remote: 2.0)
  /// One that was just handed over may be done before the batch system is asked again.
  private static let fresh = Duration.seconds(15)

  init(_ board: LeaseBoard) { self.board = board }

  /// Tells each end that a lease comes to from now on, nil when it is taken away.
  func begin(
    _ name: String, from end: ObjectID, _ tell: @escaping @Sendable (ObjectID?) -> Void
  ) {
    watched[name] = Watched(end: end, since: .now, tell: tell)
    if loop == nil {
      loop = Task { [weak self] in
        while !Task.isCancelled, await self?.look() == true {}
      }
    }
  }

  func hurry(_ name: String) { watched[name]?.isHurried = true }

  func end(_ name: String) { watched[name] = nil }

  func close() {
    loop?.cancel()
    loop = nil
    watched = [:]
  }

  private func look() async -> Bool {
    let pause = board.remote == nil ? Self.pause.here : Self.pause.remote
    try? await Task.sleep(for: .seconds(pause))
    let now = ContinuousClock.now
    let names = watched.compactMap { name, one in
      one.isHurried || one.since.duration(to: now) < Self.fresh ? name : nil
    }
    if names.isEmpty {
      if watched.isEmpty { loop = nil }
      return !watched.isEmpty
    }
    // What cannot be looked at is looked at again.
    guard let ends = try? await ends(of: names) else { return true }
    for name in names {
      guard let one = watched[name] else { continue }
      let end = ends[name]
      if end == one.end { continue }
      watched[name]?.end = end
      one.tell(end)
    }
    return true
  }

  private func ends(of names: [String]) async throws(GitError) -> [String: ObjectID] {
    var found: [String: ObjectID] = [:]
    if board.remote == nil {
      for name in names { found[name] = try board.project.repository.reference(name) }
      return found
    }
    return try await board.ends(under: names.commonPrefix ?? "")
  }
}
