import Testing
import UETGit
import UETModel
import UETTestSupport

@testable import UETLedger

/// A small file system of its own.
private final class SmallDisk {
  let directory = TemporaryDirectory()
  let path: String

  init(kilobytes: Int) throws {
    path = directory.path + "/disk"
    TemporaryDirectory.write([], to: path + "/.keep")
    let mount = GitProcess(
      ["mount", "-t", "tmpfs", "-o", "size=\(kilobytes)k", "tmpfs", path], in: "/",
      environment: ["PATH": "/usr/sbin:/usr/bin:/sbin:/bin"])
    try #require(mount.status == 0)
  }

  deinit {
    _ = GitProcess(
      ["umount", "-l", path], in: "/", environment: ["PATH": "/usr/sbin:/usr/bin:/sbin:/bin"])
  }
}

@Suite struct LedgerFullDiskTests {
  @Test(.enabled(if: Ground.canMount, "no right to mount a small disk"))
  func aFullDiskLosesNothingAndLeavesNoHalf() async throws {
    let disk = try SmallDisk(kilobytes: 1500)
    let environment = TestRepository.environment(home: disk.directory.path)
    let path = disk.path + "/repo"
    for words in [
      ["git", "init", "-q", path],
      ["git", "-C", path, "commit", "-q", "--allow-empty", "-m", "base"],
    ] {
      #expect(GitProcess(words, in: disk.path, environment: environment).status == 0)
    }
    let repository = try Repository.open(discoveringFrom: path, environment: environment)
    let run = RunID(startedAt: Ledger.start, salt: 1)
    let holder = Holder(host: "here", pid: 1, since: Ledger.start, nonce: "1")
    let writer = try LedgerWriter.create(
      in: repository, run: run,
      root: RootRecord(base: try repository.resolve("HEAD"), programVersion: "1"),
      holder: holder, at: Ledger.start
    ).writer
    TemporaryDirectory.write([UInt8](repeating: 1, count: 400_000), to: disk.path + "/filler")
    var random = SeededGenerator(seed: 1)
    var durable = 0
    var failure: LedgerError?
    while failure == nil, durable < 10_000 {
      let noise = (0..<600).map { _ in String(random.next(), radix: 36) }.joined()
      try writer.append([EventDraft(.heartbeat, data: ["x": .string(noise)])], at: Ledger.start)
      do { try await writer.flush() } catch { failure = error }
      if failure == nil { durable += 1 }
    }
    guard case .git(.diskFull)? = failure else {
      Issue.record("\(String(describing: failure))")
      return
    }
    let reader = LedgerReader(repository: repository)
    var report = try reader.verify(run)
    #expect(report.problems == [])
    #expect(report.events == durable)
    // Questions are answered from memory when the cache cannot grow.
    let cache = Cache(repository: repository)
    #expect(try cache.events(EventQuery()).count == durable)
    CacheTests.remove(disk.path + "/filler")
    try await writer.flush()
    report = try reader.verify(run)
    #expect(report.problems == [])
    #expect(report.events == durable + 1)
    #expect(try cache.events(EventQuery()).count == durable + 1)
  }
}
