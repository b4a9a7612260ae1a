import UETModel

/// A machine that decides nothing: what it is told is recorded as it is.
struct Facts: RecordedMachine {
  private(set) var state: RunState

  init(_ state: RunState) { self.state = state }

  var nextWake: Timestamp? { nil }
  var unfinished: [Never] { [] }
  static var takesSeveral: Bool { true }
  static var wake: [EventDraft] { [] }

  func decide(_ drafts: [EventDraft], at now: Timestamp) -> [EventDraft] { drafts }

  func advance(at now: Timestamp) -> [EventDraft] { [] }

  mutating func apply(_ event: Event) throws(RunState.FoldError) -> [Never] {
    try state.apply(event)
    return []
  }
}

/// The hands of a process that records and does nothing.
final class IdleHands<Machine: RecordedMachine>: Hands {
  nonisolated(nonsending) func perform(_ effect: Machine.Effect, _ machine: Machine) async {}
}

/// Records facts that nobody decides.
typealias FactDriver = Driver<IdleHands<Facts>>

extension Driver {
  /// One for a run on which nobody works: nothing follows but what is recorded.
  init<M: RecordedMachine>(
    idle machine: M, on record: any Record, clock: Clock,
    observer: @escaping RunObserver = { _, _ in }
  ) where H == IdleHands<M> {
    self.init(machine, IdleHands<M>(), on: record, clock: clock, observer: observer)
  }
}
