import Foundation
import Synchronization
import Testing
import UETModel
import UETSystem

@testable import UETWorkers

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// The socket at which a run is reported to and steered.
@Suite(.serialized) struct ControlTests {
  /// Answers with the request itself.
  private static func echo(_ path: String, _ limits: ControlLimits = ControlLimits()) throws
    -> ControlServer
  {
    try ControlServer(path: path, limits: limits) { ["ok": true, "echo": $0] }
  }

  /// For what is not about how much one process may ask.
  private static var generous: ControlLimits {
    var limits = ControlLimits()
    (limits.clientsOfOne, limits.burst, limits.rate) = (.max, 1e6, 1e6)
    return limits
  }

  @Test func requestsAreScreenedByWhoSendsThem() throws {
    let scene = try Scene()
    let path = "\(scene.folder)/s"
    let server = try ControlServer(
      path: path,
      screen: { request, process in
        guard request["do"]?.string == "steer" else { return nil }
        return ["ok": false, "process": .integer(Int64(process ?? 0))]
      }, handler: { _ in ["ok": true] })
    #expect(try ControlClient.send(["do": "heartbeat"], to: path)["ok"]?.bool == true)
    let refused = try ControlClient.send(["do": "steer"], to: path)
    #expect(refused["ok"]?.bool == false && refused["process"]?.integer == Int(getpid()))
    _ = server
  }

