import Testing
import UETModel

@testable import UETPlanning

@Suite(.enabled(if: !SharedData.bundles.isEmpty, "the real bundles are not here"))
struct LoadingRealBundlesTests {
  @Test func loadUnchanged() throws {
    let loaded = BundleLoader.load(SharedData.bundles)
    #expect(loaded.diagnostics.map(\.description) == [])
    #expect(SharedData.bundles.count == 34)
    #expect(loaded.workstreams.count == 36)
    #expect(loaded.check(Configuration(), severity: .error) == [])
    let index = try #require(
      WorkstreamID("ws-18-update-infrastructure-scripts").flatMap { loaded.index(of: $0) })
    #expect(loaded.workstreams[index].estimate.effortHours == 12)
  }
}
