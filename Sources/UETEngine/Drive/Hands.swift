import UETModel
import UETWorkers

/// The other half of a machine: does in the world what follows from the record, and knows what only
/// the world knows.
///
/// They record nothing: what comes of an effect goes back by the mailbox. An effect may be carried
/// out twice, by this process or by the one after a crash.
protocol Hands<Machine>: AnyObject {
  associatedtype Machine: RecordedMachine
  /// What is asked for beyond what the machine takes as it is.
  associatedtype Wish: Sendable = Never
  /// What it has come to.
  associatedtype End: Sendable = Never

  typealias Message = DriverMessage<Machine.Input, Wish>
  typealias File = (name: String, bytes: [UInt8])

  /// Carries out one effect of what is durable now, or begins to.
  nonisolated(nonsending) func perform(_ effect: Machine.Effect, _ machine: Machine) async

  /// Not nil once nothing more is to be done.
  func end(_ machine: Machine) -> End?

  /// Ends what is under way, and lets go.
  nonisolated(nonsending) func close() async

  /// An input with what belongs beside it on record.
  func completed(_ input: Machine.Input) throws -> (Machine.Input, [File])

  func reply(to wish: Wish, _ machine: Machine) throws -> Reply<Machine.Input, Wish>

  /// What one is told whose request is refused; nil where it is no refusal but a fault.
  func answer(to refusal: any Error, _ state: RunState) -> SteeringAnswer?

  /// Records with what else is to be said of it.
  func record(
    _ drafts: [EventDraft], _ append: ([EventDraft]) throws -> [Event]
  ) rethrows -> [Event]

  /// Carries out at once what nobody sees: what came of it joins the same write.
  nonisolated(nonsending) func early(_ effect: Machine.Effect, _ machine: Machine) async -> Machine
    .Input?

  /// Whether a commit is made, and on the disk before the next write.
  func holds(_ commit: ObjectID) -> Bool

  /// The record is about to be written; what it names must be on the disk.
  func secure() throws

  /// The record is written.
  nonisolated(nonsending) func wrote(_ events: [Event], _ machine: Machine) async
}

extension Hands {
  func end(_ machine: Machine) -> End? { nil }
  nonisolated(nonsending) func close() async {}
  func completed(_ input: Machine.Input) throws -> (Machine.Input, [File]) { (input, []) }
  func answer(to refusal: any Error, _ state: RunState) -> SteeringAnswer? { nil }
  func record(
    _ drafts: [EventDraft], _ append: ([EventDraft]) throws -> [Event]
  ) rethrows -> [Event] { try append(drafts) }
  nonisolated(nonsending) func early(_ effect: Machine.Effect, _ machine: Machine) async -> Machine
    .Input?
  { nil }
  func holds(_ commit: ObjectID) -> Bool { false }
  func secure() throws {}
  nonisolated(nonsending) func wrote(_ events: [Event], _ machine: Machine) async {}
}

extension Hands where Wish == Never {
  func reply(to wish: Never, _ machine: Machine) throws -> Reply<Machine.Input, Never> {}
}
