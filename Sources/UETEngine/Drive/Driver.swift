import UETLedger
import UETModel
import UETWorkers

/// Called after events are durable, with the state they led to.
package typealias RunObserver = @Sendable ([Event], RunState) -> Void

/// Drives a machine: records what it decides, folds it, and only then has it carried out, so that
/// nothing happens in the world that the record does not know of.
///
/// It is the one that folds a live run's events, and the one that has them written.
actor Driver<H: Hands> {
  typealias Machine = H.Machine
  typealias Message = H.Message

  private(set) var machine: Machine
  private let hands: H
  private let record: any Record
  private let mailbox: Mailbox<Message>
  private let clock: Clock
  private let observer: RunObserver
  private var timer: (at: Timestamp, task: Task<Void, Never>)?
  private var lastWrite: ContinuousClock.Instant?
  private var asleep: Double
  /// Who asked for what a failure of the record came between.
  private var disappointed: [@Sendable (SteeringAnswer) -> Void] = []

  /// `machine` is made of the state that `record` lent.
  init(
    _ machine: Machine, _ hands: sending H, on record: any Record,
    hearing mailbox: Mailbox<Message> = Mailbox(), clock: Clock,
    observer: @escaping RunObserver = { _, _ in }
  ) {
    self.machine = machine
    self.hands = hands
    self.record = record
    self.mailbox = mailbox
    self.clock = clock
    self.observer = observer
    asleep = clock.asleep()
  }

  var state: RunState { machine.state }

  var recordTip: ObjectID { record.tip }

  /// Takes what comes until the hands say that it has come to an end.
  ///
  /// Throws when the record cannot be written, or the machine refuses what nobody asked for.
  func run() async throws -> H.End {
    while true {
      setTimer()
      let end = hands.end(machine)
      let messages = end == nil ? await messages() : mailbox.receiveNow()
      if let end, messages.isEmpty { return end }
      if Machine.takesSeveral {
        try await take(messages)
      } else {
        for message in messages { try await take([message]) }
      }
    }
  }

  /// Takes inputs to their end, in one write, with files beside them; gives what was recorded.
  /// Without `drawing` that is all: what follows from it is drawn when the run goes on.
  @discardableResult
  func once(
    _ inputs: [Machine.Input], beside files: [H.File] = [], drawing: Bool = true
  ) async throws -> [Event] {
    for file in files { try record.attach(file.name, file.bytes) }
    return try await take(
      inputs.map { Message(content: .input($0), answer: nil) }, drawing: drawing)
  }

  /// Has carried out what a process before this one may have left undone.
  func finishBegun() async {
    for effect in machine.unfinished { await hands.perform(effect, machine) }
  }

  /// Ends what is under way and gives the fold back to the record.
  func close() async {
    timer?.task.cancel()
    timer = nil
    await hands.close()
    for answer in disappointed { answer(.refused("the record cannot be written")) }
    for message in mailbox.close() { message.answer?(.runIsOver) }
    disappointed = []
    record.giveBack(machine.state)
  }
}

extension Driver {
  /// What one write holds.
  private struct Batch {
    var events: [Event] = []
    var effects: [Machine.Effect] = []
    var answers: [() -> Void] = []
    var next: [Message] = []
  }

  private static var busy: Duration { .milliseconds(2) }
  private static var moment: Duration { .microseconds(500) }

  /// The next messages. Where one write follows the other, it is worth a moment: each costs as much
  /// as several attempts that only begin and end.
  private func messages() async -> [Message] {
    let messages = await mailbox.receive()
    guard Machine.takesSeveral, let lastWrite, lastWrite.duration(to: .now) < Self.busy else {
      return messages
    }
    try? await Task.sleep(for: Self.moment)
    return messages + mailbox.receiveNow()
  }

