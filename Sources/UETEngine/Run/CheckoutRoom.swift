import Synchronization
import UETModel
import UETPlanning
import UETScheduling
import UETSystem

/// The room on the disk that worktrees take, asked for before one is made.
final class CheckoutRoom: Sendable {
  /// Bytes that are left alone, where it is asked how the machine stands.
  private static let reserve = 64 << 20

  private let project: Project
  private let known = Mutex<Int??>(nil)

  init(_ project: Project) { self.project = project }

  /// Bytes that one takes, about; nil where that is not known.
  var each: Int? {
    known.withLock { known in
      if let known { return known }
      // One that holds a part alone takes less.
      let size = project.configuration.run.sparse == .off ? project.repository.checkoutSize() : nil
      known = .some(size)
      return size
    }
  }

  /// Bytes that must be free for another one.
  var needed: Int? {
    each.map { $0 + (project.configuration.tiers.mode == .off ? 0 : Self.reserve) }
  }

  /// Refuses where a worktree at the path would not fit.
  func require(at path: String) throws(AttemptFailure) {
    guard let needed, let free = MachineRoom.freeDisk(at: path), free < needed else { return }
    throw AttemptFailure(
      .osModeFailure,
      "no worktree is made: one takes about \(ByteCount.text(each ?? 0)), and "
        + "\(ByteCount.text(free)) of disk are free", isTransient: true)
  }
}

/// What the worktrees of a run will take, beside what is free.
struct RoomNeed: Hashable, Sendable {
  /// Bytes of one.
  let each: Int
  /// How many there will be at once.
  let count: Int
  let free: Int

  /// Those of all that are to be kept for review, or as many as there are workers. With a limit of
  /// `run.keep_disk` older ones give way.
  init(each: Int, workstreams: Int, workers: Int, free: Int, _ settings: Configuration.Run) {
    self.each = each
    self.free = free
    let atWork = min(workers, workstreams)
    let staysAll =
      settings.mode == .own && (settings.keep == .all || settings.keep == .unlanded)
      && settings.keepDisk == nil
    count = staysAll ? workstreams : atWork
  }

  /// Nothing can be done at all.
  var refusal: Refusal? {
    guard count > 0, free < each else { return nil }
    return Refusal(
      .usage,
      "a worktree takes about \(ByteCount.text(each)), and \(ByteCount.text(free)) of disk are free",
      hint: "make room, as with git uet clean, or set 'run.worktrees' to a folder on another disk")
  }

  /// Not everything may fit.
  var warning: String? {
    let (all, isOver) = each.multipliedReportingOverflow(by: count)
    guard isOver || all > free else { return nil }
    return "the run's worktrees take about \(ByteCount.text(all)) (\(count) of "
      + "\(ByteCount.text(each))), and \(ByteCount.text(free)) of disk are free; "
      + "fewer at once: git config uet.run.mode slots, or git config uet.run.keepDisk SIZE"
  }
}

extension Project {
  /// nil where nothing is known of it.
  func roomNeed(_ workstreams: [Workstream], workers: Int) -> RoomNeed? {
    guard let each = CheckoutRoom(self).each, let free = MachineRoom.freeDisk(at: worktreeRoot)
    else { return nil }
    let count = workstreams.count { workstream in
      workstream.worktree != Workstream.WorktreeChoice.none
        && configuration.runsHere(workstream.tool)
    }
    return RoomNeed(
      each: each, workstreams: count, workers: workers, free: free, configuration.run)
  }
}
