import Testing
import UETModel

@testable import UETLedger

@Suite struct LedgerNamesTests {
  let run = RunID(startedAt: Timestamp(seconds: 0), salt: 0xab)

  @Test func namesAChainAndReadsItBack() throws {
    let names = LedgerNames(prefix: "refs/other/")
    let chain = names.chain(run)
    #expect(chain == "refs/other/runs/19700101-000000-00ab/main")
    let parsed = try #require(names.parse(chain: chain))
    #expect(parsed.run == run)
    #expect(parsed.writer == "main")
  }

  @Test(arguments: [
    "refs/uet/runs/19700101-000000-00ab", "refs/uet/runs/19700101-000000-00ab/",
    "refs/uet/runs/19700101-000000-00ab/a/b", "refs/uet/runs/x/main", "refs/heads/main",
    "refs/uet/runs/19700101-000000-00ab/-x",
  ])
  func refusesWhatIsNoChain(reference: String) {
    #expect(LedgerNames.standard.parse(chain: reference) == nil)
  }
}
