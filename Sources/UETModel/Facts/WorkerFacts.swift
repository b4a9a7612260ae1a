extension Fact {
  /// A worker is to be made ready.
  package struct WorkerSpawned: FactNames {
    package static let names = Self()
    /// SPAWNING; without it the worker is ready at once.
    package let status = Member<WorkerRecord.State>("status")
  }

  /// A worker takes no more work.
  package struct WorkerDraining: FactNames {
    package static let names = Self()
    package let reason = Member<String>("reason")
    /// When what it still does is ended.
    package let until = Member<Timestamp>("until")
  }
}
