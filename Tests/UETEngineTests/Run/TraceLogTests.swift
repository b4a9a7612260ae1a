import Testing

@testable import UETEngine

/// What a tracer's lines say was read.
@Suite struct TraceLogTests {
  @Test func readsAreToldFromWritesAndFailures() {
    let log = TraceLog(
      #"""
      execve("./tool", ["./tool"], 0x7ffd /* 3 vars */) = 0
      openat(AT_FDCWD</w/pkg>, "/etc/ld.so.cache", O_RDONLY|O_CLOEXEC) = 3</etc/ld.so.cache>
      openat(AT_FDCWD</w/pkg>, "../a/./b", O_RDONLY) = 3</w/a/b>
      openat(AT_FDCWD</w/pkg>, "gone", O_RDONLY) = -1 ENOENT (No such file or directory)
      openat(AT_FDCWD</w/pkg>, "out", O_WRONLY|O_CREAT|O_TRUNC, 0666) = 4</w/pkg/out>
      openat(AT_FDCWD</w/pkg>, "both", O_RDWR) = 4</w/pkg/both>
      openat(5</w/lib>, "in", O_RDONLY) = 6</w/lib/in>
      openat(AT_FDCWD</w/pkg>, "link", O_RDONLY) = 6</w/target>
      +++ exited with 0 +++
      """#)
    #expect(
      log.paths.filter { $0.hasPrefix("/w/") }.sorted() == [
        "/w/a/b", "/w/lib/in", "/w/pkg/both", "/w/pkg/link", "/w/pkg/tool", "/w/target",
      ])
  }

  @Test func oddNamesAreReadAsTheyAre() {
    let log = TraceLog(
      #"""
      openat(AT_FDCWD</w>, "\303\251 \"x\\y\", O_RDONLY) = 9", O_RDONLY) = 3</w/\303\251>
      openat(AT_FDCWD</w>, "cut off
      execve("relative", [], 0x1) = 0
      """#)
    #expect(log.paths == ["/w/é \"x\\y\", O_RDONLY) = 9", "/w/é"])
  }
}
