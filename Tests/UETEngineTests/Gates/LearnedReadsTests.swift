import Testing
import UETGit
import UETModel
import UETTestSupport

@testable import UETEngine

/// What real programs are seen to read of a tree, and for which other trees that holds.
@Suite(.serialized, .enabled(if: TracedGate.strace != nil, "strace is not installed"))
struct LearnedReadsTests {
  private let gate: TracedGate

  init() throws {
    gate = try TracedGate()
    let test = gate.fixture
    test.write("x.sh", "#!/bin/sh\ncat a.txt\n", mode: 0o755)
    test.write("tools/run", "#!./x.sh\n", mode: 0o755)
    test.commit(
      "base",
      [
        "a.txt": "a\n", "c.txt": "c\n", "dir/one": "1\n", "dir/two": "2\n", "src/deep/d": "d\n",
        "test.sh": "cat a.txt; test -f b.cfg && echo b; ls dir\n",
      ])
    gate.sh(change: "ln -s a.txt link; ln -s src up; ln -s ../c.txt dir/out")
    test.commit("links")
  }

  private func expect(
    _ reads: TreeReads?, holds: [String] = [], not: [String] = [],
    _ place: SourceLocation = #_sourceLocation
  ) throws {
    #expect(reads != nil, sourceLocation: place)
    for change in holds {
      let found = try gate.holds(reads) { gate.sh(change: change) }
      #expect(found, "\(change)", sourceLocation: place)
    }
    for change in not {
      let found = try gate.holds(reads) { gate.sh(change: change) }
      #expect(!found, "\(change)", sourceLocation: place)
    }
  }

  @Test func filesAbsencesAndListings() throws {
    let seen = try gate.see(["sh", "test.sh"])
    #expect(seen.status == 0 || seen.status == 1)
    #expect(try gate.holds(seen.reads))
    try expect(
      seen.reads,
      holds: ["echo n >c.txt", "rm c.txt", "echo n >dir/one", "echo n >src/new", "rm -r src"],
      not: [
        "echo n >a.txt", "echo n >b.cfg", "echo n >dir/x", "rm a.txt", "rm dir/one", "rm -r dir",
        "chmod +x a.txt", "rm a.txt; ln -s c.txt a.txt", "mkdir b.cfg; echo n >b.cfg/n",
        "echo '* text' >.gitattributes", "rm dir/one; mkdir dir/one; echo n >dir/one/n",
        "echo n >>test.sh",
      ])
  }

  @Test func linksAreFollowed() throws {
    try expect(
      try gate.sh("cat link").reads,
      holds: ["echo n >c.txt"],
      not: ["echo n >a.txt", "rm link; cp a.txt link", "ln -sf c.txt link"])
    try expect(
      try gate.sh("test -f up/deep/d && test ! -f up/deep/e").reads,
      holds: ["echo n >c.txt", "echo n >src/deep/n"],
      not: ["echo n >src/deep/d", "echo n >src/deep/e", "rm up", "rm -r src"])
    try expect(
      try gate.sh("test -f dir/out").reads, holds: ["echo n >a.txt"],
      not: ["echo n >c.txt", "rm c.txt"])
    // Links that the gate itself makes, moves, and looks through.
    try expect(
      try gate.sh("mkdir o; ln -s ../src/deep o/l; mv o p; test -f p/l/d; test -f p/l/e").reads,
      holds: ["echo n >c.txt"], not: ["echo n >src/deep/d", "echo n >src/deep/e"])
    try expect(
      try gate.sh("ln -s \"$PWD/src\" /tmp/$$.l; test -f /tmp/$$.l/deep/d; rm /tmp/$$.l").reads,
      holds: ["echo n >c.txt"], not: ["echo n >src/deep/d"])
  }

  @Test func placesAreWhereAProcessStands() throws {
    try expect(
      try gate.sh("cd src/deep && (cd ..; test -f ../a.txt); test -f e; cat d").reads,
      holds: ["echo n >c.txt", "echo n >src/e"],
      not: ["echo n >a.txt", "echo n >src/deep/e", "echo n >src/deep/d"])
    try expect(
      try gate.sh("cd up; cat deep/d; cat ../c.txt").reads,
      holds: ["echo n >a.txt"], not: ["echo n >src/deep/d", "echo n >c.txt"])
  }

