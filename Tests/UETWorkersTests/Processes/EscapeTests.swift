import Testing
import UETSystem

@testable import UETWorkers

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

#if os(Linux)
  /// Commands that try to leave something running.
  @Suite(.serialized) struct EscapeTests {
    /// Runs a command whose processes write their numbers to `pids`; none may be left.
    private func expectNothingLeft(
      _ order: ProcessOrder, _ scene: borrowing Scene, least: Int
    ) async -> ProcessReport {
      let report = await scene.run(order)
      let pids = scene.numbers("pids")
      #expect(pids.count >= least)
      for pid in pids { #expect(!Scene.exists(pid), "process \(pid) was left") }
      #expect(report.survivors == 0)
      return report
    }

    /// Double fork, a session of its own, TERM and HUP ignored, all descriptors closed, then
    /// another program.
    private static let daemon = """
      import os, signal, sys
      if os.fork(): os.wait(); sys.exit(9)
      os.setsid()
      if os.fork(): os._exit(0)
      for s in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT): signal.signal(s, signal.SIG_IGN)
      f = open('pids', 'a'); f.write(str(os.getpid()) + chr(10)); f.close()
      os.closerange(0, 1000); os.chdir('/')
      os.execve('/bin/sleep', ['sleep', '300'], {})
      """

    @Test func daemon() async throws {
      let scene = try Scene()
      // The command waits for the daemon's number, or it could end before there is a daemon.
      let script =
        "import subprocess,sys,os,time\nsubprocess.call([sys.executable,'-c',\"\"\""
        + Self.daemon + "\"\"\"])\nwhile not os.path.exists('pids'): time.sleep(0.01)\nsys.exit(9)"
      let report = await expectNothingLeft(scene.python(script, grace: 0.2), scene, least: 1)
      #expect(report.ending == .exited(9))
      #expect(report.stragglers == 1)
    }

    @Test func daemonInATimeout() async throws {
      let scene = try Scene()
      let script =
        "import subprocess,sys,time\nsubprocess.call([sys.executable,'-c',\"\"\""
        + Self.daemon + "\"\"\"])\ntime.sleep(300)"
      let order = scene.python(script, grace: 0.2, timeout: 1.5)
      let report = await expectNothingLeft(order, scene, least: 1)
      #expect(report.ending == .timedOut)
    }

    @Test func quietBackgroundWorkMayEndByItself() async throws {
      let scene = try Scene()
      let report = await scene.run(scene.order(script: "(sleep 0.02; echo late) & exit 3"))
      #expect(report.ending == .exited(3))
      #expect(scene.log == "late\n")
      #expect(report.stragglers == 0)
    }

    /// A bounded tree of processes in sessions of their own that ignore TERM.
    @Test func tree() async throws {
      let scene = try Scene()
      let script = """
        import os, signal, sys, time
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        depth = 0
        while depth < 5:
            pid = os.fork()
            if pid == 0:
                depth += 1
                if depth % 2: os.setsid()
                continue
            if os.fork() == 0:
                depth += 1
                continue
            break
        f = os.open('pids', os.O_WRONLY | os.O_APPEND | os.O_CREAT)
        os.write(f, b'%d\\n' % os.getpid())
        time.sleep(300)
        """
      let order = scene.python(script, grace: 0.2, timeout: 2)
      let report = await expectNothingLeft(order, scene, least: 60)
      #expect(report.ending == .timedOut)
    }

    /// It has a new number all the time: each process forks the next and exits. Bounded, lest a
    /// defect here outlive the test.
    @Test(arguments: [false, true])
    func hopping(inNewSessions: Bool) async throws {
      let scene = try Scene()
      let script = """
        import os, signal, time
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        end = time.time() + 20
        if os.fork(): os._exit(4)
        while time.time() < end:
            if os.fork(): os._exit(0)
            if \(inNewSessions ? "True" : "False"): os.setsid()
        open('end', 'w').close()
        """
      let report = await scene.run(scene.python(script, grace: 0.2))
      #expect(report.ending == .exited(4))
      #expect(report.survivors == 0)
      #expect(report.stragglers > 0)
      #expect(scene.contents("end") == nil, "it ran to its own end")
    }

    @Test func closedDescriptorsAreNoEnd() async throws {
      let scene = try Scene()
      let script = "import os, time\nos.closerange(0, 3)\ntime.sleep(0.3)\nos._exit(6)"
      let report = await scene.run(scene.python(script))
      #expect(report.ending == .exited(6))
      #expect(report.seconds >= 0.3)
    }

    /// The command cannot reach the supervisor's channel by way of `/proc`, nor trace it.
    @Test func theChannelIsOutOfReach() async throws {
      let scene = try Scene()
      let script = """
        for n in 0 1; do (echo '{"ended":"exited","status":0}' > /proc/$PPID/fd/$n) 2>/dev/null; done
        exit 7
        """
      #expect(await scene.run(scene.order(script: script)).ending == .exited(7))
    }

    /// An orchestrator that dies: the tree ends although nobody asked.
    @Test func orchestratorKilled() async throws {
      let scene = try Scene()
      let script = """
        import socket, subprocess, sys, time
        a, b = socket.socketpair()
        subprocess.Popen(sys.argv[1:], stdin=b.fileno(), stdout=b.fileno(),
            env={'+PATH': '/usr/bin:/bin'})
        b.close()
        open('ready', 'w').write(a.recv(1000).decode())
        time.sleep(300)
        """
      let inner = """
        echo $$ >> pids; trap '' TERM
        setsid sh -c 'trap "" TERM; echo $$ >> pids; while :; do sleep 1; done' &
        while :; do sleep 1; done
        """
      let arguments = [
        "python3", "-c", script, scene.supervisor.executable, "--cwd=\(scene.folder)",
        "--grace-ms=200", "--", "sh", "-c", inner,
      ]
      let orchestrator = try Self.spawn(arguments, in: scene.folder)
      #expect(await Scene.eventually { scene.numbers("pids").count == 2 })
      #expect(await Scene.eventually { scene.contents("ready")?.contains("started") == true })
      kill(orchestrator, SIGKILL)
      var status: Int32 = 0
      waitpid(orchestrator, &status, 0)
      let pids = scene.numbers("pids")
      #expect(await Scene.eventually { pids.allSatisfy { !Scene.exists($0) } })
    }

    /// Recovery: a new orchestrator ends the tree of one that is stopped, so that nothing is
    /// closed.
    @Test func endTree() async throws {
      let scene = try Scene()
      let supervisor = scene.supervisor
      let order = scene.order(
        script: """
          echo $$ >> pids; trap '' TERM
          setsid sh -c 'trap "" TERM; echo $$ >> pids; while :; do sleep 1; done' &
          while :; do sleep 1; done
          """, grace: 0.2)
      let (stream, continuation) = AsyncStream<ProcessIdentity>.makeStream()
      let task = Task { await supervisor.run(order) { continuation.yield($0) } }
      var iterator = stream.makeAsyncIterator()
      let identity = try #require(await iterator.next())
      #expect(await Scene.eventually { scene.numbers("pids").count == 2 })
      #expect(identity.endTree() == ProcessIdentity.Sweep())
      #expect(!identity.isAlive)
      #expect(scene.numbers("pids").allSatisfy { !Scene.exists($0) })
      #expect(await task.value.ending == .stopped)
      #expect(identity.endTree() == ProcessIdentity.Sweep(), "twice does no harm")
      #expect(await identity.end() == ProcessIdentity.Sweep())
    }

    private static func spawn(_ argv: [String], in folder: String) throws -> pid_t {
      var pid: pid_t = 0
      let all = ["sh", "-c", "cd \"$0\" && exec \"$@\"", folder] + argv
      let copies = all.map { strdup($0) } + [nil]
      defer { for copy in copies { free(copy) } }
      let environment = [strdup("PATH=/usr/local/bin:/usr/bin:/bin"), nil]
      defer { for copy in environment { free(copy) } }
      try #require(posix_spawn(&pid, "/bin/sh", nil, nil, copies, environment) == 0)
      return pid
    }
  }
#endif
