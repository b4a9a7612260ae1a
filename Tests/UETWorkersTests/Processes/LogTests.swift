import Testing

@testable import UETWorkers

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// The log of a command's output and its limit.
@Suite(.serialized) struct LogTests {
  /// Writes the numbers from 0 on, six digits a line, and checks what is kept of them.
  @Test(arguments: [0, 1, 500, 585, 586, 1000, 60000])
  func headAndTail(lines: Int) async throws {
    let scene = try Scene()
    var order = scene.python("for i in range(\(lines)): print('%06d' % i)")
    order.logLimit = 4096
    let report = await scene.run(order)
    let log = scene.log
    #expect(report.outputBytes == lines * 7)
    #expect(log.utf8.count <= 4096)
    #expect(report.outputTruncated == log.contains("bytes left out"))
    guard report.outputTruncated else {
      #expect(log.utf8.count == lines * 7)
      return
    }
    #expect(lines * 7 > 4096 - 96)
    #expect(log.hasPrefix("000000\n000001\n"))
    #expect(log.hasSuffix("\(String(lines + 999_999).dropFirst())\n"))
    let mark = try #require(log.split(separator: "\n").first { $0.hasPrefix("[uet-supervise: ") })
    let left = try #require(mark.split(separator: " ").dropFirst().first.flatMap { Int($0) })
    #expect(log.utf8.count - mark.utf8.count - 2 + left == lines * 7)
  }

  @Test func hundredMegabytes() async throws {
    let scene = try Scene()
    var order = scene.order(script: "echo first; head -c 100000000 /dev/zero; echo; echo last")
    order.logLimit = 1 << 20
    let report = await scene.run(order)
    #expect(report.ending == .exited(0))
    #expect(report.outputBytes == 100_000_012)
    #expect(report.outputTruncated)
    let log = scene.log
    #expect(log.utf8.count <= 1 << 20)
    #expect(log.hasPrefix("first\n") && log.hasSuffix("\nlast\n"))
  }

  @Test func headCanBeFollowed() async throws {
    let scene = try Scene()
    let supervisor = scene.supervisor
    let stop = StopSwitch()
    let order = scene.order(script: "echo begun; sleep 300")
    let task = Task { await supervisor.run(order, stop: stop) { _ in } }
    #expect(await Scene.eventually { scene.log == "begun\n" })
    stop.kill()
    #expect(await task.value.ending == .stopped)
  }

  #if os(Linux)
    @Test func fullDisk() async throws {
      let scene = try Scene()
      var order = scene.order(script: "echo text; head -c 1000000 /dev/zero; exit 3")
      order.logPath = "/dev/full"
      let report = await scene.run(order)
      #expect(report.ending == .exited(3))
      #expect(report.logError == 28)
      #expect(report.outputBytes == 1_000_005)
      #expect(report.outputTruncated)
    }
  #endif

  @Test func outputOfDescendantsIsKept() async throws {
    let scene = try Scene()
    let script = """
      setsid sh -c 'trap "echo caught; exit" TERM; touch on; while :; do sleep 0.01; done' &
      while ! [ -e on ]; do sleep 0.01; done
      """
    let report = await scene.run(scene.order(script: script))
    #expect(report.ending == .exited(0))
    // The shell may say first that its `sleep` was ended.
    #expect(scene.log.hasSuffix("caught\n"))
  }

  @Test func logIsNoLinkAndPrivate() async throws {
    let scene = try Scene()
    #expect(symlink("elsewhere", scene.logPath) == 0)
    let report = await scene.run(scene.order(["true"]))
    guard case .notStarted(let code, _) = report.ending else {
      Issue.record("a link was followed: \(report.ending)")
      return
    }
    #expect(code == ELOOP)
  }
}
