import Testing
import UETModel
import UETTestSupport
import UETWorkers

@testable import UETEngine

/// Wishes that lead to others are answered once, when all that they led to is durable.
@Suite struct DriverWishTests {
  private final class Asked: Hands {
    typealias Machine = Facts
    enum Wish: Sendable { case first, second, impossible }

    nonisolated(nonsending) func perform(_ effect: Never, _ machine: Facts) async {}

    func end(_ machine: Facts) -> Int? { machine.state.sequence }

    func reply(to wish: Wish, _ machine: Facts) throws -> Reply<[EventDraft], Wish> {
      switch wish {
      case .first: Reply([[EventDraft(.runPaused)]], next: .second, saying: .refused("too early"))
      case .second: Reply([[EventDraft(.runResumed)]], saying: SteeringAnswer(.done, "both"))
      case .impossible: throw SteeringRefusal(answer: .refused("never"))
      }
    }

    func answer(to refusal: any Error, _ state: RunState) -> SteeringAnswer? {
      (refusal as? SteeringRefusal)?.answer
    }
  }

  private typealias AskedMessage = DriverMessage<[EventDraft], Asked.Wish>

  @Test func oneLeadsToTheOther() async throws {
    let record = try MemoryRecord(DispatchScene.run, DispatchScene().durable, Fate())
    let mailbox = Mailbox<AskedMessage>()
    let driver = Driver(
      Facts(record.lend()), Asked(), on: record, hearing: mailbox,
      clock: Clock { DispatchScene.now })
    let (answers, continuation) = AsyncStream<SteeringAnswer>.makeStream()
    for wish in [Asked.Wish.first, .impossible] {
      mailbox.ask(.wish(wish)) { continuation.yield($0) }
    }
    // Who is at the end takes what waits first.
    #expect(try await driver.run() == 3)
    await driver.close()
    continuation.finish()
    var said: [SteeringAnswer] = []
    for await answer in answers { said.append(answer) }
    #expect(said == [.refused("never"), SteeringAnswer(.done, "both")])
    #expect(record.durable.suffix(2).map(\.type) == [.runPaused, .runResumed])
    #expect(record.writes == 2)
  }
}
