import Foundation
import Testing
import UETModel

@testable import UETPlanning

/// Random damage to real-looking files: no crash, no hang, one line for every problem, always the same.
@Suite struct LoaderFuzzTests {
  private static let isLong = ProcessInfo.processInfo.environment["UET_LONG"] == "1"

  @Test(arguments: seeds(3, long: 2)) func damagedFiles(seed: UInt64) {
    var mutation = Mutation(seed: seed)
    let end = ContinuousClock.now + .seconds(Self.isLong ? 600 : 0)
    var round = 0
    while round < 150 || ContinuousClock.now < end {
      let bytes = mutation.next()
      let start = ContinuousClock.now
      for name in ["a.json", "a.yaml"] { check(bytes, name, seed, round) }
      let elapsed = ContinuousClock.now - start
      #expect(elapsed < .seconds(30), "seed \(seed), round \(round): \(bytes)")
      round += 1
    }
  }

  private func check(_ bytes: [UInt8], _ name: String, _ seed: UInt64, _ round: Int) {
    let files = [BundleFile(path: name, bytes: bytes)]
    let loaded = BundleLoader.load(files)
    let (configuration, problems) = Configuration.load(bytes, file: name)
    let lines = bytes.count { $0 == 0x0A } + 1
    for diagnostic in loaded.diagnostics + problems {
      let text = diagnostic.description
      let isSound =
        (1...lines).contains(diagnostic.place.line) && diagnostic.place.column >= 1
        && !text.unicodeScalars.contains { $0.value < 0x20 || $0.value == 0x7F }
      #expect(isSound, "seed \(seed), round \(round): \(text.debugDescription)")
    }
    if !problems.hasErrors {
      let (again, none) = Configuration.load(configuration.encoded(), file: "c.yaml")
      #expect(again == configuration && none == [], "seed \(seed), round \(round)")
    }
    #expect(
      BundleLoader.load(files).diagnostics == loaded.diagnostics, "seed \(seed), round \(round)")
  }
}
