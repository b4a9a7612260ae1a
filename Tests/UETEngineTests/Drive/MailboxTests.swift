import Testing
import UETModel
import UETScheduling
import UETTestSupport

@testable import UETEngine

@Suite struct MailboxTests {
  @Test func whatCanWaitGoesWithTheNext() async {
    let mailbox = Mailbox<Int>()
    mailbox.send(1, canWait: true)
    mailbox.send(2, canWait: true)
    mailbox.send(3)
    #expect(await mailbox.receive() == [1, 2, 3])
    mailbox.send(4, canWait: true)
    #expect(mailbox.close() == [4])
    #expect(!mailbox.send(5, canWait: true))
  }

  @Test func whatCanWaitComesByItselfInTheEnd() async {
    let mailbox = Mailbox<Int>()
    mailbox.send(1, canWait: true)
    #expect(await mailbox.receive() == [1])
    async let received = mailbox.receive()
    mailbox.send(2, canWait: true)
    #expect(await received == [2])
  }

  /// A driver whose record failed receives nothing more, and waits for its attempts to end.
  @Test func whoIsCancelledWaitsForNoAnswer() async throws {
    let mailbox = Mailbox<RunMessage>()
    let id = try #require(WorkstreamID("ws-a"))
    let asking = Task {
      await mailbox.askUntilCancelled(.wish(.openQuestion(AttemptName(id, 1))))
    }
    #expect(await mailbox.receive().count == 1)
    asking.cancel()
    #expect(await asking.value == nil)
    _ = mailbox.close()
    let late = await mailbox.askUntilCancelled(.wish(.openQuestion(AttemptName(id, 1))))
    #expect(late == .runIsOver)
  }

  /// However many send at once, all comes, and what one sends comes in its order.
  @Test func nothingIsLost() async {
    let mailbox = Mailbox<[Int]>()
    let (senders, count) = (4, 500)
    await withTaskGroup(of: Void.self) { group in
      for sender in 0..<senders {
        group.addTask {
          var random = SeededGenerator(seed: UInt64(sender))
          for number in 0..<count {
            mailbox.send([sender, number], canWait: !random.oneIn(5))
            if random.oneIn(50) { await Task.yield() }
          }
        }
      }
      var received = [[Int]](repeating: [], count: senders)
      while received.reduce(0, { $0 + $1.count }) < senders * count {
        for message in await mailbox.receive() { received[message[0]].append(message[1]) }
      }
      #expect(received.allSatisfy { $0 == Array(0..<count) })
    }
  }
}
