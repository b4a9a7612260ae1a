import Testing
import UETPlanning

@testable import UETEngine

/// What a run's worktrees take of the disk, told before it starts.
@Suite struct RoomNeedTests {
  private func need(
    _ free: Int, workstreams: Int = 10, change: (inout Configuration.Run) -> Void = { _ in }
  ) -> RoomNeed {
    var settings = Configuration.Run()
    change(&settings)
    return RoomNeed(
      each: 1_000_000_000, workstreams: workstreams, workers: 4, free: free, settings)
  }

  @Test func keptWorktreesAreThereAllAtOnce() {
    #expect(need(10_000_000_000).warning == nil)
    #expect(
      need(9_000_000_000).warning?.hasPrefix(
        "the run's worktrees take about 10.0 GB (10 of 1.0 GB), and 9.0 GB of disk are free")
        == true)
  }

  @Test func slotsAndRemovedOnesAreAsManyAsWorkers() {
    #expect(need(4_000_000_000) { $0.mode = .slots }.warning == nil)
    #expect(need(3_000_000_000) { $0.mode = .slots }.warning?.contains("4 of 1.0 GB") == true)
    #expect(need(4_000_000_000) { $0.keep = .failed }.warning == nil)
    #expect(need(4_000_000_000) { $0.keepDisk = 2_000_000_000 }.warning == nil)
    #expect(need(2_000_000_000, workstreams: 2).warning == nil)
  }

  @Test func oneThatDoesNotFitIsRefused() {
    #expect(
      need(999_000_000).refusal?.messages.first?.contains("a worktree takes about 1.0 GB") == true)
    #expect(need(1_000_000_000).refusal == nil)
    #expect(need(0, workstreams: 0).refusal == nil, "nothing needs one")
  }
}
