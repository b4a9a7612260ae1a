/// A state machine whose state is the fold of the record and nothing else, so that one made from
/// the folded state of a crashed run goes on where that was.
///
/// `decide` turns an input into facts, `advance` draws the next consequence of the state until
/// there is none, `apply` folds a recorded event and gives the effects it calls for.
package protocol RecordedMachine: Sendable {
  associatedtype Input: Sendable
  associatedtype Effect: Sendable

  var state: RunState { get }

  /// The earliest moment at which `advance` may say more by itself.
  var nextWake: Timestamp? { get }

  /// Whether of several inputs at one moment each is accepted before what follows from all is
  /// drawn.
  static var takesSeveral: Bool { get }

  /// The input that says that the moment of `nextWake` has come.
  static var wake: Input { get }

  /// The facts that an input adds to the record; throws where it is refused, and then nothing has
  /// changed.
  func decide(_ input: Input, at now: Timestamp) throws -> [EventDraft]

  mutating func advance(at now: Timestamp) -> [EventDraft]

  /// The machine slept for so many seconds that ended now: nobody could do anything meanwhile.
  mutating func slept(_ seconds: Double, until now: Timestamp)

  /// A caller that recovers drops the effects.
  mutating func apply(_ event: Event) throws(RunState.FoldError) -> [Effect]

  /// The first half of `take`: decides, records and folds. `record` makes drafts durable in memory,
  /// and gives them back as events.
  mutating func accept(
    _ input: Input, at now: Timestamp, record: ([EventDraft]) throws -> [Event]
  ) throws -> [Effect]

  /// What is on record as decided, and may not have been carried out when its process ended.
  var unfinished: [Effect] { get }

  /// Of the effects of one write those that count, in order.
  static func joined(_ effects: [Effect]) -> [Effect]
}

extension RecordedMachine {
  package mutating func slept(_ seconds: Double, until now: Timestamp) {}

  package static func joined(_ effects: [Effect]) -> [Effect] { effects }

  package mutating func accept(
    _ input: Input, at now: Timestamp, record: ([EventDraft]) throws -> [Event]
  ) throws -> [Effect] {
    try fold(try record(try decide(input, at: now)))
  }

  /// The second half: draws and records what follows from the state until nothing does.
  package mutating func settle(
    at now: Timestamp, record: ([EventDraft]) throws -> [Event]
  ) throws -> [Effect] {
    var effects: [Effect] = []
    while true {
      let drafts = advance(at: now)
      if drafts.isEmpty { return effects }
      effects += try fold(try record(drafts))
    }
  }

  /// Takes an input to its end; gives the effects of all that was recorded.
  package mutating func take(
    _ input: Input, at now: Timestamp, record: ([EventDraft]) throws -> [Event]
  ) throws -> [Effect] {
    try accept(input, at: now, record: record) + settle(at: now, record: record)
  }

  package mutating func fold(_ events: [Event]) throws(RunState.FoldError) -> [Effect] {
    var effects: [Effect] = []
    for event in events { effects += try apply(event) }
    return effects
  }
}
