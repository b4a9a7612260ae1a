import Testing
import UETModel
import UETTestSupport

@testable import UETGit

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Repositories that cannot be worked with, or only in part.
@Suite struct HostileRepositoryTests {
  @Test(.enabled(if: Ground.isRoot, "needs root to give files away"))
  func ownedBySomeoneElse() throws {
    let test = TestRepository()
    test.commit()
    #expect(
      GitProcess(["chown", "-R", "12345", test.path], in: "/", environment: test.environment)
        .status == 0)
    let error = GitError.notOwned(path: test.path)
    #expect(throws: error) {
      try Repository.open(discoveringFrom: test.path, environment: test.environment)
    }
    #expect(error.hint == "git config --global --add safe.directory '\(test.path)'")
  }

  @Test(.enabled(if: !Ground.isRoot, "root writes everywhere"))
  func writingToAReadOnlyRepositorySaysSo() throws {
    let test = TestRepository()
    let tip = test.commit()
    let repository = try Repository.open(discoveringFrom: test.path, environment: test.environment)
    let shell = GitProcess(
      ["sh", "-ec", "chmod -R a-w .git; ! touch .git/probe 2>&-"], in: test.path,
      environment: test.environment)
    try #require(shell.status == 0)
    let blob = #expect(throws: GitError.self) { try repository.writeBlob([1, 2, 3]) }
    guard case .readOnly = blob else {
      Issue.record("unexpected \(String(describing: blob))")
      return
    }
    let reference = #expect(throws: GitError.self) {
      try repository.setReference("refs/uet/x", to: tip, expecting: .zero, message: "")
    }
    guard case .readOnly = reference else {
      Issue.record("unexpected \(String(describing: reference))")
      return
    }
  }

  @Test(.enabled(if: Ground.canMount, "no right to mount a small disk"))
  func aFullDiskSaysSo() async throws {
    let directory = TemporaryDirectory()
    let environment = TestRepository.environment(home: directory.path)
    func run(_ arguments: String...) -> Int32 {
      GitProcess(arguments, in: "/", environment: environment).status
    }
    try #require(run("mount", "-t", "tmpfs", "-o", "size=400k", "none", directory.path) == 0)
    defer { _ = run("umount", "-l", directory.path) }
    #expect(run("git", "init", "-q", directory.path) == 0)
    let repository = try Repository.open(
      discoveringFrom: directory.path, environment: environment)
    var random = SeededRandom(seed: 1)
    var failure: GitError?
    var last: ObjectID?
    for _ in 0..<100 where failure == nil {
      let bytes = (0..<1000).flatMap { _ in withUnsafeBytes(of: random.next()) { Array($0) } }
      do { last = try repository.writeBlob(bytes) } catch { failure = error }
    }
    guard case .diskFull = failure else {
      Issue.record("unexpected \(String(describing: failure))")
      return
    }
    #expect(try repository.blob(#require(last)).count == 8000)
    let git = SealedGit(repository: repository, environment: environment)
    let child = await #expect(throws: GitError.self) {
      try await git.check(["hash-object", "-w", "--stdin"]) {
        $0.input = (0..<100_000).map { _ in UInt8.random(in: 0...255) }
      }
    }
    guard case .diskFull = child else {
      Issue.record("unexpected \(String(describing: child))")
      return
    }
  }

  @Test func aPushsQuarantineIsSeen() throws {
    let test = TestRepository(.bare)
    let source = TestRepository()
    let tip = source.commit("pushed", ["a": "1"])
    let seen = test.directory.path + "/environment"
    let hook = "#!/bin/sh\nenv > '\(seen)'\ncp -r \"$GIT_QUARANTINE_PATH\" '\(seen).d'\n"
    TemporaryDirectory.write(Array(hook.utf8), to: test.path + "/hooks/pre-receive", mode: 0o755)
    source.git("push", "-q", test.path, "main")
    var environment: [String: String] = [:]
    for line in String(decoding: TemporaryDirectory.read(seen) ?? [], as: UTF8.self)
      .split(separator: "\n")
    {
      guard let equals = line.firstIndex(of: "=") else { continue }
      environment[String(line[..<equals])] = String(line[line.index(after: equals)...])
    }
    #expect(environment["GIT_QUARANTINE_PATH"] != nil)
    // Git has moved the objects; look at the copy as if the push was going on.
    environment["GIT_QUARANTINE_PATH"] = seen + ".d"
    let empty = TestRepository(.bare)
    environment["GIT_DIR"] = empty.path
    let repository = try Repository.open(discoveringFrom: empty.path, environment: environment)
    #expect(repository.contains(tip))
    #expect(try repository.commit(tip).message == "pushed\n")
  }

  @Test func aDamagedObjectIsNamed() throws {
    let test = TestRepository()
    let tip = test.commit("first", ["a": "some content"])
    let blob = test.id("HEAD:a")
    let path = "objects/\(blob.hex.prefix(2))/\(blob.hex.dropFirst(2))"
    test.write(".git/" + path, "garbage", mode: 0o644)
    let repository = try Repository.open(discoveringFrom: test.path, environment: test.environment)
    #expect(try repository.commit(tip).id == tip)
    let error = #expect(throws: GitError.self) { try repository.blob(blob) }
    guard case .corruptObject(blob, _) = error else {
      Issue.record("unexpected \(String(describing: error))")
      return
    }
  }

  @Test func aGitFileThatLeadsNowhere() throws {
    let directory = TemporaryDirectory()
    TemporaryDirectory.write(Array("gitdir: /nowhere/at/all\n".utf8), to: directory.path + "/.git")
    #expect(throws: GitError.self) {
      try Repository.open(
        discoveringFrom: directory.path,
        environment: ["GIT_CEILING_DIRECTORIES": directory.path])
    }
    #expect(throws: GitError.notARepository(path: "/nowhere/at/all")) {
      try Repository.open(discoveringFrom: "/nowhere/at/all", environment: [:])
    }
  }
}
