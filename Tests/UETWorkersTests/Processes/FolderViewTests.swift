import Foundation
import Testing
import UETSystem
import UETTestSupport

@testable import UETWorkers

#if os(Linux)
  /// Commands that see their folder at another path.
  @Suite struct FolderViewTests {
    private static let canShow: Bool = {
      guard let scene = try? Scene() else { return false }
      return scene.supervisor.canShow(at: scene.folder)
    }()

    /// An empty folder beside the scene's own, and an order that sees that at this.
    private func order(_ script: String, _ scene: borrowing Scene) throws -> (ProcessOrder, String)
    {
      let (folder, path) = (scene.folder + "/tree", scene.folder + "/seen")
      for each in [folder, path] where !Files.isDirectory(each) {
        try Files.makeDirectory(each)
      }
      var order = scene.order(script: script)
      order.view = FolderView(folder, at: path)
      order.workingDirectory = path
      return (order, path)
    }

    @Test("it is there inside and nowhere else", .enabled(if: canShow))
    func inside() async throws {
      let scene = try Scene()
      let (order, path) = try order("pwd; echo text > made; cat \(scene.folder)/tree/made", scene)
      let report = await scene.run(order)
      #expect(report.ending == .exited(0))
      #expect(scene.log == "\(path)\ntext\n")
      #expect(Files.names(in: path).isEmpty)
      #expect(scene.contents("tree/made") == "text\n")
    }

    /// Two that see their own at the same path are not in each other's way.
    @Test("at the same time as another", .enabled(if: canShow))
    func atOnce() async throws {
      let (one, other) = (try Scene(), try Scene())
      let path = one.folder + "/seen"
      try Files.makeDirectory(path)
      func command(_ scene: borrowing Scene, _ word: String) -> ProcessOrder {
        var order = scene.order(
          script:
            "echo \(word) > file; touch \(one.folder)/\(word)-there; n=0; "
            + "while [ $(ls \(one.folder) | grep -c there) -lt 2 ] && [ $n -lt 1000 ]; "
            + "do n=$((n + 1)); sleep 0.01; done; cat \(path)/file")
        order.view = FolderView(scene.folder, at: path)
        order.workingDirectory = path
        return order
      }
      async let first = one.run(command(one, "one"))
      async let second = other.run(command(other, "other"))
      #expect(await [first.ending, second.ending] == [.exited(0), .exited(0)])
      #expect(one.log == "one\n" && other.log == "other\n")
    }

    @Test("nothing of it is left when it was killed", .enabled(if: canShow))
    func killed() async throws {
      let scene = try Scene()
      var (order, path) = try order("sleep 300 & echo $! > pids; exec sleep 300", scene)
      order.timeout = 0.5
      order.grace = 0.2
      let report = await scene.run(order)
      #expect(report.ending == .timedOut && report.survivors == 0)
      #expect(scene.numbers("tree/pids").allSatisfy { !Scene.exists($0) })
      #expect(Files.names(in: path).isEmpty)
      let mounts = try String(contentsOfFile: "/proc/self/mounts", encoding: .utf8)
      #expect(!mounts.contains(path))
    }

    @Test("under Landlock", .enabled(if: canShow && SandboxMeans.ofKernel != nil))
    func landlock() async throws {
      let scene = try Scene()
      try Files.makeDirectory(scene.folder + "/closed")
      var (order, path) = try order(
        "echo text > made && cat \(scene.folder)/seen/made; ls \(scene.folder)/closed || echo shut",
        scene)
      var confinement = Confinement(.landlock, temporary: scene.folder + "/tree")
      for place in ["/bin", "/usr", "/lib", "/lib64", "/etc"] { confinement.open(place, .read) }
      confinement.open(scene.folder + "/tree", .write)
      order.confinement = confinement
      order.environment["LC_ALL"] = "C"
      let report = await scene.run(order)
      #expect(report.ending == .exited(0))
      #expect(scene.log.hasPrefix("text\n") && scene.log.hasSuffix("shut\n"), "\(scene.log)")
      #expect(Files.names(in: path).isEmpty)
    }

    /// What is closed or covered inside of the folder is so at the other path as well.
    @Test(
      "in bubblewrap",
      .enabled(if: SandboxMeans.bubblewrap(ProcessInfo.processInfo.environment) != nil))
    func bubblewrap() async throws {
      let scene = try Scene()
      let means = try #require(SandboxMeans.bubblewrap(ProcessInfo.processInfo.environment))
      var (order, path) = try order(
        "pwd; cat file; for f in tree seen; do echo x > \(scene.folder)/$f/file || echo no; done; "
          + "echo made > made",
        scene)
      try Files.write(Array("kept\n".utf8), to: scene.folder + "/tree/file")
      var confinement = Confinement(means, temporary: scene.folder)
      for place in ["/bin", "/usr", "/lib", "/lib64"] { confinement.open(place, .read) }
      confinement.open(scene.folder + "/tree", .write)
      confinement.places[try #require(Files.real(scene.folder + "/tree/file"))] = .read
      order.confinement = confinement
      let report = await scene.run(order)
      #expect(report.ending == .exited(0), "\(scene.log)")
      #expect(scene.log.hasPrefix("\(path)\nkept\n"), "\(scene.log)")
      #expect(scene.log.split(separator: "\n").count { $0 == "no" } == 2, "\(scene.log)")
      #expect(scene.contents("tree/file") == "kept\n" && scene.contents("tree/made") == "made\n")
      #expect(Files.names(in: path).isEmpty)
    }

    /// Whoever is not root sees it in a name space of users, with none of its rights left.
    @Test("without any rights", .enabled(if: canShow && geteuid() == 0))
    func withoutRights() throws {
      let scene = try Scene()
      let program = Files.real(scene.supervisor.executable) ?? "-"
      let script = """
        chmod 755 . && mkdir -m 777 tree seen && cp '\(program)' supervise && chmod 755 supervise
        exec setpriv --reuid 65534 --regid 65534 --clear-groups ./supervise --view="$PWD/tree" --seen-at="$PWD/seen" \
          --cwd="$PWD/seen" --log="$PWD/tree/log" -- /bin/sh -c \
          'pwd; id -u; grep CapEff /proc/self/status; umount . 2>&1 && echo gone' < /dev/zero
        """
      let process = GitProcess(
        ["sh", "-c", script], in: scene.folder, environment: ["PATH": "/usr/sbin:/usr/bin:/bin"])
      #expect(process.status == 0, "\(process.text)")
      let lines = (scene.contents("tree/log") ?? "").split(separator: "\n")
      #expect(lines.prefix(2).elementsEqual(["\(scene.folder)/seen", "65534"]), "\(lines)")
      #expect(lines.contains("CapEff:\t0000000000000000") && !lines.contains("gone"), "\(lines)")
      #expect(Files.names(in: scene.folder + "/seen").isEmpty)
    }

    @Test("a path that is not there is told", .enabled(if: canShow))
    func missing() async throws {
      let scene = try Scene()
      var order = scene.order(script: "true")
      order.view = FolderView(scene.folder, at: scene.folder + "/nothing")
      let report = await scene.run(order)
      guard case .notStarted(_, let message) = report.ending else {
        Issue.record("\(report.ending)")
        return
      }
      #expect(message.contains("cannot be shown at another path"))
    }
  }
#endif
