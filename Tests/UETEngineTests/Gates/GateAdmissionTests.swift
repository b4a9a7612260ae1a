import Testing
import UETModel

@testable import UETEngine

/// Which gates of the queue run beside each other.
@Suite struct GateAdmissionTests {
  private func admission(
    _ capacity: [String: Int], _ asks: [[String: Int]], slots: Int = 8
  ) -> GateAdmission<Int> {
    var admission = GateAdmission<Int>(Resources(capacity), slots: slots)
    for (number, ask) in asks.enumerated() { admission.ask(number, Resources(ask)) }
    return admission
  }

  /// Those that may start now.
  private func expect(
    _ names: [Int], of admission: inout GateAdmission<Int>,
    at place: SourceLocation = #_sourceLocation
  ) {
    let admitted = admission.admit()
    #expect(admitted == names, sourceLocation: place)
  }

  @Test func startsWhatFitsInOrder() {
    var admission = admission(
      ["cpu": 4000, "db": 1],
      [["cpu": 3000], ["cpu": 3000], ["cpu": 1000], ["db": 1], ["db": 1], [:]])
    // The third would fit beside the first, but the second comes first and waits for the same.
    expect([0, 3, 5], of: &admission)
    expect([], of: &admission)
    admission.leave(0)
    expect([1, 2], of: &admission)
    admission.leave(3)
    expect([4], of: &admission)
  }

  @Test func aloneItStartsWhateverItAsks() {
    var admission = admission(["db": 1], [["db": 1], ["db": 9], ["unknown": 5]])
    expect([0, 2], of: &admission)
    admission.leave(0)
    expect([1], of: &admission)
  }

  @Test func aMachineThatIsShortOfSomethingRunsLess() {
    var admission = admission([:], Array(repeating: [:], count: 6), slots: 4)
    admission.tier = .critical
    expect([], of: &admission)
    admission.tier = .focus
    expect([0, 1], of: &admission)
    admission.leave(0)
    expect([2], of: &admission)
    admission.tier = .normal
    expect([3, 4, 5], of: &admission)
  }

  @Test func whatWaitsCanBeTakenOut() {
    var admission = admission(["db": 1], [["db": 1], ["db": 1], ["db": 1]])
    expect([0], of: &admission)
    let taken = [0, 1].map { admission.withdraw($0) }
    #expect(taken == [false, true], "the first runs")
    admission.leave(0)
    let rest = admission.withdrawAll()
    #expect(rest == [2])
    expect([], of: &admission)
  }
}
