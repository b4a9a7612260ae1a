import Testing
import UETModel

@Suite struct RunIDTests {
  /// The newest run is the last by name, also where several start in one second.
  @Test func laterOnesOfTheSameSecondComeLater() {
    let time = Timestamp(seconds: 1_795_224_655)
    var known = [RunID(startedAt: Timestamp(seconds: 1_795_224_656), salt: 0x8000)]
    for _ in 0..<10 {
      let next = RunID(startedAt: time, after: known)
      #expect(RunID(next.rawValue) == next)
      #expect(known.dropFirst().allSatisfy { $0 < next })
      known.append(next)
    }
    // Where no room is left it is any of that second.
    let last = RunID(startedAt: time, salt: .max)
    #expect(RunID(startedAt: time, after: known + [last]) == last)
  }
}
