#if os(Linux)
  import Glibc
  import Testing

  @testable import UETGit

  @Suite struct SpawnTests {
    /// Where one of them were passed on, who waits for the end of that pipe would wait for the child.
    @Test func nothingElseThatIsOpenHereIsPassedOn() throws {
      var pipes: [[Int32]] = []
      defer { for end in pipes.joined() { close(end) } }
      for _ in 0..<8 {
        var ends: [Int32] = [-1, -1]
        try #require(pipe(&ends) == 0)
        pipes.append(ends)
      }
      var channel: [Int32] = [-1, -1]
      try #require(socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &channel) == 0)
      let child = try Spawn(
        "/bin/sh", ["-c", "exec ls /proc/self/fd"], environment: ["PATH=/usr/bin:/bin"],
        group: .ofItsOwn
      ).start(channel: channel[1])
      close(channel[1])
      defer { close(channel[0]) }
      var said: [UInt8] = []
      var buffer = [UInt8](repeating: 0, count: 256)
      while case let count = read(channel[0], &buffer, buffer.count), count > 0 {
        said += buffer[..<count]
      }
      var status: Int32 = 0
      #expect(waitpid(child, &status, 0) == child && status == 0)
      // The fourth is the folder that `ls` reads.
      #expect(String(decoding: said, as: UTF8.self).split(separator: "\n") == ["0", "1", "2", "3"])
    }
  }
#endif
