import Foundation
import Testing

/// A machine that is short of memory, over real runs: `/proc` is a folder of the test.
@Suite struct TierTests {
  private func machine(_ root: URL, memoryFree: Int) throws {
    let folder = root.appending(path: "proc")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    try Data("MemTotal: 1000000 kB\nMemAvailable: \(memoryFree)0000 kB\n".utf8)
      .write(to: folder.appending(path: "meminfo"), options: .atomic)
  }

  @Test func nothingStartsWhileMemoryIsShort() throws {
    let root = FileManager.default.temporaryDirectory.appending(
      path: "machine-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: root) }
    try machine(root, memoryFree: 2)
    let scratch = try Scratch(variables: [
      "UET_MACHINE_ROOT": root.path, "GIT_CONFIG_VALUE_0": "auto",
    ])
    try scratch.write(".uet/config.yaml", "run: {workers: 1}\ntiers: {settle: 0}\n")
    for name in ["a", "b"] {
      try scratch.write(
        "workstreams/ws-\(name).yaml",
        "id: ws-\(name)\ntasks: [Write]\nfiles_scope: [\(name)]\ntool: shell\n"
          + "command: echo x > \(name)\n")
    }
    try scratch.git("add", "--all")
    try scratch.git("commit", "--quiet", "--message=bundles")
    let run = try scratch.running(["run"])
    try scratch.wait("the tier") {
      run.printed.contains("the machine is in tier critical: 2% of memory are free")
    }
    let status = try scratch.uet("status")
    #expect(status.text.contains("the machine is in tier critical since"), "\(status)")
    #expect(status.text.contains("ws-a  READY"), "\(status)")
    try machine(root, memoryFree: 60)
    let end = run.finish()
    #expect(end.status == 0 && end.text.contains("the machine is in tier focus"), "\(end)")
    let again = try scratch.uet("verify")
    #expect(again.status == 0, "\(again)")
  }
}
