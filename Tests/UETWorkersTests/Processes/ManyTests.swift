import Testing
import UETSystem

@testable import UETWorkers

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

#if os(Linux)
  /// Many commands side by side, and what is left of them in this process.
  @Suite(.serialized) struct ManyTests {
    @Test func twoHundredRuns() async throws {
      let scene = try Scene()
      let (supervisor, folder) = (scene.supervisor, scene.folder)
      let runs = Scene.isLong ? 5000 : 200
      let before = Scene.openDescriptors()
      var identities: [ProcessIdentity] = []
      let (stream, continuation) = AsyncStream<ProcessIdentity>.makeStream()
      await withTaskGroup(of: Void.self) { group in
        for index in 0..<runs {
          if index >= 32 { await group.next() }
          let order = ProcessOrder(
            argv: ["/bin/sh", "-c", "echo \(index); exit \(index % 100)"],
            workingDirectory: folder, environment: [:], logPath: "\(folder)/\(index)")
          group.addTask {
            let report = await supervisor.run(order) { continuation.yield($0) }
            #expect(report.ending == .exited(Int32(index % 100)))
            #expect(report.outputBytes == "\(index)\n".utf8.count)
          }
        }
      }
      continuation.finish()
      for await identity in stream { identities.append(identity) }
      #expect(identities.count == runs)
      #expect(identities.allSatisfy { ProcessEntry($0.pid)?.startTime != $0.startTime })
      // Other suites run beside this one; a leak would leave one for each run.
      #expect(Scene.openDescriptors() < before + 64)
    }

    /// The cost of a supervised `true` beside that of a bare one. Prints; asserts only sanity.
    @Test(.enabled(if: Scene.isLong, "takes long: UET_LONG=1")) func cost() async throws {
      let scene = try Scene()
      let clock = ContinuousClock()
      let order = scene.order(["/bin/true"])
      var (bare, supervised): ([Duration], [Duration]) = ([], [])
      for _ in 0..<300 {
        bare.append(clock.measure { Self.bareTrue() })
        let start = clock.now
        _ = await scene.run(order)
        supervised.append(clock.now - start)
      }
      let (one, other) = (bare.sorted()[150], supervised.sorted()[150])
      print("median: bare \(one), supervised \(other), ratio \(other / one)")
      #expect(other < one * 100)
    }

    private static func bareTrue() {
      var pid: pid_t = 0
      let argv = [strdup("/bin/true"), nil]
      defer { for text in argv { free(text) } }
      posix_spawn(&pid, "/bin/true", nil, nil, argv, [nil])
      waitpid(pid, nil, 0)
    }
  }
#endif
