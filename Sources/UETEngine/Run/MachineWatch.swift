import UETModel
import UETPlanning
import UETScheduling
import UETSystem

/// Looks at the machine every few seconds while a run goes on, and says when it is in another tier.
struct MachineWatch: Sendable {
  /// Where folders such as `/proc` are looked for, where not in `/`.
  static let rootVariable = "UET_MACHINE_ROOT"
  private static let usual = 5.0
  /// While a reading may decide.
  private static let close = 1.0

  private let task: Task<Void, Never>?
  /// The tier that the machine is in from the start, where that is not the normal one.
  let first: TierChange?

  /// Starts to look, and has looked once; `report` is told of each later change, `spared` at each
  /// look when the machine has been in the tier critical for as long as `tiers.patience` says.
  static func start(
    _ facts: RunFacts, report: @escaping @Sendable (TierChange) -> Void,
    spared: @escaping @Sendable () -> Void
  ) async -> MachineWatch {
    let project = facts.project
    let settings = project.configuration.tiers
    guard settings.mode == .auto else { return MachineWatch(task: nil, first: nil) }
    let root = project.environment[Self.rootVariable] ?? ""
    let folder = project.worktreeRoot
    var policy = TierPolicy(settings)
    // Nothing starts that there would be no worktree for; slots are there already.
    if project.configuration.run.mode == .own, let least = policy.critical.diskFree {
      policy.critical.diskFree = max(least, facts.room.needed ?? 0)
    }
    var machine = TierMachine(policy)
    let clock = ContinuousClock()
    let start = clock.now
    let first = machine.take(await look(root, folder), at: 0)
    let task = Task { [machine] in
      var machine = machine
      var criticalSince = machine.tier == .critical ? 0.0 : nil
      while !Task.isCancelled {
        try? await Task.sleep(for: .seconds(machine.isUndecided ? close : usual))
        let figures = await look(root, folder)
        let seconds = start.duration(to: clock.now) / .seconds(1)
        if let change = machine.take(figures, at: seconds) { report(change) }
        criticalSince = machine.tier == .critical ? criticalSince ?? seconds : nil
        if let patience = settings.patience, let criticalSince, seconds - criticalSince >= patience
        {
          spared()
        }
      }
    }
    return MachineWatch(task: task, first: first)
  }

  func stop() { task?.cancel() }

  /// On a thread of its own: a file system that is gone answers nobody.
  private static func look(_ root: String, _ folder: String) async -> MachineFigures {
    await withCheckedContinuation { continuation in
      do throws(SystemFailure) {
        try OwnThread.start {
          continuation.resume(returning: MachineFigures(root: root, folder: folder))
        }
      } catch {
        continuation.resume(returning: MachineFigures())
      }
    }
  }
}

extension MachineFigures {
  /// As they are now; `folder` is where the worktrees are.
  init(root: String, folder: String) {
    self.init()
    cpu = MachinePressure(of: "cpu", root: root)?.some
    memory = MachinePressure(of: "memory", root: root)?.full
    io = MachinePressure(of: "io", root: root)?.full
    if let figures = MemoryFigures(root: root) {
      (memoryTotal, memoryAvailable) = (figures.total, figures.available)
      (swapTotal, swapFree) = (figures.swap, figures.swapFree)
    }
    if let group = ControlGroups(root: root).memoryRoom, group.limit < memoryTotal ?? .max {
      memoryTotal = group.limit
      memoryAvailable = min(memoryAvailable ?? .max, group.free)
    }
    diskFree = MachineRoom.freeDisk(at: folder)
    if let supply = MachineBattery(root: root) {
      (battery, isOnBattery) = (supply.level, supply.isDischarging)
    }
  }
}

extension TierPolicy {
  init(_ settings: Configuration.Tiers) {
    self.init()
    settle = settings.settle
    (focus, critical) = (settings.focus, settings.critical)
  }
}