  @Test func interpretersCount() throws {
    // The kernel reads the first line, and nobody opens what it names.
    try expect(
      try gate.sh("./tools/run; :").reads, holds: ["echo n >c.txt"],
      not: ["echo n >>x.sh", "rm x.sh", "echo n >>tools/run", "chmod -x tools/run"])
    try expect(
      try gate.sh("printf '#!./none\\n' >made; chmod +x made; ./made; :").reads,
      holds: ["echo n >c.txt"], not: ["cp x.sh none"])
  }

  @Test func writesAndMovesCount() throws {
    try expect(
      try gate.sh("mkdir out && cp a.txt out/a && mv c.txt out/c && cat out/c").reads,
      holds: ["echo n >dir/one"],
      not: ["echo n >c.txt", "mkdir out; echo n >out/n", "echo n >out"])
    #expect(try gate.sh("mv src other; cat other/deep/d").unknown == "it moved 'src'")
    #expect(try gate.sh("mv link dir; test -f dir/link").unknown == "it moved 'link'")
    #expect(try gate.sh("ln link l2; test -f l2").unknown == "it moved 'link'")
  }

  @Test func oddNames() throws {
    gate.sh(
      change: "printf x >\"$(printf 'q\\\"n\\nl<>,)')\"; printf x >\"$(printf '\\377\\376')\"")
    gate.fixture.commit("odd")
    let long = String(repeating: "y", count: 200)
    let seen = try gate.sh(
      "cat \"$(printf 'q\\\"n\\nl<>,)')\" \"$(printf '\\377\\376')\"; test -f \(long)/\(long)")
    try expect(
      seen.reads, holds: ["echo n >c.txt"],
      not: [
        "echo n >\"$(printf 'q\\\"n\\nl<>,)')\"", "echo n >\"$(printf '\\377\\376')\"",
        "mkdir \(long); echo n >\(long)/n",
      ])
  }

  @Test func backgroundProcessesEndWithTheGate() throws {
    let seen = try gate.sh(
      "(cat dir/one; : >done; sleep 2) & cat a.txt; until test -f done; do :; done; exit 3")
    #expect(seen.status == 3)
    try expect(
      seen.reads, holds: ["echo n >c.txt"], not: ["echo n >a.txt", "echo n >dir/one"])
  }

  @Test func historyIsNoPartOfATree() throws {
    #expect(try gate.sh("git log -1").elsewhere == "it looks at the history")
    #expect(try gate.sh("cat .git").elsewhere == "it looks at the history")
    let common = gate.repository.commonDirectory
    #expect(try gate.sh("test -f \(common)/HEAD").elsewhere == "it looks at the history")
    // That there is a repository is the same everywhere.
    #expect(try gate.sh("test -e .git").reads != nil)
  }

  @Test(.enabled(if: TracedGate.python, "Python is not installed")) func networkIsNoPartOfATree()
    throws
  {
    let program = "import socket; s = socket.socket(); s.connect_ex(('127.0.0.1', 9))"
    #expect(try gate.see(["python3", "-c", program]).elsewhere == "it asks over the network")
    let own = "import socket; a, b = socket.socketpair(); a.send(b'x'); print(open('a.txt').read())"
    try expect(
      try gate.see(["python3", "-c", own]).reads, holds: ["echo n >c.txt"], not: ["rm a.txt"])
  }

  @Test(.enabled(if: TracedGate.python, "Python is not installed")) func pathsByDescriptors() throws
  {
    let program = """
      import os, threading, subprocess
      fd = os.open('src', os.O_RDONLY)
      print(os.path.exists('deep/none'), os.stat('deep/d', dir_fd=fd).st_size)
      os.fchdir(fd); print(os.listdir('deep'), os.path.exists('none'))
      t = threading.Thread(target=lambda: os.chdir('deep')); t.start(); t.join()
      print(os.path.exists('nothing')); subprocess.run(['cat', '../../c.txt'])
      """
    try expect(
      try gate.see(["python3", "-c", program]).reads, holds: ["echo n >a.txt"],
      not: [
        "echo n >src/deep/d", "mkdir deep; echo n >deep/n", "echo n >src/none",
        "echo n >src/deep/nothing", "echo n >c.txt", "echo n >src/deep/new",
      ])
  }

  @Test func whatWasLeftIsNoPartOfATree() throws {
    #expect(
      try gate.see(["sh", "-c", "test -f left/x"], left: [Array("left".utf8)]).unknown
        == "it looked at 'left', which was there and is not committed")
    #expect(try gate.see(["cat", "a.txt"], left: [Array("left".utf8)]).reads != nil)
  }
}

extension TracedGate {
  static let python =
    GitProcess(["python3", "-c", ""], in: "/", environment: ["PATH": "/usr/bin:/bin"]).status == 0
}
