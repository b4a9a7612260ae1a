import Foundation
import Testing
import UETModel

@testable import UETPlanning

/// Random damage to real-looking files: no crash, no hang, one line for every problem, always the
/// same.
@Suite struct LoaderFuzzTests {
  private static let isLong = ProcessInfo.processInfo.environment["UET_LONG"] == "1"

  /// `UET_SEED` and `UET_ROUND` together replay a single round.
  private static let only = ProcessInfo.processInfo.environment["UET_ROUND"].flatMap { Int($0) }

  @Test(arguments: seeds(3, long: 2)) func damagedFiles(seed: UInt64) {
    var mutation = Mutation(seed: seed)
    let end = ContinuousClock.now + .seconds(Self.isLong ? 600 : 0)
    var round = 0
    while round <= Self.only ?? 150 || (Self.only == nil && ContinuousClock.now < end) {
      let bytes = mutation.next()
      if round == Self.only ?? round { check(bytes, "replay: UET_SEED=\(seed) UET_ROUND=\(round)") }
      round += 1
    }
  }

  private func check(_ bytes: [UInt8], _ replay: Comment) {
    let start = ContinuousClock.now
    for name in ["a.json", "a.yaml"] { check(bytes, name, replay) }
    #expect(ContinuousClock.now - start < .seconds(30), replay)
    if Self.only != nil { print(String(decoding: bytes, as: UTF8.self).debugDescription) }
  }

  private func check(_ bytes: [UInt8], _ name: String, _ replay: Comment) {
    let files = [BundleFile(path: name, bytes: bytes)]
    let loaded = BundleLoader.load(files)
    let (configuration, problems) = Configuration.load(bytes, file: name)
    let lines = bytes.count { $0 == 0x0A } + 1
    for diagnostic in loaded.diagnostics + problems {
      let text = diagnostic.description
      let isSound =
        (1...lines).contains(diagnostic.place.line) && diagnostic.place.column >= 1
        && !text.unicodeScalars.contains { $0.value < 0x20 || $0.value == 0x7F }
      #expect(isSound, "\(replay): \(text.debugDescription)")
    }
    if !problems.hasErrors {
      let (again, none) = Configuration.load(configuration.encoded(), file: "c.yaml")
      #expect(none == [], replay)
      #expect(again == configuration, replay)
    }
    #expect(BundleLoader.load(files).diagnostics == loaded.diagnostics, replay)
  }
}
