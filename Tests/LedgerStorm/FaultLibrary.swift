import Foundation

/// The library of `Tests/FaultInjection`, where this process was started with it.
struct FaultLibrary {
  private typealias Arm = @convention(c) (UnsafePointer<CChar>, Int32, Int, Int32) -> Void
  private typealias Disarm = @convention(c) () -> Int
  private typealias Fired = @convention(c) () -> Int32

  private let arm: Arm
  private let disarm: Disarm
  private let fired: Fired

  /// nil where the library was not preloaded.
  init?() {
    func symbol(_ name: String) -> UnsafeMutableRawPointer? { dlsym(nil, name) }
    guard let arm = symbol("uet_fault_arm"), let disarm = symbol("uet_fault_disarm"),
      let fired = symbol("uet_fault_fired")
    else { return nil }
    self.arm = unsafeBitCast(arm, to: Arm.self)
    self.disarm = unsafeBitCast(disarm, to: Disarm.self)
    self.fired = unsafeBitCast(fired, to: Fired.self)
  }

  /// Lets the call with the given number below a folder fail during `body`, and with `stays` all
  /// after it. Gives whether a call failed.
  func failing(
    _ number: Int, below folder: String, with error: Int32, stays: Bool,
    _ body: () async -> Void
  ) async -> Bool {
    arm(folder, error, number, stays ? 1 : 0)
    await body()
    _ = disarm()
    return fired() != 0
  }
}
