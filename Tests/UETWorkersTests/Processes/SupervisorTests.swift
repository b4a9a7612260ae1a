import Testing
import UETSystem

@testable import UETWorkers

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// What a supervised command sees and how its end is told.
@Suite(.serialized) struct SupervisorTests {
  @Test(arguments: [0, 1, 77, 255] as [Int32])
  func exitStatus(status: Int32) async throws {
    let scene = try Scene()
    let report = await scene.run(scene.order(script: "echo out; echo err >&2; exit \(status)"))
    #expect(report.ending == .exited(status))
    #expect(scene.log == "out\nerr\n")
    #expect(report.outputBytes == 8)
    #expect(!report.outputTruncated && report.logError == nil && !report.supervisorLost)
    #expect(report.stragglers == 0 && report.survivors == 0)
  }

  @Test func signal() async throws {
    let scene = try Scene()
    let report = await scene.run(scene.order(script: "kill -SEGV $$"))
    #expect(report.ending == .signalled(SIGSEGV))
  }

  @Test func environmentIsTheOrdersAlone() async throws {
    let scene = try Scene()
    var order = scene.order(["/usr/bin/env"])
    order.environment = ["LD_PRELOAD": "/nonesuch.so", "+A": "1", "B": "two\nlines = x"]
    let report = await scene.run(order)
    #expect(report.ending == .exited(0))
    let lines = scene.log.split(separator: "\n").map(String.init)
    // The loader of `env` itself complains of the preload; the supervisor's did not.
    #expect(lines.filter { $0.hasPrefix("LD_PRELOAD=") || $0.hasPrefix("+A=") }.count == 2)
    #expect(lines.contains("B=two") && lines.contains("lines = x"))
    #expect(lines.count { $0.hasPrefix("UET_SUPERVISOR=") } == 1)
    #expect(!lines.contains { $0.hasPrefix("HOME=") || $0.hasPrefix("PATH=") })
  }

