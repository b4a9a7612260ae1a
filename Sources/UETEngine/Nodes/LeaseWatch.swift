import UETGit
import UETModel
import UETWorkers

/// Looks where leases have got to, all of them by one look, and tells who waits for it.
actor LeaseWatch {
  private struct Watched {
    var end: ObjectID?
    let tell: @Sendable (ObjectID?) -> Void
  }

  private let board: LeaseBoard
  private var watched: [String: Watched] = [:]
  /// Until when those are looked at that were handed over.
  private var fresh: [String: ContinuousClock.Instant] = [:]
  /// Those whose jobs run: something may happen at any moment.
  private var running: Set<String> = []
  private var loop: Task<Void, Never>?
  private var lastLook = Duration.zero

  /// How long it rests between two looks, at least: at what is here, and at a remote.
  private static let pause = (here: Duration.milliseconds(100), remote: Duration.seconds(2))
  /// A look that took long is rested from for so many times as long, but no longer than this.
  private static let restPerLook = 30
  private static let longestPause = Duration.seconds(5)
  /// One that was just handed over may be done before the batch system is asked again.
  private static let fresh = Duration.seconds(15)

  init(_ board: LeaseBoard) { self.board = board }

  /// Tells each end that a lease comes to from now on, nil when it is taken away.
  func begin(
    _ name: String, from end: ObjectID, _ tell: @escaping @Sendable (ObjectID?) -> Void
  ) {
    watched[name] = Watched(end: end, tell: tell)
    fresh[name] = .now.advanced(by: Self.fresh)
    goOn()
  }

  func hurry(_ name: String) {
    guard watched[name] != nil else { return }
    running.insert(name)
    goOn()
  }

  func end(_ name: String) {
    watched[name] = nil
    fresh[name] = nil
    running.remove(name)
  }

  func close() {
    loop?.cancel()
    loop = nil
    (watched, fresh, running) = ([:], [:], [])
  }

  private func goOn() {
    if loop != nil { return }
    loop = Task { [weak self] in
      while !Task.isCancelled, await self?.look() == true {}
    }
  }

  /// Whether there is anything to look at after this.
  private func look() async -> Bool {
    let pause = board.remote == nil ? Self.pause.here : Self.pause.remote
    let rest = min(lastLook * Self.restPerLook, Self.longestPause)
    try? await Task.sleep(for: max(pause, rest))
    let now = ContinuousClock.now
    defer { lastLook = now.duration(to: .now) }
    fresh = fresh.filter { $0.value > now }
    let names = Array(running.union(fresh.keys))
    if names.isEmpty {
      loop = nil
      return false
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
