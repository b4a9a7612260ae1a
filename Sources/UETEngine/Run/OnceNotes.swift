import Synchronization

/// Remarks that are made once in a run, however often they come up.
final class OnceNotes: Sendable {
  private let said = Mutex<Set<String>>([])
  private let say: @Sendable (String) -> Void

  init(_ say: @escaping @Sendable (String) -> Void) { self.say = say }

  func once(_ note: String) {
    if said.withLock({ $0.insert(note).inserted }) { say(note) }
  }
}