  @discardableResult
  private func take(_ messages: [Message], drawing: Bool = true) async throws -> [Event] {
    var batch = Batch()
    do {
      for message in messages { try take(message, &batch) }
      if drawing { try await draw(&batch) }
      if !batch.events.isEmpty { try await write(batch.events) }
    } catch {
      disappointed += messages.compactMap(\.answer)
      throw error
    }
    for answer in batch.answers { answer() }
    if !batch.events.isEmpty { await hands.wrote(batch.events, machine) }
    for effect in Machine.joined(batch.effects) { await hands.perform(effect, machine) }
    for message in batch.next { mailbox.send(message) }
    return batch.events
  }

  /// Takes one message in memory; what follows from all of a batch is drawn after the last, so that
  /// it is decided on all that is known. One that is refused changes nothing.
  private func take(_ message: Message, _ batch: inout Batch) throws {
    let answer: SteeringAnswer
    do {
      switch message.content {
      case .input(let input):
        _ = try accept(input, &batch)
        answer = SteeringAnswer(.done, "recorded")
      case .wish(let wish):
        let before = machine.state
        let reply = try hands.reply(to: wish, machine)
        var events: [Event] = []
        for input in reply.inputs { events += try accept(input, &batch) }
        answer = reply.answer(events, before, machine.state)
        if let next = reply.next {
          batch.next.append(Message(content: .wish(next), answer: message.answer))
          return
        }
      }
    } catch {
      guard message.answer != nil, let refusal = hands.answer(to: error, machine.state) else {
        throw error
      }
      answer = refusal
    }
    if let reply = message.answer { batch.answers.append { reply(answer) } }
  }

  /// Draws what follows; what the hands do early is taken into the same write.
  private func draw(_ batch: inout Batch) async throws {
    var found = batch.effects
    batch.effects = []
    found += try recording(&batch) { try machine.settle(at: $0, record: $1) }
    var inputs: [Machine.Input] = []
    while true {
      for effect in found {
        if let input = await hands.early(effect, machine) {
          inputs.append(input)
        } else {
          batch.effects.append(effect)
        }
      }
      guard let input = inputs.popLast() else { return }
      found = try recording(&batch) { try machine.take(input, at: $0, record: $1) }
    }
  }

  private func accept(_ input: Machine.Input, _ batch: inout Batch) throws -> [Event] {
    let (input, files) = try hands.completed(input)
    for file in files { try record.attach(file.name, file.bytes) }
    let known = batch.events.count
    batch.effects += try recording(&batch) { try machine.accept(input, at: $0, record: $1) }
    return Array(batch.events[known...])
  }

  /// Lets `step` record and fold; gives its effects.
  private func recording(
    _ batch: inout Batch,
    _ step: (Timestamp, ([EventDraft]) throws -> [Event]) throws -> [Machine.Effect]
  ) throws -> [Machine.Effect] {
    let now = clock.now()
    noteSleep(until: now)
    do {
      return try step(now) { drafts in
        let events = try hands.record(drafts) {
          try record.append($0, at: now, isPromised: hands.holds)
        }
        batch.events += events
        return events
      }
    } catch let error as RunState.FoldError {
      record.discard()
      throw LedgerError.illegalEvent(error)
    }
  }

  private func noteSleep(until now: Timestamp) {
    let total = clock.asleep()
    // The two clocks are read one after the other.
    guard total - asleep > 1 else { return }
    machine.slept(total - asleep, until: now)
    asleep = total
  }

  private func write(_ events: [Event]) async throws {
    try hands.secure()
    try await record.flush(machine.state)
    lastWrite = .now
    observer(events, machine.state)
  }

  private func setTimer() {
    guard let moment = machine.nextWake, timer?.at != moment else { return }
    timer?.task.cancel()
    let mailbox = mailbox
    let wait = moment.seconds(since: clock.now())
    let task = Task {
      try? await Task.sleep(for: .seconds(max(0, wait)))
      if !Task.isCancelled { mailbox.send(Machine.wake) }
    }
    timer = (moment, task)
  }
}
