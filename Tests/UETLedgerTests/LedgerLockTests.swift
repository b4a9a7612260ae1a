import Foundation
import Synchronization
import Testing
import UETGit
import UETModel
import UETSystem
import UETTestSupport

@testable import UETLedger

@Suite struct LedgerLockTests {
  private final class Notices: Sendable {
    let list = Mutex<[LedgerNotice]>([])
  }

  private func lock(_ ledger: Ledger) -> String {
    let path = "\(ledger.repository.commonDirectory)/\(ledger.reference).lock"
    TemporaryDirectory.write([], to: path)
    return path
  }

  @Test func theLockOfADeadProcessIsRemovedAndSaid() async throws {
    var ledger = try Ledger()
    let notices = Notices()
    ledger.options.processes = Processes(ownersOfLocksAreDead: true)
    ledger.options.notice = { notice in notices.list.withLock { $0.append(notice) } }
    let writer = try ledger.create()
    let path = lock(ledger)
    try writer.append([EventDraft(.heartbeat)], at: Ledger.start)
    try await writer.flush()
    #expect(notices.list.withLock { $0 } == [.removedStaleLock(path: path, evidence: "said so")])
    #expect(try ledger.events().count == 1)
  }

  @Test func theLockOfALiveProcessIsWaitedForAndThenReported() async throws {
    let ledger = try Ledger()
    let writer = try ledger.create()
    let path = lock(ledger)
    try writer.append([EventDraft(.heartbeat)], at: Ledger.start)
    let error = await #expect(throws: LedgerError.self) { try await writer.flush() }
    guard case .referenceLocked(ledger.reference, path: path) = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    // Nothing is lost: what was staged is written once the lock is gone.
    #expect(GitProcess(["rm", path], in: "/", environment: [:]).status == 0)
    try writer.append([EventDraft(.heartbeat)], at: Ledger.start)
    try await writer.flush()
    #expect(try ledger.events().map(\.seq) == [1, 2])
  }

  /// While the reference is locked, everything that no reference leads to is taken away.
  @Test func aCollectionInTheMiddleOfAWriteIsNoticed() async throws {
    var ledger = try Ledger()
    let path = "\(ledger.repository.commonDirectory)/\(ledger.reference).lock"
    let test = ledger.test
    ledger.options.patience.pause = {
      test.git("prune", "--expire=now")
      _ = GitProcess(["rm", "-f", path], in: "/", environment: [:])
    }
    let writer = try ledger.create()
    try writer.attach("a.log", Array("output".utf8))
    try writer.append([EventDraft(.heartbeat)], at: Ledger.start)
    _ = lock(ledger)
    try await writer.flush()
    #expect(try ledger.reopened().reader.verify(ledger.run).problems == [])
    #expect(ledger.test.git("show", "\(ledger.reference):logs/a.log") == "output")
    #expect(ledger.test.git("fsck", "--strict").isEmpty)
  }

  @Test func thisProcessLivesAndOneThatEndedIsDead() {
    let processes = SystemProcesses()
    let me = SystemProcesses.current(since: Ledger.start, nonce: "x")
    #expect(processes.liveness(of: me) == .alive)
    var reused = me
    reused.processStart = me.processStart.map { $0 - 1 }
    #expect(processes.liveness(of: reused) == (me.processStart == nil ? .alive : .dead))
    var rebooted = me
    rebooted.boot = "another"
    #expect(processes.liveness(of: rebooted) == (me.boot.isEmpty ? .alive : .dead))
    var elsewhere = me
    elsewhere.host = "elsewhere.example"
    #expect(processes.liveness(of: elsewhere) == .unknown)
    var gone = me
    gone.pid = 0x3FFF_FFFF
    #expect(processes.liveness(of: gone) == .dead)
  }

  @Test func aHolderReadsBackAsItWas() throws {
    let me = SystemProcesses.current(since: Ledger.start, nonce: "x", lockInode: 7)
    #expect(try Holder(json: me.json) == me)
  }

  @Test func theLockFileIsHeldByOneAtATime() throws {
    let ledger = try Ledger()
    let path = RunLock.path(of: ledger.run, in: ledger.repository)
    guard let first = RunLock(ledger.run, in: ledger.repository, at: Ledger.start) else {
      Issue.record("the lock cannot be taken")
      return
    }
    let inode = first.inode
    if RunLock(ledger.run, in: ledger.repository, at: Ledger.start) != nil {
      Issue.record("the lock was taken twice")
    }
    #expect(FileLock.isTaken(path, inode: inode) == true)
    #expect(FileLock.isTaken(path, inode: inode + 1) == nil)
    _ = consume first
    // A child that another test is just starting has it until it runs its program.
    for _ in 0..<500 where FileLock.isTaken(path, inode: inode) == true { poll(nil, 0, 10) }
    #expect(FileLock.isTaken(path, inode: inode) == false)
  }

  @Test func anOldLockThatNobodyHasOpenIsOfADeadProcess() throws {
    let ledger = try Ledger()
    let path = ledger.test.path + "/x.lock"
    ledger.test.write("x.lock", "")
    let processes = SystemProcesses()
    #expect(processes.evidenceOfDeadOwner(lock: path) == nil)
    #expect(
      GitProcess(["touch", "-d", "1 January 2001", path], in: "/", environment: [:]).status == 0)
    let evidence = StaleReferenceLock(path: path).removeIfOwnerIsDead(processes)
    #if os(Linux)
      #expect(evidence == "it is older than the start of this machine")
      #expect(ledger.test.read("x.lock") == nil)
    #endif
  }

  /// The git of `git uet resume` waits for it, and so must not be taken for the owner of a lock.
  @Test func theGitThatStartsThisProgramOwnsNoLock() {
    #expect(SystemProcesses.onlyStartsUs(["git", "uet", "resume"]))
    #expect(SystemProcesses.onlyStartsUs(["git", "-C", "uet", "-c", "a=b", "--no-pager", "uet"]))
    #expect(!SystemProcesses.onlyStartsUs(["git", "-C", "uet", "commit", "uet"]))
    #expect(!SystemProcesses.onlyStartsUs(["git", "--git-dir=uet", "push"]))
    #expect(!SystemProcesses.onlyStartsUs(["git"]))
  }

  /// A git that works elsewhere must not either, however long it runs.
  @Test func theRepositoryThatAGitWasTold() {
    let told = SystemProcesses.toldRepository
    #expect(told(["git", "--git-dir=/a/.git", "gc"], ["GIT_DIR=/b"]) == "/a/.git")
    #expect(told(["git", "--git-dir", "/a/.git", "gc"], []) == "/a/.git")
    #expect(told(["git", "gc"], ["GIT_DIRECTORY=/x", "GIT_DIR=."]) == ".")
    #expect(told(["git", "gc"], ["HOME=/x"]) == nil)
  }

  @Test func aSweepRemovesWhatDeadProcessesLeftAndNothingElse() throws {
    let ledger = try Ledger()
    let folder = "\(ledger.repository.commonDirectory)/refs/heads"
    let names = ["old.lock", "new.lock"]
    for name in names { TemporaryDirectory.write([], to: "\(folder)/\(name)") }
    _ = GitProcess(
      ["touch", "-d", "1 January 2001", "\(folder)/old.lock"], in: "/", environment: [:])
    let locks = StaleLocks(ledger.repository)
    #if os(Linux)
      let removed = locks.locks(under: ["refs"]).compactMap { locks.remove($0) }
      #expect(removed == ["it is older than the start of this machine"])
      #expect(locks.locks(under: ["refs/heads"]).map(\.path) == ["\(folder)/new.lock"])
    #endif
  }
}
