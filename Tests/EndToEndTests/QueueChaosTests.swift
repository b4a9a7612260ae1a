import Dispatch
import Foundation
import Synchronization
import Testing
import UETTestSupport

/// Many push to one queue at once, beside `git gc`, while servers, hooks and pushers are killed:
/// what was acknowledged lands once, and what was taken back does not.
@Suite struct QueueChaosTests {
  private static let clones = isLong ? 50 : 4
  private static let pushes = isLong ? 20 : 3

  /// What a pusher knows of one topic.
  private struct Topic {
    /// The commit that was acknowledged last.
    var acknowledged: String?
    /// Commits that may have come through: the push was killed or refused.
    var unknown: [String] = []
    /// Whether taking it back was acknowledged after all of those.
    var isWithdrawn = false
    /// Another version may have landed before.
    var hadOthers = false
  }

  @Test(.timeLimit(.minutes(isLong ? 60 : 5)))
  func whatIsAcknowledgedLandsOnce() throws {
    let seed = try #require(Seeds(short: 1, long: 1).all.first)
    let scene = try HostScene(
      "gates: {GATE_TEST: {command: [\"true\"]}}\nintegration: {gates: [GATE_TEST]}\n")
    try scene.onHost("config", "gc.auto", "0")
    let known = Mutex<[String: Topic]>([:])
    let isOver = Mutex(false)
    let trouble = Mutex<[String]>([])
    let group = DispatchGroup()
    for part in 0..<3 {
      Thread.detachNewThread(in: group) {
        let isOver = { isOver.withLock { $0 } }
        do {
          switch part {
          case 0: try serveAndKill(scene, seed, isOver)
          case 1: try killHooks(scene, seed, isOver)
          default: try collect(scene, isOver)
          }
        } catch { trouble.withLock { $0.append("\(error)") } }
      }
    }
    let pushers = DispatchGroup()
    for clone in 0..<Self.clones {
      Thread.detachNewThread(in: pushers) {
        do {
          try push(scene, clone, seed) { topic, body in
            known.withLock { body(&$0[topic, default: Topic()]) }
          }
        } catch { trouble.withLock { $0.append("\(error)") } }
      }
    }
    pushers.wait()
    isOver.withLock { $0 = true }
    group.wait()
    #expect(trouble.withLock { $0 }.isEmpty, "seed \(seed): \(trouble.withLock { $0 })")
    try settle(scene)
    try check(scene, known.withLock { $0 }, seed)
  }

  // MARK: - What happens at the same time

  private func push(
    _ scene: HostScene, _ clone: Int, _ seed: UInt64,
    _ note: (String, (inout Topic) -> Void) -> Void
  ) throws {
    var random = SeededGenerator(seed: seed &+ UInt64(clone) &* 7919)
    let folder = "\(scene.scratch.root.path)/clone-\(clone)"
    // Files that are copied one by one may be gone by a garbage collection meanwhile.
    try git(
      scene, ["clone", "--no-local", "--quiet", "--branch=main", scene.host, folder],
      scene.scratch.root.path)
    for number in 0..<Self.pushes {
      let topic = "c\(clone)-\(number)"
      try git(scene, ["checkout", "--quiet", "--detach", "origin/main"], folder)
      for version in 0..<(Int.random(in: 0..<6, using: &random) == 0 ? 2 : 1) {
        // What a version adds to the one before conflicts with nothing, if that one has landed.
        for name in ["f-\(clone)-\(number)", "v\(version)-\(clone)-\(number)"] {
          try Data("\(name)\n".utf8).write(to: URL(fileURLWithPath: "\(folder)/\(name)"))
        }
        try git(scene, ["add", "--all"], folder)
        let amend = version > 0 ? ["--amend"] : []
        try git(
          scene,
          ["-c", "user.name=P\(clone)", "-c", "user.email=p@x", "commit", "--quiet"] + amend
            + ["--message=change \(topic)"], folder)
        let commit = try git(scene, ["rev-parse", "HEAD"], folder)
        let isKilled = Int.random(in: 0..<8, using: &random) == 0
        let isTaken = try send(
          scene, ["HEAD:refs/for/main/\(topic)"], folder,
          killedAfter: isKilled ? Int.random(in: 5...150, using: &random) : nil)
        note(topic) {
          $0.hadOthers = version > 0
          if isTaken {
            ($0.acknowledged, $0.unknown) = (commit, [])
          } else {
            // Either of the two is what the host has now.
            $0.unknown += [$0.acknowledged, commit].compactMap { $0 }
            $0.acknowledged = nil
          }
        }
      }
      guard Int.random(in: 0..<10, using: &random) == 0 else { continue }
      if try send(scene, [":refs/for/main/\(topic)"], folder, killedAfter: nil) {
        note(topic) { ($0.isWithdrawn, $0.acknowledged) = (true, nil) }
      } else {
        // It may have landed by then, or the hook was killed after it was done.
        note(topic) { topic in
          if let commit = topic.acknowledged { topic.unknown.append(commit) }
          topic.acknowledged = nil
        }
      }
    }
  }

