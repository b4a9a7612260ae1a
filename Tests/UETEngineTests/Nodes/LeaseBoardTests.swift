import Testing
import UETGit
import UETModel
import UETPlanning
import UETScheduling
import UETSystem
import UETTestSupport

@testable import UETEngine

/// Where leases are: in the repository itself, at a host that takes pushes, and in one whose files
/// can be written.
@Suite struct LeaseBoardTests {
  private let origin = TestRepository()
  private let run = RunID(startedAt: Timestamp(seconds: 0), salt: 7)
  private let time = Timestamp(seconds: 1_700_000_000)
  private let lease = "refs/uet/lease/r/ws-a/1"

  init() { origin.commit("base", ["a": "1\n"]) }

  private var project: Project {
    get throws { try Project.open(from: origin.path, environment: origin.environment) }
  }

  /// A mirror that borrows, as on a node; `board` makes its view of the origin.
  private func mirror() throws -> (project: Project, lender: Repository) {
    let path = origin.directory.path + "/mirror.git"
    try Repository.makeBare(at: path, borrowing: origin.path + "/.git/objects")
    let mirror = try Project.open(from: path, environment: origin.environment, reading: true)
    return (
      mirror,
      try Repository.open(discoveringFrom: origin.path, environment: origin.environment)
    )
  }

  private func refuseAllPushes() throws {
    let hook = origin.path + "/.git/hooks/pre-receive"
    try Files.makeDirectory(above: hook)
    try Files.write(Array("#!/bin/sh\nexit 1\n".utf8), to: hook, mode: 0o755)
  }

  private func record(
    _ bytes: [UInt8], after end: ObjectID, in repository: Repository
  ) throws -> ObjectID {
    try repository.writeRecord([("claim.json", bytes)], parents: [end], "x", of: run, at: time)
  }

  @Test("a lender gets what is new without a push, and only as long as the lease is where it was")
  func lent() async throws {
    try refuseAllPushes()
    let (mirror, lender) = try mirror()
    let board = LeaseBoard(project: mirror, remote: origin.path, lender: lender)
    let base = try #require(ObjectID(origin.git("rev-parse", "HEAD")))
    let claim = try record([1], after: base, in: mirror.repository)
    #expect(!lender.contains(claim))
    #expect(try await board.move(lease, from: nil, to: claim))
    #expect(try await board.end(of: lease) == claim)
    #expect(ObjectID(origin.git("rev-parse", lease)) == claim)
    // Another copy of the job, that saw nothing of it, is fenced.
    let other = try record([2], after: base, in: mirror.repository)
    #expect(try await !board.move(lease, from: nil, to: other))
    #expect(try await !board.move(lease, from: base, to: other))
    #expect(try lender.reference(lease) == claim)

    // Many objects are one pack, which nothing keeps once the lease leads to it.
    let many = try mirror.repository.writeRecord(
      (0..<40).map { ("logs/\($0)", [UInt8($0), 9]) }, parents: [claim], "y", of: run, at: time)
    #expect(try await board.move(lease, from: claim, to: many))
    let packs = Files.names(in: origin.path + "/.git/objects/pack")
    #expect(packs.contains { $0.hasSuffix(".pack") } && !packs.contains { $0.hasSuffix(".keep") })
    origin.git("fsck", "--strict", "--no-dangling")
  }

  @Test("what is too much for the memory is pushed")
  func large() async throws {
    try refuseAllPushes()
    let (mirror, lender) = try mirror()
    let board = LeaseBoard(project: mirror, remote: origin.path, lender: lender)
    let base = try #require(ObjectID(origin.git("rev-parse", "HEAD")))
    let large = try record(
      [UInt8](repeating: 7, count: 17 << 20), after: base, in: mirror.repository)
    await #expect(throws: GitError.self) { try await board.move(lease, from: nil, to: large) }
    try Files.remove(origin.path + "/.git/hooks/pre-receive")
    #expect(try await board.move(lease, from: nil, to: large))
    #expect(try lender.reference(lease) == large)
  }

  private func order(_ number: Int, _ project: Project) throws -> Shared<NodeOrder> {
    let base = try #require(ObjectID(origin.git("rev-parse", "HEAD")))
    let gate = NodeOrder.GateRun(name: "G\(number)", command: nil, declared: [:], isCold: false)
    return Shared(
      NodeOrder(
        run: run, runBase: base, base: base, lease: "refs/uet/lease/r/\(number)",
        configuration: Configuration(), refPrefix: "refs/uet", heartbeat: 30, work: .gate(gate)))
  }

  @Test("orders that come together begin their leases together", arguments: [2, 40])
  func opened(count: Int) async throws {
    let project = try project
    let opening = LeaseOpening(LeaseBoard(project: project, remote: nil))
    // One name is another's already.
    let base = try #require(ObjectID(origin.git("rev-parse", "HEAD")))
    origin.git("update-ref", "refs/uet/lease/r/0", base.hex)
    try await withThrowingTaskGroup(of: (Int, ObjectID?).self) { group in
      for number in 0..<count {
        let order = try order(number, project)
        group.addTask {
          (number, try await opening.open(order.value.lease, with: order, at: time))
        }
      }
      for try await (number, end) in group {
        #expect((end == nil) == (number == 0))
        guard let end else { continue }
        #expect(try project.repository.reference("refs/uet/lease/r/\(number)") == end)
        guard case .gate(let gate) = try NodeOrder(end, in: project.repository).work else {
          Issue.record("no gate")
          continue
        }
        #expect(gate.name == "G\(number)")
      }
    }
    // Whoever did not hear of it asks again, and it is the same one.
    let again = try await opening.open(
      "refs/uet/lease/r/1", with: try order(1, project), at: time)
    #expect(try again == project.repository.reference("refs/uet/lease/r/1") && again != nil)
    origin.git("fsck", "--strict", "--no-dangling")
  }

  @Test("at a host all of them are one push, and one that is refused takes no other with it")
  func openedAtAHost() async throws {
    let host = TestRepository(.bare)
    let project = try project
    let hook = host.path + "/hooks/update"
    try Files.makeDirectory(above: hook)
    try Files.write(
      Array("#!/bin/sh\necho $1 >>\(host.path)/asked\n[ $1 != refs/uet/lease/r/3 ]\n".utf8),
      to: hook, mode: 0o755)
    try Files.write(
      Array("#!/bin/sh\necho push >>\(host.path)/pushes\n".utf8),
      to: host.path + "/hooks/pre-receive", mode: 0o755)
    let opening = LeaseOpening(LeaseBoard(project: project, remote: host.path))
    let orders = try (1...5).map { try order($0, project) }
    var (begun, refused) = (0, 0)
    await withTaskGroup(of: Bool.self) { group in
      for order in orders {
        group.addTask {
          (try? await opening.open(order.value.lease, with: order, at: time)) != nil
        }
      }
      for await isThere in group { if isThere { begun += 1 } else { refused += 1 } }
    }
    #expect(begun == 4 && refused == 1)
    #expect(Files.text(host.path + "/asked")?.split(separator: "\n").count == 5)
    let pushes = Files.text(host.path + "/pushes")?.split(separator: "\n").count ?? 0
    // The first may have been on its way when the others came.
    #expect((1...2).contains(pushes))
    #expect(host.git("for-each-ref", "refs/uet/lease").split(separator: "\n").count == 4)
  }
}
