import Testing
import UETSystem
import UETTestSupport

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

@Suite struct FilesTests {
  private let folder = TemporaryDirectory()

  private func path(_ name: String) -> String { "\(folder.path)/\(name)" }

  @Test func readsFilesThatSayNothingOfTheirSize() throws {
    let whole = try #require(try Files.read("/proc/self/maps"))
    #expect(whole.count > 4096)
    #expect(Files.content(of: "/proc/self/maps", limit: 100)?.count == 100)
    #expect(Files.line("/proc/self/comm")?.isEmpty == false)
  }

  @Test func aLimitIsAnEnd() throws {
    try Files.write(Array(repeating: 7, count: 5000), to: path("a"))
    for limit in [0, 1, 1024, 4999, 5000, 9000] {
      #expect(Files.content(of: path("a"), limit: limit)?.count == min(limit, 5000))
    }
    #expect(Files.tail(path("a"), limit: 10).count == 10)
    #expect(Files.tail(path("a"), limit: 9000).count == 5000)
    #expect(Files.tail(path("b"), limit: 10).isEmpty)
    #expect(Files.read(path("a"), from: 4990, limit: 100).count == 10)
  }

  @Test func onlyFilesAreRead() throws {
    #expect(try Files.read(path("none")) == nil)
    #expect(try Files.read(path("none/below")) == nil)
    #expect(try Files.read("/dev/null") == [])
    #expect(throws: SystemFailure.self) { try Files.read(folder.path) }
    #expect(Files.content(of: folder.path) == nil)
    // Nobody will ever write to it.
    #expect(mkfifo(path("pipe"), 0o600) == 0)
    #expect(Files.content(of: path("pipe")) == nil)
    #expect(Files.read(path("pipe"), from: 0, limit: 1).isEmpty)
  }

  @Test func aWrittenFileTakesThePlaceOfALink() throws {
    try Files.write("kept".utf8, to: path("target"))
    #expect(symlink(path("target"), path("link")) == 0)
    #expect(Files.linked(path("link")) == path("target"))
    try Files.write("new".utf8, to: path("link"), mode: 0o600)
    #expect(Files.kind(path("link")) == .file)
    #expect(Files.content(of: path("target")) == Array("kept".utf8))
    #expect(Files.names(in: folder.path) == ["link", "target"])
    #expect(throws: SystemFailure.self) { try Files.create("x".utf8, at: path("link")) }
    #expect(Files.content(of: path("link")) == Array("new".utf8))
  }

  @Test func nothingIsLeftOfWhatCannotBeWritten() throws {
    try Files.makeDirectory(path("a/b"))
    do throws(SystemFailure) {
      try Files.write("x".utf8, to: path("a/b"))
      Issue.record("a folder was replaced")
    } catch {
      #expect(error.operation == "write" && error.path == path("a/b"))
      #expect("\(error)".hasPrefix("cannot write '\(path("a/b"))': "))
    }
    #expect(Files.names(in: path("a")) == ["b"])
    #expect(throws: SystemFailure.self) { try Files.append("x".utf8, to: path("none/x")) }
  }

  @Test func namesAreSortedByTheirBytes() throws {
    for name in ["b", "é", "z", "B", "e\u{301}"] { try Files.append("".utf8, to: path(name)) }
    #expect(Files.names(in: folder.path) == ["B", "b", "e\u{301}", "z", "é"])
    #expect(try Files.list(path("b")) == nil)
    #expect(Files.names(in: path("none")).isEmpty)
  }

  @Test func foldersComeAndGo() throws {
    try Files.makeDirectory(path("a/b/c"))
    try Files.makeDirectory(path("a/b/c"))
    try Files.makeDirectory(above: path("d/e/f"))
    #expect(Files.isDirectory(path("d/e")) && !Files.exists(path("d/e/f")))
    try Files.append("x".utf8, to: path("a/b/file"))
    #expect(symlink(path("d"), path("a/link")) == 0)
    #expect(throws: SystemFailure.self) { try Files.makeDirectory(path("a/b/file/g")) }
    Files.removeEmpty(path("a"))
    #expect(Files.isDirectory(path("a")))
    try Files.removeAll(path("a"))
    try Files.removeAll(path("a"))
    #expect(Files.names(in: folder.path) == ["d"])
  }

  @Test func aTakenNameIsLeftAlone() throws {
    try Files.write("1".utf8, to: path("a"))
    try Files.write("2".utf8, to: path("b"))
    #expect(try !Files.linkNew(path("a"), to: path("b")))
    #expect(try Files.linkNew(path("a"), to: path("c")))
    try Files.remove(path("c"))
    try Files.remove(path("c"))
    #expect(throws: SystemFailure.self) { try Files.linkNew(path("c"), to: path("d")) }
    #expect(try Files.sync(path("a")) && !Files.sync(path("c")))
    Files.sync(from: path("none/below"), upTo: folder.path)
  }

  @Test func copiesKeepTheirTime() throws {
    try Files.write("1".utf8, to: path("a"))
    #expect(Files.setTime(path("a"), FileTime(seconds: 1_000_000_000, nanoseconds: 5)))
    try Files.copy(path("a"), to: path("b"))
    #expect(Files.time(path("b")) == FileTime(seconds: 1_000_000_000, nanoseconds: 5))
    #expect(throws: SystemFailure.self) { try Files.copy(path("c"), to: path("d")) }
  }

  @Test(arguments: [
    ("a", "/b", "/b/a"), ("/a/./b", "/c", "/a/b"), ("../a", "/b/c", "/b/a"), ("..", "/", "/"),
    ("a//b/", "/c/", "/c/a/b"),
  ])
  func foldsByName(_ path: String, _ base: String, _ result: String) {
    #expect(Files.absolute(path, from: base) == result)
  }

  @Test func pathsHaveFolders() {
    #expect(Files.folder(of: "/a/b") == "/a")
    #expect(Files.folder(of: "/a") == nil && Files.folder(of: "a") == nil)
    #expect(Files.trimmed("/a//") == "/a" && Files.trimmed("//") == "/")
    #expect(Files.resolved("b/..", against: "/a/") == "/a/b/..")
  }
}