  @Test func answers() async throws {
    let scene = try Scene()
    let path = "\(scene.folder)/s"
    let server = try Self.echo(path)
    for index in 0..<20 {
      let answer = try ControlClient.send(["n": .integer(Int64(index))], to: path)
      #expect(answer == ["ok": true, "echo": ["n": .integer(Int64(index))]])
    }
    var status = stat()
    #expect(lstat(path, &status) == 0 && status.st_mode & 0o777 == 0o600)
    await server.stop()
    #expect(lstat(path, &status) != 0)
    #expect(throws: ProcessError.system(SystemFailure("connect", code: ENOENT))) {
      try ControlClient.send(.null, to: path)
    }
    await server.stop()
  }

  @Test func severalRequestsOnOneConnection() async throws {
    let scene = try Scene()
    let server = try Self.echo("\(scene.folder)/s")
    let client = try RawClient("\(scene.folder)/s")
    client.push(Array("1\n2\n\"thr".utf8))
    #expect(client.line() == #"{"ok":true,"echo":1}"#)
    #expect(client.line() == #"{"ok":true,"echo":2}"#)
    client.push(Array("ee\"\n".utf8))
    #expect(client.line() == #"{"ok":true,"echo":"three"}"#)
    shutdown(client.socket.number, Int32(SHUT_WR))
    #expect(client.line() == nil)
    await server.stop()
  }

  @Test func requestsBeyondTheBurstComeAtTheRate() async throws {
    let scene = try Scene()
    var limits = ControlLimits()
    (limits.burst, limits.rate) = (10, 100)
    let server = try Self.echo("\(scene.folder)/s", limits)
    let client = try RawClient("\(scene.folder)/s")
    let clock = ContinuousClock()
    let start = clock.now
    client.push(Array((0..<60).map { "\($0)\n" }.joined().utf8))
    for number in 0..<60 { #expect(client.line() == "{\"ok\":true,\"echo\":\(number)}") }
    #expect(clock.now - start >= .milliseconds(490), "fifty more than the burst, at 100 a second")
    await server.stop()
  }

  @Test func pacesAreOfEachClientAndComeBack() {
    var limits = ControlLimits()
    (limits.burst, limits.rate) = (2, 4)
    var pace = RequestPace(limits)
    let taken = (0..<3).map { _ in pace.take(1, at: 0) }
    #expect(taken == [nil, nil, 0.25])
    let other = pace.take(2, at: 0)
    #expect(other == nil)
    let later = [pace.take(1, at: 0.25), pace.take(1, at: 0.25), pace.take(1, at: 100)]
    #expect(later == [nil, 0.5, nil])
    pace.forget(at: 200)
    #expect(Mirror(reflecting: pace).descendant("buckets").map { "\($0)" } == "[:]")
  }

  /// A process of the system's own; it cannot be told from its threads, so another one asks.
  @Test func floodOfOneProcessDoesNotHoldUpOthers() async throws {
    let scene = try Scene()
    let path = "\(scene.folder)/s"
    let server = try Self.echo(path)
    let flood = """
      import socket, sys
      all = []
      for n in range(200):
          s = socket.socket(socket.AF_UNIX)
          try: s.connect(sys.argv[1])
          except OSError: continue
          s.setblocking(False)
          try: s.send(b'1\\n' * 20000)
          except OSError: pass
          all.append(s)
      print('flooded', flush=True)
      sys.stdin.read()
      """
    let process = Process()
    let (input, output) = (Pipe(), Pipe())
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = ["python3", "-c", flood, path]
    (process.standardInput, process.standardOutput) = (input, output)
    try process.run()
    _ = output.fileHandleForReading.availableData
    let clock = ContinuousClock()
    for number in 0..<50 {
      let start = clock.now
      let answer = try ControlClient.send(.integer(Int64(number)), to: path)
      #expect(answer == ["ok": true, "echo": .integer(Int64(number))])
      #expect(clock.now - start < .seconds(2), "request \(number)")
    }
    try input.fileHandleForWriting.close()
    process.waitUntilExit()
    await server.stop()
  }

  @Test func garbageIsRefused() async throws {
    let scene = try Scene()
    let path = "\(scene.folder)/s"
    let server = try Self.echo(path)
    let garbage: [[UInt8]] = [
      Array("nonsense".utf8), [], [0], [0xFF, 0xFE, 0x80], Array("{\"a\":}".utf8),
      Array(repeating: UInt8(ascii: "["), count: 60_000), Array("GET / HTTP/1.1\r".utf8),
      Array(repeating: UInt8(ascii: ":"), count: 60_000),
      Array(("{" + (0..<6000).map { "\"\($0)\":1," }.joined() + "\"x\":1}").utf8),
    ]
    for bytes in garbage {
      let client = try RawClient(path)
      client.push(bytes + [0x0A])
      let line = client.line()
      let answer = try #require(line)
      #expect(answer.hasPrefix(#"{"ok":false,"error":"a request "#), "\(answer)")
      client.push(Array("7\n".utf8))
      #expect(client.line() == #"{"ok":true,"echo":7}"#)
    }
    #expect(try ControlClient.send(1, to: path) == ["ok": true, "echo": 1])
    await server.stop()
  }

  /// Clients that send anything and leave at any time; the server answers the next one, and keeps
  /// no descriptor of theirs.
  @Test func wildClients() async throws {
    let scene = try Scene()
    let path = "\(scene.folder)/s"
    let server = try Self.echo(path, Self.generous)
    let before = Scene.openDescriptors()
    var state = UInt64(Scene.seed) | 1
    func next(_ bound: Int) -> Int {
      state ^= state << 13
      state ^= state >> 7
      state ^= state << 17
      return Int(state >> 11) % bound
    }
    let pieces = ["{", "}", "\"", "\\", "\n", "null", "1e9", ":", ",", "[", "\u{0}", "é"].map {
      Array($0.utf8)
    }
    for _ in 0..<(Scene.isLong ? 5000 : 300) {
      let client = try RawClient(path)
      client.push((0..<next(40)).flatMap { _ in pieces[next(pieces.count)] })
      if next(2) == 0 { shutdown(client.socket.number, Int32(SHUT_WR)) }
      if next(3) == 0 { _ = client.line(0) }
    }
    #expect(try ControlClient.send(1, to: path)["ok"] == true, "seed \(Scene.seed): UET_SEED")
    #expect(await Scene.eventually { Scene.openDescriptors() < before + 64 })
    await server.stop()
  }

  @Test func longLinesAreRefused() async throws {
    let scene = try Scene()
    let path = "\(scene.folder)/s"
    let server = try Self.echo(path)
    let fits = String(repeating: "x", count: (64 << 10) - 2)
    #expect(try ControlClient.send(.string(fits), to: path)["echo"] == .string(fits))
    let answer = try ControlClient.send(.string(fits + "x"), to: path)
    #expect(answer["error"] == "a request is longer than 65536 bytes")
    let client = try RawClient(path)
    let sent = client.push([UInt8](repeating: 0x41, count: 50 << 20))
    #expect(sent < 10 << 20, "it read on without end")
    await server.stop()
  }

  @Test func idleClientsAreDropped() async throws {
    let scene = try Scene()
    var limits = ControlLimits()
    limits.idle = 0.2
    let server = try Self.echo("\(scene.folder)/s", limits)
    let silent = try RawClient("\(scene.folder)/s")
    let slow = try RawClient("\(scene.folder)/s")
    slow.push(Array("{\"begun\":".utf8))
    #expect(silent.line() == nil)
    #expect(slow.line() == nil)
    await server.stop()
  }

  @Test func fullHouseWaits() async throws {
    let scene = try Scene()
    let path = "\(scene.folder)/s"
    var limits = ControlLimits()
    limits.clients = 2
    limits.idle = 0.3
    let server = try Self.echo(path, limits)
    let one = try RawClient(path)
    let two = try RawClient(path)
    #expect(try ControlClient.send(3, to: path) == ["ok": true, "echo": 3])
    #expect(one.line() == nil && two.line() == nil)
    await server.stop()
  }

  @Test func slowHandlersHoldUpNobody() async throws {
    let scene = try Scene()
    let path = "\(scene.folder)/s"
    let gate = Mutex<CheckedContinuation<Void, Never>?>(nil)
    let server = try ControlServer(path: path) { request in
      if request == "wait" {
        await withCheckedContinuation { continuation in gate.withLock { $0 = continuation } }
      }
      return request
    }
    let slow = try RawClient(path)
    slow.push(Array("\"wait\"\n".utf8))
    let gone = try RawClient(path)
    gone.push(Array("1\n".utf8))
    #expect(try ControlClient.send(2, to: path) == 2)
    #expect(await Scene.eventually { gate.withLock { $0 != nil } })
    gate.withLock { $0 }?.resume()
    #expect(slow.line() == "\"wait\"")
    await server.stop()
  }

  @Test func manyClients() async throws {
    let scene = try Scene()
    let path = "\(scene.folder)/s"
    let count = Mutex(0)
    let server = try ControlServer(path: path, limits: Self.generous) { request in
      count.withLock { $0 += 1 }
      return request
    }
    let failures = Mutex(0)
    let done = Mutex(0)
    let (threads, requests) = (24, Scene.isLong ? 1000 : 40)
    for thread in 0..<threads {
      try OwnThread.start {
        for index in 0..<requests {
          let request = JSONValue.integer(Int64(thread * 10_000 + index))
          if (try? ControlClient.send(request, to: path, timeout: 60)) != request {
            failures.withLock { $0 += 1 }
          }
        }
        done.withLock { $0 += 1 }
      }
    }
    #expect(await Scene.eventually(100) { done.withLock { $0 } == threads })
    #expect(failures.withLock { $0 } == 0)
    #expect(count.withLock { $0 } == threads * requests)
    await server.stop()
  }

  @Test func onlyOneServerAtAPath() async throws {
    let scene = try Scene()
    let path = "\(scene.folder)/s"
    let server = try Self.echo(path)
    #expect(throws: ProcessError.inUse(path)) { try Self.echo(path) }
    #expect(try ControlClient.send(1, to: path)["ok"] == true)
    await server.stop()
    let next = try Self.echo(path)
    #expect(try ControlClient.send(1, to: path)["ok"] == true)
    await next.stop()
  }

  @Test func aDeadSocketIsReplacedAndAFileIsNot() async throws {
    let scene = try Scene()
    let path = "\(scene.folder)/s"
    do {
      let dead = try SocketAddress.newSocket()
      #expect(try SocketAddress(path).bind(dead) == 0)
    }
    let server = try Self.echo(path)
    #expect(try ControlClient.send(1, to: path)["ok"] == true)
    await server.stop()
    close(creat(path, 0o600))
    #expect(throws: ProcessError.system(SystemFailure("bind", code: EADDRINUSE))) {
      try Self.echo(path)
    }
    #expect(access(path, F_OK) == 0)
  }

  @Test func aDeletedSocketComesBack() async throws {
    let scene = try Scene()
    let folder = "\(scene.folder)/uet"
    mkdir(folder, 0o700)
    let server = try Self.echo("\(folder)/s")
    #expect(system("rm -rf '\(folder)'") == 0)
    // The file is there a moment before anybody listens at it.
    #expect(
      await Scene.eventually(30) {
        (try? ControlClient.send(1, to: "\(folder)/s"))?["ok"] == true
      })
    await server.stop()
  }

  @Test func noAnswerInTime() async throws {
    let scene = try Scene()
    let path = "\(scene.folder)/s"
    let server = try ControlServer(path: path) { request in
      try? await Task.sleep(for: .seconds(1))
      return request
    }
    #expect(throws: ProcessError.noAnswer) {
      try ControlClient.send(1, to: path, timeout: 0.1)
    }
    await server.stop()
    #expect(throws: ProcessError.self) { try ControlClient.send(1, to: path) }
  }

  @Test func stopClosesWaitingClients() async throws {
    let scene = try Scene()
    let server = try Self.echo("\(scene.folder)/s")
    let client = try RawClient("\(scene.folder)/s")
    await server.stop()
    #expect(client.line() == nil)
  }

  @Test func forgettingTheServerEndsIt() async throws {
    let scene = try Scene()
    let path = "\(scene.folder)/s"
    do { _ = try Self.echo(path) }
    #expect(await Scene.eventually { access(path, F_OK) != 0 })
  }

  @Test func longPathsGetAShortOne() throws {
    let scene = try Scene()
    let short = "\(scene.folder)/socket"
    #expect(try ControlPath.choose(preferred: short) == short)
    let long = "/" + String(repeating: "d/", count: 100) + "socket"
    let chosen = try ControlPath.choose(preferred: long, temporary: scene.folder)
    #expect(chosen.hasPrefix("\(scene.folder)/uet-\(getuid())/"))
    #expect(chosen.utf8.count <= SocketAddress.maximumLength)
    #expect(try ControlPath.choose(preferred: long, temporary: scene.folder) == chosen)
    #expect(try ControlPath.choose(preferred: long + "2", temporary: scene.folder) != chosen)
    chmod("\(scene.folder)/uet-\(getuid())", 0o755)
    #expect(throws: ProcessError.system(SystemFailure("mkdir", code: EACCES))) {
      try ControlPath.choose(preferred: long, temporary: scene.folder)
    }
    #expect(throws: ProcessError.pathTooLong(long)) { try ControlServer(path: long) { $0 } }
  }
}
