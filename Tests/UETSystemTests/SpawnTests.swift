#if os(Linux)
  import Glibc
  import Testing
  import UETSystem
  import UETTestSupport

  @Suite struct SpawnTests {
    /// What a shell says, with how it ended.
    private func run(
      _ script: String, in folder: String? = nil, group: Spawn.Group = .ofItsOwn
    ) throws -> (text: String, end: ProcessEnd) {
      let pipe = try PipeEnds.open()
      let shell = Spawn(
        "/bin/sh", ["-c", script], environment: ["PATH=/usr/bin:/bin"], in: folder, group: group)
      let child = try shell.start(input: nil, output: pipe.writeEnd.number, error: nil)
      let end = pipe.reading()
      let said = try #require(Files.read(end.number, expecting: 100))
      return (String(decoding: said, as: UTF8.self), ProcessEnd(of: child))
    }

    /// Where one of them were passed on, who waits for the end of that pipe would wait for the
    /// child.
    @Test func nothingElseThatIsOpenHereIsPassedOn() throws {
      var open: [Int32] = []
      defer { for end in open { close(end) } }
      for _ in 0..<8 {
        var ends: [Int32] = [-1, -1]
        try #require(pipe(&ends) == 0)
        open += ends
      }
      let (text, end) = try run("exec ls /proc/self/fd")
      #expect(end == .exited(0))
      // The fourth is the folder that `ls` reads.
      #expect(text.split(separator: "\n") == ["0", "1", "2", "3"])
    }

    @Test func endsAreTold() throws {
      #expect(try run("exit 7").end == .exited(7))
      #expect(try run("kill -KILL $$").end == .signalled(SIGKILL))
    }

    /// A run ignores them while it ends in good order; what it started must hear of them.
    @Test func signalsThatAreIgnoredHereAreHeardThere() async {
      await #expect(processExitsWith: .success) {
        for number in [SIGTERM, SIGUSR1] { signal(number, SIG_IGN) }
        let shell = Spawn(
          "/bin/sh", ["-c", "kill -TERM $$; exit 1"], environment: [], group: .ours)
        let child = try shell.start(input: nil, output: nil, error: nil)
        #expect(ProcessEnd(of: child) == .signalled(SIGTERM))
      }
    }

    /// The threads that wait for children hold all of them up.
    @Test func signalsThatAreHeldUpHereAreHeardThere() async throws {
      let end = await withCheckedContinuation { continuation in
        do {
          try OwnThread.start {
            continuation.resume(returning: try? run("kill -TERM $$; exit 1").end)
          }
        } catch {
          continuation.resume(returning: nil)
        }
      }
      #expect(end == .signalled(SIGTERM))
    }

    /// A terminal's may come before a child is in its own session.
    @Test func signalsThatAreToBeHeldUpThereEndNobody() throws {
      var shell = Spawn(
        "/bin/sh", ["-c", "kill -INT $$; exit 7"], environment: [], group: .session)
      #expect(
        ProcessEnd(of: try shell.start(input: nil, output: nil, error: nil)) == .signalled(SIGINT))
      shell.heldUp = [SIGINT, SIGTSTP]
      #expect(ProcessEnd(of: try shell.start(input: nil, output: nil, error: nil)) == .exited(7))
    }

    @Test func worksInItsFolder() throws {
      let folder = TemporaryDirectory()
      #expect(try run("pwd -P", in: folder.path).text == folder.path + "\n")
      #expect(throws: SystemFailure("run", "/bin/sh", code: ENOENT)) {
        try run("pwd", in: folder.path + "/none")
      }
    }

    @Test func groupsAndSessionsAreItsOwn() throws {
      let ids = "exec cut -d ' ' -f 1,5,6 /proc/self/stat"
      let own = try run(ids).text.split(whereSeparator: \.isWhitespace)
      #expect(own.count == 3 && own[0] == own[1] && own[2] == "\(getsid(0))")
      let leader = try run(ids, group: .session).text.split(whereSeparator: \.isWhitespace)
      #expect(leader.count == 3 && Set(leader).count == 1)
      let ours = try run(ids, group: .ours).text.split(whereSeparator: \.isWhitespace)
      #expect(ours.count == 3 && ours[1] == "\(getpgid(0))" && ours[2] == "\(getsid(0))")
    }

    @Test func programsAreFoundInFoldersThatArePutPlainly() throws {
      let folder = TemporaryDirectory()
      try Files.write("#!/bin/sh\n".utf8, to: folder.path + "/tool", mode: 0o755)
      try Files.write("".utf8, to: folder.path + "/text")
      try Files.makeDirectory(folder.path + "/folder")
      let path = ["PATH": "bin:.:\(folder.path)/none:\(folder.path)"]
      #expect(Spawn.find("tool", path) == folder.path + "/tool")
      #expect(Spawn.find("text", path) == nil && Spawn.find("folder", path) == nil)
      #expect(Spawn.find("tool", [:]) == nil)
      #expect(throws: SystemFailure.self) {
        try Spawn(folder.path + "/none", [], environment: [], group: .ofItsOwn)
          .start(input: nil, output: nil, error: nil)
      }
    }
  }
#endif
