import Testing
import UETModel

@testable import UETEngine

/// The judgement as a table: one row a rule, the first that applies decides.
@Suite struct WorktreeVerdictTests {
  private static let run = RunID("20261121-070000-abcd")
  private static let id = WorkstreamID("ws-a")
  private static let commit = ObjectID("1111111111111111111111111111111111111111")

  private static func facts(
    _ change: (inout WorktreeFacts) -> Void = { _ in }
  ) throws -> WorktreeFacts {
    var facts = WorktreeFacts(
      path: "/w/\(try #require(run))/ws-a",
      role: .workstream(try #require(run), try #require(id)),
      work: .landed(branch: "refs/heads/main"), head: commit, keeper: "the record",
      lock: "git-uet run")
    change(&facts)
    return facts
  }

  private static func hold(
    _ policy: WorktreePolicy = .clean, _ change: (inout WorktreeFacts) -> Void
  ) throws -> WorktreeVerdict.Hold? {
    if case .held(let hold) = WorktreeVerdict(try facts(change), policy: policy) {
      hold
    } else {
      nil
    }
  }

  @Test func whatLandedCanGo() throws {
    #expect(WorktreeVerdict(try Self.facts()) == .removable("landed in 'main'"))
  }

  @Test func workUnderWayHoldsUnderEveryPolicy() throws {
    for policy in [WorktreePolicy.clean, .force, .configured(.none)] {
      let running = try Self.hold(policy) { $0.work = .running(2) }
      #expect(running?.kind == .attempt)
      #expect(running?.command == "git uet logs --follow 20261121-070000-abcd ws-a")
      let crashed = try Self.hold(policy) { $0.work = .crashed(2) }
      #expect(crashed?.kind == .crash)
      #expect(crashed?.command == "git uet recover 20261121-070000-abcd")
      #expect(try Self.hold(policy) { $0.work = .live }?.kind == .run)
    }
  }

  @Test func othersHoldItUnderEveryPolicy() throws {
    for policy in [WorktreePolicy.clean, .force] {
      let lock = try Self.hold(policy) { $0.lock = "on a stick\u{1B}[2J" }
      #expect(lock?.kind == .lock && lock?.reason == "somebody locked it (on a stick\\u{1b}[2J)")
      #expect(try Self.hold(policy) { $0.lock = "" }?.reason == "somebody locked it")
      let used = try Self.hold(policy) { $0.users = [.init(pid: 7, program: "vim")] }
      #expect(used?.kind == .process && used?.command == "leave the folder, or: kill 7")
    }
  }

  @Test func whatNobodyCanJudgeStays() throws {
    let rows: [(WorktreeFacts.Contents, WorktreeVerdict.Hold.Kind)] = [
      (.busy("a rebase"), .operation), (.repositories(["sub"]), .repository),
      (.unknown("no"), .unreadable),
    ]
    for (contents, kind) in rows {
      #expect(try Self.hold(.force) { $0.contents = contents }?.kind == kind)
    }
    let stranger = try Self.hold(.force) {
      $0.presence = .unregistered
      $0.role = .stranger
      $0.path = "/w/my own folder"
      $0.work = .idle
    }
    #expect(stranger?.kind == .unknown)
    #expect(stranger?.command == "look into it, then: rm -r '/w/my own folder'")
  }

  @Test func whatIsInNoCommitIsSalvagedFirst() throws {
    let dirty = WorktreeVerdict(try Self.facts { $0.contents = .dirty })
    #expect(dirty == .afterSalvage("it has changes that are in no commit"))
    let loose = WorktreeVerdict(try Self.facts { $0.keeper = nil })
    #expect(loose == .afterSalvage("its commits are on no branch"))
    let gone = WorktreeVerdict(
      try Self.facts {
        $0.presence = .vanished
        $0.keeper = nil
      })
    #expect(gone == .afterSalvage("its commits are on no branch"))
  }

  @Test func aVanishedFolderIsGivenUpUnlessItsDiskMayBeMissing() throws {
    #expect(
      WorktreeVerdict(try Self.facts { $0.presence = .vanished })
        == .removable("its folder is gone"))
    let missing: (inout WorktreeFacts) -> Void = { $0.presence = .unreachable(parent: "/w") }
    #expect(try Self.hold { missing(&$0) }?.kind == .unmounted)
    #expect(
      WorktreeVerdict(try Self.facts(missing), policy: .force) == .removable("its folder is gone"))
  }

  /// Which work stays under which policy, for what would otherwise go.
  @Test func policies() throws {
    let unlanded = WorktreeFacts.Work.unlanded(
      branch: "refs/heads/uet/r/ws-a", target: "refs/heads/main")
    let works: [WorktreeFacts.Work] = [
      unlanded, .landed(branch: "refs/heads/main"), .failed(salvage: "refs/uet/salvage/x"), .idle,
    ]
    let rows: [(WorktreePolicy, [Bool])] = [
      (.clean, [true, false, false, false]), (.force, [false, false, false, false]),
      (.configured(.all), [true, true, true, false]),
      (.configured(.unlanded), [true, false, true, false]),
      (.configured(.failed), [false, false, true, false]),
      (.configured(.none), [false, false, false, false]),
    ]
    for (policy, expected) in rows {
      let held = try works.map { work in try Self.hold(policy) { $0.work = work } != nil }
      #expect(held == expected, "\(policy)")
    }
    let hold = try Self.hold { $0.work = unlanded }
    #expect(hold?.command == "git uet integrate --land main 20261121-070000-abcd")
  }

  @Test func aHoldComesBeforeSalvage() throws {
    let hold = try Self.hold {
      $0.contents = .dirty
      $0.work = .unlanded(branch: "refs/heads/b", target: nil)
    }
    #expect(hold?.kind == .unlanded)
    #expect(hold?.command == "git uet integrate --land BRANCH 20261121-070000-abcd")
  }

  @Test func pathsSayWhatAWorktreeIsFor() throws {
    let run = try #require(Self.run)
    let id = try #require(Self.id)
    let rows: [(String, WorktreeFacts.Role?)] = [
      ("\(run)/ws-a", .workstream(run, id)), ("\(run)/ws-a@3", .attempt(run, id, number: 3)),
      ("slot-4", .slot(4)), ("\(run)/ws-a.scratch", .scratch(run, id)), ("slot-x", .stranger),
      ("\(run)/integration-1", .test(run)), ("\(run)/reproduce-ws-a", .test(run)),
      ("\(run)/ws-a.resolve", .conflict(run, id)), ("\(run)/ws-a.resolver", .resolver(run, id)),
      ("\(run)/ws-a.base.resolver", .resolver(run, id)), ("\(run)/rollback", .rollback(run)),
      ("\(run)/ws-a.aside-17", .aside), ("\(run)/else", .stranger), ("\(run)", nil),
      ("else", .stranger), ("\(run)/ws-a/deeper", .stranger),
    ]
    for (path, role) in rows {
      #expect(WorktreeFacts.Role(path: "/w/\(path)", below: "/w") == role, "\(path)")
    }
    #expect(WorktreeFacts.Role(path: "/elsewhere/x", below: "/w") == nil)
  }

  @Test func wordsForTheShell() {
    #expect("a/b-c.d".shellQuoted == "a/b-c.d")
    #expect("a b".shellQuoted == "'a b'")
    #expect("it's".shellQuoted == "'it'\\''s'")
    #expect("".shellQuoted == "''")
    #expect("$(x)".shellQuoted == "'$(x)'")
  }
}
