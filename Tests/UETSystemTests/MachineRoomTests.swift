import Foundation
import Testing

@testable import UETSystem

/// What a process may use of the machine, read from files as the kernel writes them.
@Suite struct MachineRoomTests {
  private func root(_ files: [String: String]) throws -> String {
    let root = FileManager.default.temporaryDirectory.appending(path: "room-\(UUID().uuidString)")
    for (path, text) in files {
      let file = root.appending(path: path)
      try FileManager.default.createDirectory(
        at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
      try text.write(to: file, atomically: true, encoding: .utf8)
    }
    return root.path
  }

  private let memory = """
    MemTotal:       16000000 kB
    MemFree:         1000000 kB
    MemAvailable:    8000000 kB
    SwapTotal:       2000000 kB
    SwapFree:        1500000 kB

    """

  @Test func secondVersionLimitsOfAllGroupsAbove() throws {
    let root = try root([
      "proc/meminfo": memory, "proc/self/cgroup": "0::/user.slice/job\n",
      "sys/fs/cgroup/user.slice/cpu.max": "50000 100000\n",
      "sys/fs/cgroup/user.slice/job/cpu.max": "max 100000\n",
      "sys/fs/cgroup/user.slice/memory.max": "max\n",
      "sys/fs/cgroup/user.slice/job/memory.max": "4000000000\n",
    ])
    let room = MachineRoom.now(root: root)
    #expect(room.cores == 0.5)
    #expect(room.memory == 4_000_000_000)
    #expect(ControlGroups(root: root).ownFolder == "\(root)/sys/fs/cgroup/user.slice/job")
  }

  @Test func firstVersionAndAContainerThatDoesNotSeeItsName() throws {
    let root = try root([
      "proc/meminfo": memory,
      "proc/self/cgroup": "4:memory:/docker/abc\n2:cpu,cpuacct:/docker/abc\n",
      "sys/fs/cgroup/cpu/cpu.cfs_quota_us": "25000\n",
      "sys/fs/cgroup/cpu/cpu.cfs_period_us": "100000\n",
      "sys/fs/cgroup/memory/memory.limit_in_bytes": "9223372036854771712\n",
    ])
    let room = MachineRoom.now(root: root)
    #expect(room.cores == 0.25)
    #expect(room.memory == 16_000_000 * 1024, "no limit but what there is")
  }

  @Test func figuresOfMemory() throws {
    let figures = try #require(MemoryFigures(root: try root(["proc/meminfo": memory])))
    #expect(figures.available == 8_000_000 * 1024)
    #expect(figures.swap == 2_000_000 * 1024 && figures.swapFree == 1_500_000 * 1024)
    #expect(MemoryFigures(root: "/nowhere") == nil)
  }

  @Test func freeDiskOfAFolderThatIsNotThereYet() throws {
    #expect(try #require(MachineRoom.freeDisk(at: "/tmp/not/there/yet")) > 0)
  }
}