  #if os(Linux)
    @Test func onlyStandardDescriptorsAndDefaultSignals() async throws {
      let scene = try Scene()
      let inherited = open("/dev/null", O_RDONLY)
      defer { close(inherited) }
      let report = await scene.run(
        scene.python(
          """
          import os
          print(sorted(int(n) for n in os.listdir('/proc/self/fd'))[:3], len(os.listdir('/proc/self/fd')))
          for l in open('/proc/self/status'):
              if l.startswith(('SigBlk', 'SigIgn')): print('%x' % (int(l.split()[1], 16) & 0x7fffffff))
          print(os.readlink('/proc/self/fd/0'), os.getpgid(0) == os.getpid(), os.getsid(0) == os.getppid())
          """))
      #expect(report.ending == .exited(0))
      // Listing opens a fourth; Python itself ignores PIPE and XFSZ.
      #expect(
        scene.log == """
          [0, 1, 2] 4
          0
          1001000
          /dev/null True True

          """)
    }
  #endif

  @Test func startFailures() async throws {
    let scene = try Scene()
    func ending(_ change: (inout ProcessOrder) -> Void) async -> ProcessEnding {
      var order = scene.order(["true"])
      change(&order)
      return await scene.run(order).ending
    }
    let missing = await ending { $0.argv = ["no-such-program"] }
    #expect(
      missing
        == .notStarted(
          errno: ENOENT, message: "cannot run 'no-such-program': No such file or directory"))
    #expect(await code(ending { $0.argv = ["/nonesuch/x"] }) == ENOENT)
    #expect(await code(ending { $0.argv = ["/etc/passwd"] }) == EACCES)
    #expect(await code(ending { $0.argv = ["."] }) != nil)
    #expect(await code(ending { $0.argv = [] }) == EINVAL)
    #expect(await code(ending { $0.argv = [""] }) == EINVAL)
    #expect(await code(ending { $0.argv = ["true", "a\0b"] }) == EINVAL)
    #expect(await code(ending { $0.environment["A=B"] = "1" }) == EINVAL)
    #expect(await code(ending { $0.workingDirectory = "/nonesuch" }) == ENOENT)
    #expect(await code(ending { $0.workingDirectory = "/etc/passwd" }) == ENOTDIR)
    #expect(await code(ending { $0.logPath = "/nonesuch/log" }) == ENOENT)
    #expect(await code(ending { $0.environment["PATH"] = ".:bin" }) == ENOENT)
    let long = String(repeating: "x", count: 3 << 20)
    #expect(await code(ending { $0.argv = ["true", long] }) == E2BIG)
    let absent = Supervisor(executable: "/nonesuch/uet-supervise")
    #expect(await code(absent.run(scene.order(["true"])) { _ in }.ending) == ENOENT)
  }

  private func code(_ ending: ProcessEnding) -> Int32? {
    if case .notStarted(let code, let message) = ending, !message.isEmpty { code } else { nil }
  }

  @Test func scriptWithoutInterpreterLine() async throws {
    let scene = try Scene()
    #expect(system("printf 'exit 0' > '\(scene.folder)/s'; chmod +x '\(scene.folder)/s'") == 0)
    #expect(await code(scene.run(scene.order(["./s"])).ending) == ENOEXEC)
  }

  @Test func timeLimit() async throws {
    let scene = try Scene()
    let report = await scene.run(scene.order(script: "echo begun; sleep 50", timeout: 0.3))
    #expect(report.ending == .timedOut)
    #expect(report.seconds >= 0.3 && report.seconds < 10)
    #expect(scene.log == "begun\n")
  }

  @Test func timeLimitOfACommandThatIgnoresTerm() async throws {
    let scene = try Scene()
    let script = "trap '' TERM; echo begun; while :; do sleep 1; done"
    let report = await scene.run(scene.order(script: script, grace: 0.2, timeout: 0.3))
    #expect(report.ending == .timedOut)
    #expect(report.seconds >= 0.5 && report.seconds < 10)
  }

  @Test func beats() async throws {
    let scene = try Scene()
    var order = scene.order(script: "echo 123456789; sleep 0.5")
    order.beat = 0.05
    let (stream, continuation) = AsyncStream<ProcessPulse>.makeStream()
    let report = await scene.supervisor.run(
      order, pulse: { continuation.yield($0) }, started: { _ in })
    continuation.finish()
    var beats: [ProcessPulse] = []
    for await beat in stream { beats.append(beat) }
    #expect(report.ending == .exited(0))
    #expect(beats.count >= 3 && beats.count <= 10)
    #expect(beats.last?.outputBytes == 10)
  }

  @Test func startedNamesALiveSupervisor() async throws {
    let scene = try Scene()
    let (stream, continuation) = AsyncStream<ProcessIdentity>.makeStream()
    let supervisor = scene.supervisor
    let order = scene.order(script: "sleep 50")
    let task = Task { await supervisor.run(order) { continuation.yield($0) } }
    var iterator = stream.makeAsyncIterator()
    let identity = try #require(await iterator.next())
    #expect(identity.isAlive)
    #expect(ProcessIdentity(of: identity.pid) == identity)
    #expect(ProcessIdentity(identity.description) == identity)
    #expect(!ProcessIdentity(pid: identity.pid, startTime: identity.startTime + 1).isAlive)
    task.cancel()
    #expect(await task.value.ending == .stopped)
    #expect(!identity.isAlive)
  }

  @Test func measuresCPUAndMemory() async throws {
    let scene = try Scene()
    let script = "x = bytearray(60 << 20)\nfor i in range(3000000): pass"
    let report = await scene.run(scene.python(script))
    #expect(report.ending == .exited(0))
    #expect(report.maxResidentBytes > 60 << 20)
    #expect(report.cpuSeconds > 0.02 && report.cpuSeconds < 20)
  }

  @Test func location() throws {
    let scene = try Scene()
    let folder = scene.folder
    let make = "mkdir -p bin libexec/git-uet a/b && touch bin/x && ln -s ../../bin/x a/b/x"
    #expect(system("cd '\(folder)' && \(make)") == 0)
    func found(_ name: String) -> String? {
      Supervisor.locate(besides: "\(folder)/\(name)", environment: [:])
    }
    #expect(found("bin/x") == nil)
    #expect(system("cd '\(folder)' && cp /bin/true libexec/git-uet/uet-supervise") == 0)
    #expect(found("bin/x") == "\(folder)/bin/../libexec/git-uet/uet-supervise")
    #expect(system("cd '\(folder)' && cp /bin/true bin/uet-supervise") == 0)
    #expect(found("bin/x") == "\(folder)/bin/uet-supervise")
    #expect(found("a/b/x")?.hasSuffix("bin/uet-supervise") == true)
    #expect(Supervisor.locate(besides: "git-uet", environment: [:]) == nil)
    let named = ["UET_SUPERVISE": "/bin/true"]
    #expect(Supervisor.locate(besides: "\(folder)/bin/x", environment: named) == "/bin/true")
    #expect(Supervisor.locate(besides: "x", environment: ["UET_SUPERVISE": "/bin/none"]) == nil)
    #expect(Supervisor.locate(environment: named) == "/bin/true")
  }
}