  /// Whether the host acknowledged it.
  private func send(
    _ scene: HostScene, _ names: [String], _ folder: String, killedAfter delay: Int?
  ) throws -> Bool {
    let push = try Scratch.start(
      Scratch.gitProgram, ["push", "--quiet", "origin"] + names, folder, scene.scratch.environment)
    if let delay {
      usleep(UInt32(delay) * 1000)
      push.signal(SIGKILL)
    }
    return push.finish().status == 0
  }

  private func serveAndKill(_ scene: HostScene, _ seed: UInt64, _ isOver: () -> Bool) throws {
    var random = SeededGenerator(seed: seed &+ 1)
    while !isOver() {
      let server = try serve(scene)
      let end = Date(timeIntervalSinceNow: Double.random(in: 0.2...3, using: &random))
      while Date() < end, !isOver() { usleep(5000) }
      server.signal(SIGKILL)
      _ = server.finish()
    }
  }

  private func killHooks(_ scene: HostScene, _ seed: UInt64, _ isOver: () -> Bool) throws {
    var random = SeededGenerator(seed: seed &+ 2)
    let host = URL(fileURLWithPath: scene.host).resolvingSymlinksInPath().path
    while !isOver() {
      usleep(UInt32.random(in: 50_000...400_000, using: &random))
      for name in try FileManager.default.contentsOfDirectory(atPath: "/proc") {
        guard let pid = Int32(name),
          let words = try? Data(contentsOf: URL(fileURLWithPath: "/proc/\(pid)/cmdline")),
          String(decoding: words, as: UTF8.self).contains("git-uet\0hook\0"),
          (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\(pid)/cwd")) == host
        else { continue }
        kill(pid, SIGKILL)
        break
      }
    }
  }

  private func collect(_ scene: HostScene, _ isOver: () -> Bool) throws {
    while !isOver() {
      // What it cannot lock, it does not pack.
      _ = try Scratch.start(
        Scratch.gitProgram, ["gc", "--quiet"], scene.host, scene.scratch.environment
      ).finish()
    }
  }

  // MARK: - Afterwards

  private func serve(_ scene: HostScene, _ arguments: String...) throws -> Running {
    try Scratch.start(
      Scratch.binaries.appendingPathComponent("git-uet").path, ["serve"] + arguments, scene.host,
      scene.scratch.environment)
  }

  /// Serves until nothing waits.
  private func settle(_ scene: HostScene) throws {
    var last: Scratch.Output?
    for _ in 0..<20 {
      last = try serve(scene, "--once").finish()
      let shown = try scene.scratch.uet("queue", in: scene.host).text
      if shown.contains("nothing waits"), !shown.contains("tests") { return }
    }
    Issue.record("the queue does not come to an end: \(String(describing: last))")
  }

  private func check(_ scene: HostScene, _ known: [String: Topic], _ seed: UInt64) throws {
    #expect(known.count == Self.clones * Self.pushes, "seed \(seed)")
    let merges = try scene.onHost("log", "--first-parent", "--merges", "--format=%P", "main")
      .split(separator: "\n").compactMap { $0.split(separator: " ").last.map(String.init) }
    #expect(Set(merges).count == merges.count, "seed \(seed): something landed twice")
    let landed = Set(merges)
    for (topic, known) in known {
      if let commit = known.acknowledged {
        let shown =
          landed.contains(commit)
          ? "" : try scene.scratch.uet("queue", "--json", in: scene.host).text
        #expect(
          landed.contains(commit),
          "seed \(seed): '\(topic)' at \(commit) was acknowledged and is lost: \(shown)")
      }
      if known.isWithdrawn, known.unknown.isEmpty, !known.hadOthers {
        let files = try scene.onHost("ls-tree", "--name-only", "main")
        let file = "f-" + topic.dropFirst()
        #expect(
          !files.split(separator: "\n").contains(Substring(file)),
          "seed \(seed): '\(topic)' was taken back and landed")
      }
    }
    _ = try scene.onHost("fsck", "--connectivity-only", "--no-dangling")
    let verified = try scene.scratch.uet("verify", "--landed", in: scene.host)
    #expect(verified.status == 0, "seed \(seed): \(verified)")
  }

  @discardableResult
  private func git(_ scene: HostScene, _ arguments: [String], _ folder: String) throws -> String {
    let output = try Scratch.start(
      Scratch.gitProgram, arguments, folder, scene.scratch.environment
    ).finish()
    try #require(output.status == 0, "git \(arguments): \(output)")
    return output.text.trimmingCharacters(in: .newlines)
  }
}

extension Thread {
  /// A thread of its own: the shared ones are too few for so many that wait.
  fileprivate static func detachNewThread(
    in group: DispatchGroup, _ body: @escaping @Sendable () -> Void
  ) {
    group.enter()
    detachNewThread {
      body()
      group.leave()
    }
  }
}
