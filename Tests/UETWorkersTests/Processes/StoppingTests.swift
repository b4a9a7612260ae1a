import Testing

@testable import UETWorkers

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// Ends that come from outside the command.
@Suite(.serialized) struct StoppingTests {
  @Test func cancellationIsGraceful() async throws {
    let scene = try Scene()
    let supervisor = scene.supervisor
    let script = "trap 'echo ending; exit 0' TERM; echo begun; while :; do sleep 0.01; done"
    let order = scene.order(script: script)
    let task = Task { await supervisor.run(order) { _ in } }
    #expect(await Scene.eventually { scene.log.contains("begun") })
    task.cancel()
    let report = await task.value
    #expect(report.ending == .stopped)
    #expect(scene.log.contains("ending"))
  }

  /// What it started gets TERM when it has ended, or when its farewell is over.
  @Test(arguments: [(60.0, "exit 0", "leader\nchild\n"), (0.2, ":", "leader\nchild\nleader\n")])
  func aFarewellIsTheCommandsAlone(seconds: Double, last: String, log: String) async throws {
    let scene = try Scene()
    let child = "trap 'echo child; exit 0' TERM; while :; do sleep 0.01; done"
    var order = scene.order(
      script: "(\(child)) & trap 'echo leader; \(last)' TERM; echo > begun; while :; do wait; done",
      grace: 1)
    order.farewell = seconds
    let stop = StopSwitch()
    let (supervisor, final) = (scene.supervisor, order)
    let task = Task { await supervisor.run(final, stop: stop) { _ in } }
    #expect(await Scene.eventually { scene.contents("begun") != nil })
    stop.stop()
    let report = await task.value
    #expect(report.ending == .stopped && report.seconds < 50)
    // The shell may say that its child was ended.
    let lines = scene.log.split(separator: "\n").filter { $0 != "Terminated" }
    #expect(lines.sorted() == log.split(separator: "\n").sorted())
    #expect(scene.log.hasPrefix("leader\n"))
  }

  @Test func cancelledBeforeTheStart() async throws {
    let scene = try Scene()
    let supervisor = scene.supervisor
    let order = scene.order(script: "echo ran")
    let stop = StopSwitch()
    stop.stop()
    let report = await supervisor.run(order, stop: stop) { _ in Issue.record("it was started") }
    #expect(report.ending == .stopped)
    #expect(scene.contents("log") == nil)
  }

  @Test func killCutsTheGraceShort() async throws {
    let scene = try Scene()
    let supervisor = scene.supervisor
    let order = scene.order(
      script: "trap '' TERM; echo begun; while :; do sleep 1; done", grace: 300)
    let stop = StopSwitch()
    let task = Task { await supervisor.run(order, stop: stop) { _ in } }
    #expect(await Scene.eventually { scene.log.contains("begun") })
    stop.stop()
    #expect(stop.level == .graceful)
    stop.kill()
    let report = await task.value
    #expect(report.ending == .stopped)
    #expect(report.seconds < 60)
  }

  /// TERM reaches each process of the tree once, and what a handler starts is not ended at once.
  @Test func termReachesTheWholeTree() async throws {
    let scene = try Scene()
    for round in 0..<20 {
      let limit = 0.01 + Double(round) * 0.002
      let order = scene.order(
        script: "echo 1; sleep 300; sleep 300", grace: 60, timeout: limit)
      let report = await scene.run(order)
      #expect(report.ending == .timedOut)
    }
    let tidy = "trap 'sleep 0.2; echo tidied; exit 0' TERM; echo begun; while :; do sleep 9; done"
    let report = await scene.run(scene.order(script: tidy, grace: 60, timeout: 0.5))
    #expect(report.ending == .timedOut)
    #expect(report.seconds < 50)
    #expect(scene.log == "begun\ntidied\n" || scene.log == "begun\nTerminated\ntidied\n")
  }

  @Test func stoppedProcessesTakeTerm() async throws {
    let scene = try Scene()
    let script = "sleep 50 & kill -STOP $!; kill -STOP $$; wait"
    let report = await scene.run(scene.order(script: script, grace: 30, timeout: 0.3))
    #expect(report.ending == .timedOut)
    #expect(report.seconds < 20)
  }

  /// SIGINT and SIGTERM are ignored or caught by an orchestrator; its commands must not inherit
  /// that.
  @Test func aStopOfTheSupervisorItselfIsGraceful() async throws {
    let scene = try Scene()
    let supervisor = scene.supervisor
    let order = scene.order(script: "sleep 50")
    let report = await supervisor.run(order) { kill($0.pid, SIGTERM) }
    #expect(report.ending == .stopped)
  }

  #if os(Linux)
    @Test func aKilledSupervisorLeavesNothing() async throws {
      let scene = try Scene()
      let supervisor = scene.supervisor
      let order = scene.order(
        script: """
          : > pids
          (trap '' TERM; echo $$ >> pids; exec sleep 300) &
          setsid sh -c 'echo $$ >> pids; sleep 300 & echo $! >> pids; env -i sleep 300; :' &
          env -i sh -c 'echo $$ >> pids; exec sleep 300' &
          while [ $(wc -l < pids) -lt 4 ]; do sleep 0.01; done
          echo ready; kill -9 $PPID; sleep 300
          """)
      let report = await supervisor.run(order) { _ in }
      #expect(report.supervisorLost)
      #expect(report.ending == .signalled(SIGKILL))
      let pids = scene.numbers("pids")
      #expect(pids.count == 4)
      #expect(await Scene.eventually { pids.allSatisfy { !Scene.exists($0) } })
    }

    /// A supervisor that its own command stopped is woken, and enforces the limit after all.
    @Test func aStoppedSupervisorIsWoken() async throws {
      let scene = try Scene()
      var order = scene.order(script: "kill -STOP $PPID; sleep 300", timeout: 1)
      order.beat = 1
      let report = await scene.run(order)
      #expect(report.ending == .timedOut)
      #expect(!report.supervisorLost)
    }
  #endif
}
