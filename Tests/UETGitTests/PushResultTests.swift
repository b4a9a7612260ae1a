import Testing
import UETModel

@testable import UETGit

@Suite struct PushResultTests {
  private let updates = ["refs/uet/a", "refs/uet/b"].map {
    PushUpdate(name: $0, new: nil, expected: nil)
  }

  private func reasons(_ porcelain: String, said: String = "") throws -> [PushResult.Refusal] {
    let result = PushResult(porcelain: porcelain, said: said, updates)
    guard case .ended(let ended) = result else { return [] }
    return ended.refused
  }

  /// What git 2.39 prints for each way in which a host can refuse.
  @Test(arguments: [
    ("[rejected] (stale info)", PushResult.Refusal.Reason.moved),
    ("[rejected] (fetch first)", .moved),
    ("[remote rejected] (failed to update ref)", .moved),
    ("[remote rejected] (incorrect old value provided)", .moved),
    ("[remote rejected] (cannot lock ref 'refs/uet/a': is at 1 but expected 2)", .moved),
    ("[remote rejected] (atomic transaction failed)", .withOthers),
    ("[rejected] (atomic push failed)", .withOthers),
    ("[remote rejected] (deny updating a hidden ref)", .hidden),
    ("[remote rejected] (pre-receive hook declined)", .declined),
    ("[remote rejected] (hook declined)", .declined),
    ("[remote rejected] (non-fast-forward)", .declined),
    ("[rejected] (non-fast-forward)", .moved),
    ("[remote rejected] (deletion prohibited)", .declined),
    ("[remote rejected] (protected branch hook declined)", .declined),
    ("[remote rejected] (shallow update not allowed)", .other),
  ])
  func refusalsAreToldApart(summary: String, reason: PushResult.Refusal.Reason) throws {
    let refused = try reasons("To host\n!\tabc:refs/uet/a\t\(summary)\nDone\n")
    #expect(refused.map(\.reason) == [reason])
    #expect(refused.first?.update.name == "refs/uet/a")
  }

  @Test func aBadObjectIsNotAFullDisk() throws {
    let line = "!\tabc:refs/uet/a\t[remote rejected] (unpacker error)\n"
    let object =
      "remote: error: object 1a2b: missingSpaceBeforeDate: invalid author/committer line\n"
    #expect(try reasons(line, said: object).first?.reason == .objects)
    let disk = "remote: fatal: write error: No space left on device\n"
    #expect(try reasons(line, said: disk).first?.reason == .other)
  }

  @Test func theHostsOwnWordsAreKept() throws {
    let said = """
      remote: Resolving deltas: 100% (2/2), done.\u{20}
      remote: only branches, please        \r
      remote: error: hook declined to update refs/uet/a        \r
      error: failed to push some refs to 'host'
      """
    let refused = try reasons("!\tabc:refs/uet/a\t[remote rejected] (hook declined)\n", said: said)
    #expect(refused.first?.text == "only branches, please")
  }

  @Test func whatWasTakenIsKnownByName() throws {
    let text = "To host\n*\tabc:refs/uet/a\t[new reference]\n-\t:refs/uet/b\t[deleted]\nDone\n"
    guard case .ended(let ended) = PushResult(porcelain: text, said: "", updates) else {
      Issue.record("no end")
      return
    }
    #expect(ended.taken == updates && ended.refused.isEmpty)
  }
}
