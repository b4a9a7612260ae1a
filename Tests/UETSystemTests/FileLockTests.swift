import Testing
import UETSystem
import UETTestSupport

@Suite struct FileLockTests {
  private let folder = TemporaryDirectory()

  private var path: String { folder.path + "/locks/a.lock" }

  /// A child that another test is just starting has what is open here until it runs its program.
  private func isFree(_ inode: UInt64) async throws -> Bool {
    for _ in 0..<500 where FileLock.isTaken(path, inode: inode) == true {
      try await Task.sleep(for: .milliseconds(10))
    }
    return FileLock.isTaken(path, inode: inode) == false
  }

  @Test func oneAtATimeHasIt() async throws {
    guard let first = try FileLock.take(path) else {
      Issue.record("nobody has it, and it is not to be had")
      return
    }
    let inode = first.inode
    if try FileLock.take(path) != nil { Issue.record("it was taken twice") }
    if try await FileLock.wait(for: path, seconds: 0) != nil { Issue.record("it was taken twice") }
    #expect(FileLock.isTaken(path, inode: inode) == true)
    #expect(FileLock.isTaken(path, inode: inode + 1) == nil)
    first.note("who\n")
    #expect(Files.text(path) == "who")
    first.release()
    #expect(try await isFree(inode))
    try FileLock.wait(for: path).release()
    if try await FileLock.wait(for: path, seconds: 5) == nil { Issue.record("it is not let go") }
  }

  /// Whoever deletes the folder of disposable files takes nobody's lock away from the next one.
  @Test func aFileThatWasDeletedLocksNothing() throws {
    let first = try FileLock.wait(for: path)
    try Files.removeAll(folder.path + "/locks")
    let second = try FileLock.wait(for: path)
    #expect(first.inode != second.inode || FileLock.isTaken(path, inode: second.inode) == true)
    #expect(FileLock.isTaken(path, inode: second.inode) == true)
    if try FileLock.take(path) != nil { Issue.record("it was taken twice") }
    second.release()
    first.release()
  }

  @Test func whereNoFileCanBeMadeItIsSaid() throws {
    try Files.write("".utf8, to: folder.path + "/file")
    #expect(throws: SystemFailure.self) {
      if try FileLock.take(folder.path + "/file/a.lock") == nil { Issue.record("somebody has it") }
    }
    #expect(FileLock.isTaken(folder.path + "/none", inode: 1) == nil)
  }
}
