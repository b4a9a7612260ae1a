// swift-tools-version: 6.2
import PackageDescription

let strict: [SwiftSetting] = [.treatAllWarnings(as: .error)]

let package = Package(
  name: "git-uet",
  platforms: [.macOS(.v15)],
  dependencies: [
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.2")
  ],
  targets: [
    .systemLibrary(
      name: "CLibgit2", pkgConfig: "libgit2",
      providers: [.apt(["libgit2-dev"]), .brew(["libgit2"])]),
    .target(name: "UETModel", dependencies: [], swiftSettings: strict),
    .target(
      name: "UETPlanning", dependencies: ["UETModel", .product(name: "Yams", package: "Yams")],
      swiftSettings: strict),
    .target(name: "UETScheduling", dependencies: ["UETModel"], swiftSettings: strict),
    .target(name: "UETGit", dependencies: ["CLibgit2", "UETModel"], swiftSettings: strict),
    .target(name: "UETLedger", dependencies: ["UETModel", "UETGit"], swiftSettings: strict),
    .target(
      name: "UETTestSupport", dependencies: ["UETModel"], path: "Tests/UETTestSupport",
      swiftSettings: strict),
    .executableTarget(
      name: "planning-benchmark", dependencies: ["UETModel", "UETPlanning"],
      path: "Tests/Benchmarks/Planning", swiftSettings: strict,
      linkerSettings: [.linkedLibrary("m", .when(platforms: [.linux]))]),
    .testTarget(
      name: "UETModelTests", dependencies: ["UETModel", "UETTestSupport"], swiftSettings: strict),
    .testTarget(
      name: "UETPlanningTests", dependencies: ["UETModel", "UETPlanning"], swiftSettings: strict),
    .testTarget(
      name: "UETSchedulingTests", dependencies: ["UETModel", "UETScheduling"], swiftSettings: strict
    ),
    .testTarget(
      name: "UETGitTests", dependencies: ["UETGit", "UETModel", "UETTestSupport"],
      swiftSettings: strict),
    .testTarget(
      name: "UETLedgerTests", dependencies: ["UETLedger", "UETGit", "UETModel", "UETTestSupport"],
      swiftSettings: strict),
  ],
  cLanguageStandard: .c11
)
