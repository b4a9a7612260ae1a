import Foundation
import Testing
import UETSystem

@testable import UETWorkers

/// What a command may use, and how it ranks.
@Suite(.serialized) struct ProcessLimitTests {
  @Test func memoryOfAProcess() async throws {
    let scene = try Scene()
    var order = scene.order(script: "ulimit -d")
    order.limits.memory = 512 << 20
    let report = await scene.run(order)
    #expect(report.ending == .exited(0))
    #expect(scene.log == "\(512 << 10)\n")
  }

  #if os(Linux)
    @Test func aProgramThatWantsMoreDoesNotGetIt() async throws {
      let scene = try Scene()
      var order = scene.python("x = bytearray(1 << 30)")
      order.limits.memory = 256 << 20
      #expect(await scene.run(order).ending == .exited(1))
      #expect(scene.log.contains("MemoryError"))
      order.limits.memory = nil
      #expect(await scene.run(order).ending == .exited(0))
    }

    @Test func inTheBackgroundItYields() async throws {
      let scene = try Scene()
      var order = scene.order(script: "nice; cut -d ' ' -f 19 /proc/$$/stat")
      let before = await scene.run(order)
      #expect(before.ending == .exited(0))
      let usual = scene.log
      order.limits.isBackground = true
      #expect(await scene.run(order).ending == .exited(0))
      #expect(scene.log != usual && scene.log.hasPrefix("1"), "\(usual) then \(scene.log)")
    }

    /// The kernel's files stand as files of the test.
    @Test func aControlGroupOfItsOwn() async throws {
      let scene = try Scene()
      let group = FileManager.default.temporaryDirectory.appending(
        path: "group-\(UUID().uuidString)")
      defer { try? FileManager.default.removeItem(at: group) }
      try FileManager.default.createDirectory(at: group, withIntermediateDirectories: true)
      let names = ["memory.max", "memory.swap.max", "cpu.max", "pids.max", "cgroup.procs"]
      for name in names { try Data().write(to: group.appending(path: name)) }
      var order = scene.order(script: "ulimit -d")
      order.limits.memory = 512 << 20
      order.limits.cpu = 1500
      order.limits.group = group.path
      #expect(await scene.run(order).ending == .exited(0))
      #expect(scene.log == "unlimited\n", "the group holds it")
      let texts = names.map { try? String(contentsOf: group.appending(path: $0), encoding: .utf8) }
      #expect(texts == ["536870912", "0", "150000 100000", "16384", "0"])
    }

    @Test func whereNoGroupCanBeMadeTheProcessIsLimited() async throws {
      let scene = try Scene()
      let group = FileManager.default.temporaryDirectory.appending(
        path: "none-\(UUID().uuidString)")
      var order = scene.order(script: "ulimit -d")
      order.limits.memory = 512 << 20
      order.limits.group = group.path
      #expect(await scene.run(order).ending == .exited(0))
      #expect(scene.log == "\(512 << 10)\n")
      #expect(!FileManager.default.fileExists(atPath: group.path))
      order.limits.group = "/proc/nowhere/\(group.lastPathComponent)"
      #expect(await scene.run(order).ending == .exited(0))
      #expect(scene.log == "\(512 << 10)\n")
    }
  #endif
}
