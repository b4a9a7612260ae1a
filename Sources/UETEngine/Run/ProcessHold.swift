import Synchronization
import UETModel
import UETPlanning
import UETSystem
import UETWorkers

/// What keeps programs within what was asked for them.
final class ProcessHold: Sendable {
  private let isOn: Bool
  private let isBackground: Bool
  /// Where control groups can be made; nil where they cannot.
  private let folder: String?
  private let run: RunID
  private let made = Atomic(0)

  init(_ project: Project, _ run: RunID) {
    let settings = project.configuration.run
    isOn = settings.hold == .auto
    isBackground = settings.background
    folder = isOn ? ControlGroups().delegatedFolder : nil
    self.run = run
  }

  func limits(_ resources: Resources, isBackground: Bool = false) -> ProcessLimits {
    var limits = ProcessLimits()
    limits.isBackground = isBackground || self.isBackground
    guard isOn else { return limits }
    limits.memory = resources[Resources.memory]
    limits.cpu = resources[Resources.cpu]
    if let folder {
      let number = made.add(1, ordering: .relaxed).newValue
      limits.group = "\(folder)/uet-\(run)-\(OwnProgram.number)-\(number)"
    }
    return limits
  }
}
