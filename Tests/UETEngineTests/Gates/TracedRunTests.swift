import Testing

@testable import UETEngine

/// What a tracer's lines say was named, and by whom.
@Suite struct TracedRunTests {
  private func run(_ log: String, in folder: String = "/w") -> TracedRun {
    TracedRun(Array((log + "\n").utf8), in: Array(folder.utf8))
  }

  private func named(_ run: TracedRun) -> [String] {
    run.named.map { String(decoding: $0, as: UTF8.self) }.filter { $0.hasPrefix("/w") }.sorted()
  }

  @Test func whateverIsNamedCountsAndReadsAreTold() {
    let run = run(
      #"""
      7  execve("./tool", ["./tool"], 0x7ffd /* 3 vars */) = 0
      7  openat(AT_FDCWD</w/pkg>, "/etc/ld.so.cache", O_RDONLY|O_CLOEXEC) = 3</etc/ld.so.cache>
      7  openat(AT_FDCWD</w/pkg>, "../a/./b", O_RDONLY) = 3</w/a/b>
      7  openat(AT_FDCWD</w/pkg>, "gone", O_RDONLY) = -1 ENOENT (No such file or directory)
      7  openat(AT_FDCWD</w/pkg>, "out", O_WRONLY|O_CREAT|O_TRUNC, 0666) = 4</w/pkg/out>
      7  openat(5</w/lib>, "in", O_RDONLY) = 6</w/lib/in>
      7  readlink("x", "y", 4095) = 1
      7  getdents64(6</w/lib>, 0x55 /* 2 entries */, 32768) = 48
      7  exit_group(0) = ?
      7  +++ exited with 0 +++
      """#)
    #expect(run.unknown == nil)
    #expect(run.isWhole)
    #expect(
      named(run) == [
        "/w/a/b", "/w/lib/in", "/w/pkg/../a/b", "/w/pkg/gone", "/w/pkg/out", "/w/pkg/x", "/w/tool",
      ])
    let read = Set(run.read.map(TracedRun.settled))
    #expect(read.isSuperset(of: ["/w/a/b", "/w/lib/in", "/w/tool"]))
    #expect(!read.contains("/w/pkg/out") && !read.contains("/w/pkg/gone"))
    #expect(run.listed == [Array("/w/lib".utf8)])
  }

  @Test func oddNamesAreReadAsTheyAre() {
    let run = run(
      #"""
      7 execve("/bin/x", [], 0x1) = 0
      7 openat(AT_FDCWD</w>, "\303\251 \"x\\y\", O_RDONLY) = 9", O_RDONLY) = 3</w/\303\251>
      7 newfstatat(AT_FDCWD</w>, "../w/\377\74\n, )", {st_mode=S_IFREG|0644, ...}, 0) = 0
      7 openat(4</w/a\76\74, ) = b>, "c", O_RDONLY <unfinished ...>
      7 <... openat resumed>) = 3</w/a\76\74, ) = b/c>
      """#)
    #expect(run.unknown == nil)
    #expect(!run.isWhole)
    #expect(
      run.named.contains(Array("/w/../w/".utf8) + [0xFF, 0x3C, 0x0A] + Array(", )".utf8)))
    #expect(run.named.contains(Array("/w/é \"x\\y\", O_RDONLY) = 9".utf8)))
    #expect(run.named.contains(Array("/w/a><, ) = b/c".utf8)))
  }

  /// A process stands where its parent stood, and threads stand where any of them goes.
  @Test func whereAProcessStandsIsInherited() {
    let run = run(
      #"""
      7 execve("/bin/sh", [], 0x1) = 0
      7 chdir("one") = 0
      7 vfork( <unfinished ...>
      8 chdir("two") = 0
      8 execve("./p", ["./p"], 0x1 <unfinished ...>
      7 <... vfork resumed>) = 8
      8 <... execve resumed>) = 0
      8 access("q", R_OK) = -1 ENOENT (No such file or directory)
      7 access("r", R_OK) = -1 ENOENT (No such file or directory)
      7 clone3({flags=CLONE_VM|CLONE_FS|CLONE_THREAD, exit_signal=0} => {parent_tid=[9]}, 88) = 9
      9 chdir("/w/three") = 0
      7 access("s", R_OK) = 0
      8 +++ exited with 0 +++
      7 clone(child_stack=NULL, flags=CLONE_CHILD_SETTID|SIGCHLD) = 8
      8 fchdir(5</w/four>) = 0
      8 readlink("t", 0x1, 10) = -1 EINVAL (Invalid argument)
      7 access("u", R_OK <unfinished ...>
      7 +++ killed by SIGKILL +++
      """#)
    #expect(run.unknown == nil)
    #expect(
      named(run) == [
        "/w/four/t", "/w/one", "/w/one/r", "/w/one/two", "/w/one/two/p", "/w/one/two/q", "/w/three",
        "/w/three/s",
      ])
  }

  /// What is not understood is never passed over.
  @Test(arguments: [
    (#"7 frobnicate("a") = 0"#, "it called frobnicate"),
    (#"7 openat(AT_FDCWD</w>, 0x7ff, O_RDONLY) = 3"#, "a path of its was not told"),
    (#"7 openat(5, "a", O_RDONLY) = 3"#, "where 'a' is was not told"),
    (#"7 openat(AT_FDCWD</w>, "a"..., O_RDONLY) = 3"#, "a path of its was not told"),
    (#"7 <... openat resumed>) = 3"#, "its trace cannot be read"),
    (#"7 open("a"#, "its trace cannot be read"),
    ("openat", "its trace cannot be read"),
    (#"8 open("a", O_RDONLY) = 3"#, "a process of its came from nowhere"),
    (#"7 getdents64(3, 0x5, 32768) = 48"#, "it listed a lost folder"),
    (#"7 mount("a", "b", "c", 0, NULL) = 0"#, "it called mount"),
    (
      #"7 clone(child_stack=NULL, flags=CLONE_NEWNS|SIGCHLD) = 8"#,
      "it made a name space of its own"
    ),
    (#"7 io_uring_setup(8, 0x7) = 3"#, "it called io_uring_setup"),
    (#"7 chroot("x") = 0"#, "it called chroot"),
    (#"7 stat("/proc/self/cwd/a", {}) = 0"#, "it looked at another place by '/proc/self/cwd/a'"),
    (
      #"7 connect(3<socket:[1]>, {sa_family=AF_UNIX, sun_path="/run/d"}, 9) = 0"#,
      #"it asked another program, at '"/run/d"'"#
    ),
  ]) func whatIsNotUnderstoodIsSaid(_ line: String, _ reason: String) {
    let run = run("7 execve(\"/bin/x\", [], 0x1) = 0\n" + line)
    #expect(run.unknown == reason)
  }

  /// A program that asks itself asks nobody, and one that finds nobody has no answer.
  @Test func connectionsAreTold() {
    let own = run(
      #"""
      7 bind(3<socket:[1]>, {sa_family=AF_UNIX, sun_path=@"/tmp/s"}, 9) = 0
      7 connect(3<socket:[1]>, {sa_family=AF_UNIX, sun_path=@"/tmp/s"}, 9) = 0
      7 connect(3<socket:[1]>, {sa_family=AF_UNIX, sun_path="/var/run/nscd"}, 9) = -1 ENOENT (No such)
      """#)
    #expect(own.unknown == nil && !own.usesNetwork)
    for line in [
      #"7 connect(5<socket:[2]>, {sa_family=AF_INET, sin_port=htons(9)}, 16) = -1 ECONNREFUSED (x)"#,
      #"7 sendto(5<socket:[2]>, "x", 1, 0, {sa_family=AF_INET6, sin6_port=htons(9)}, 28) = 1"#,
    ] { #expect(run(line).usesNetwork) }
  }
}
