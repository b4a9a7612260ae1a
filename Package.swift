// swift-tools-version: 6.2
import PackageDescription

let strict: [SwiftSetting] = [.treatAllWarnings(as: .error)]

// The state machines and the worlds in which they are simulated are optimised in a debug build as
// well: that takes half a minute of its time, and spares their tests four. Not where another
// package uses this one, from such a folder of SwiftPM's: such flags are refused there.
let isDependency = Context.packageDirectory.split(separator: "/").dropLast().last == "checkouts"
let optimised =
  isDependency ? strict : strict + [.unsafeFlags(["-O"], .when(configuration: .debug))]

// On Linux libgit2 is loaded when it is first asked for, and so must not be linked.
#if os(Linux) && (arch(x86_64) || arch(arm64))
  let linkedLibgit2: String? = nil
#else
  let linkedLibgit2: String? = "libgit2"
#endif

let programLinking: [LinkerSetting] = [
  // What libgit2 finds in place of the function of this name, see CLibgit2Loader.
  .unsafeFlags(
    ["-Xlinker", "--export-dynamic-symbol=mbedtls_x509_crt_parse_file"],
    .when(platforms: [.linux])),
  // The linker that can leave the table of all symbols out.
  .unsafeFlags(["-use-ld=lld"], .when(platforms: [.linux], configuration: .release)),
]

let package = Package(
  name: "git-uet",
  platforms: [.macOS(.v15)],
  // What other packages may use, see docs/guide/library.md. The rest is for the programs alone.
  products: [
    .library(name: "UETPlanning", targets: ["UETPlanning"]),
    .library(name: "UETScheduling", targets: ["UETScheduling"]),
    .library(name: "UETMergeQueue", targets: ["UETMergeQueue"]),
    .library(name: "UETLedger", targets: ["UETLedger"]),
  ],
  dependencies: [
    .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
  ],
  targets: [
    .systemLibrary(
      name: "CLibgit2", pkgConfig: linkedLibgit2,
      providers: [.apt(["libgit2-dev"]), .brew(["libgit2"])]),
    .target(
      name: "CLibgit2Loader",
      cSettings: [.define("_GNU_SOURCE"), .treatAllWarnings(as: .error)]),
    .target(name: "CNoICUData", cSettings: [.treatAllWarnings(as: .error)]),
    // libgit2 needs it as well, so it is there.
    .systemLibrary(name: "CZlib", providers: [.apt(["zlib1g-dev"]), .brew(["zlib"])]),
    .target(
      name: "UETModel", dependencies: [], swiftSettings: optimised,
      linkerSettings: [.linkedLibrary("m", .when(platforms: [.linux]))]),
    .target(
      name: "UETPlanning", dependencies: ["UETModel", .product(name: "Yams", package: "Yams")],
      swiftSettings: optimised),
    .target(name: "UETWorkLists", dependencies: ["UETModel"], swiftSettings: strict),
    .target(name: "UETScheduling", dependencies: ["UETModel"], swiftSettings: optimised),
    .target(name: "UETMergeQueue", dependencies: ["UETModel"], swiftSettings: optimised),
    .target(
      name: "UETAdvising", dependencies: ["UETMergeQueue", "UETModel", "UETPlanning"],
      swiftSettings: optimised),
    // Optimised as well: it reads whole repositories.
    .target(name: "UETContext", dependencies: ["UETModel"], swiftSettings: optimised),
    .target(
      name: "UETTools", dependencies: ["UETContext", "UETModel"], swiftSettings: strict),
    // What the system's own headers hide.
    .systemLibrary(name: "CHiddenSystem"),
    .target(name: "UETSystem", dependencies: ["CHiddenSystem"], swiftSettings: strict),
    .target(
      name: "UETGit",
      dependencies: [
        "CLibgit2", "CLibgit2Loader", "CHiddenSystem", "CZlib", "UETModel", "UETSystem",
      ], swiftSettings: strict),
    .target(
      name: "UETLedger",
      dependencies: [
        "UETGit", "UETModel", "UETSystem", .product(name: "GRDB", package: "GRDB.swift"),
      ],
      swiftSettings: strict),
    .target(name: "UETWorkers", dependencies: ["UETModel", "UETSystem"], swiftSettings: strict),
    .target(
      name: "UETReporting", dependencies: ["UETLedger", "UETModel", "UETPlanning"],
      swiftSettings: strict),
    .target(
      name: "UETEngine",
      dependencies: [
        "UETAdvising", "UETContext", "UETGit", "UETLedger", "UETMergeQueue", "UETModel",
        "UETPlanning", "UETScheduling", "UETReporting", "UETSystem", "UETTools", "UETWorkers",
      ], swiftSettings: strict),
    .target(
      name: "UETServer",
      dependencies: [
        "UETEngine", "UETGit", "UETLedger", "UETModel", "UETPlanning", "UETSystem", "UETWorkers",
      ], swiftSettings: strict),
    .target(
      name: "UETCLI",
      dependencies: [
        "UETAdvising", "UETContext", "UETEngine", "UETGit", "UETLedger", "UETMergeQueue",
        "UETModel", "UETPlanning", "UETReporting", "UETScheduling", "UETServer", "UETSystem",
        "UETTools", "UETWorkLists", "UETWorkers",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ], swiftSettings: strict),
    .target(
      name: "UETDashboard",
      dependencies: [
        "UETEngine", "UETGit", "UETLedger", "UETMergeQueue", "UETModel", "UETPlanning",
        "UETReporting", "UETScheduling", "UETSystem", "UETWorkers",
      ], swiftSettings: strict),
    .executableTarget(
      name: "git-uet", dependencies: ["CNoICUData", "UETCLI"], swiftSettings: strict,
      linkerSettings: programLinking),
    .executableTarget(
      name: "uet-supervise",
      cSettings: [
        .define("_GNU_SOURCE", .when(platforms: [.linux])),
        .treatAllWarnings(as: .error),
        .enableWarning("all"), .enableWarning("extra"), .enableWarning("conversion"),
        .enableWarning("shadow"),
      ],
      // Without these the Swift runtime is linked to this C program, which makes it start ten times
      // slower.
      linkerSettings: [
        .unsafeFlags(["-nostartfiles", "-static-executable"], .when(platforms: [.linux]))
      ]),
    // The example of a package that uses the products, which sees of them what it would see there.
    .executableTarget(
      name: "plan-bundles", dependencies: ["UETPlanning", "UETScheduling"],
      path: "examples/library/Sources/plan-bundles", packageAccess: false, swiftSettings: strict),
    .executableTarget(
      name: "simulate-queue", dependencies: ["UETMergeQueue"],
      path: "examples/library/Sources/simulate-queue", packageAccess: false, swiftSettings: strict),
    .executableTarget(
      name: "read-ledger", dependencies: ["UETLedger"],
      path: "examples/library/Sources/read-ledger", packageAccess: false, swiftSettings: strict),
    .target(
      name: "UETTestSupport", dependencies: ["UETModel", "UETWorkers"],
      path: "Tests/UETTestSupport", swiftSettings: optimised),
    .executableTarget(
      name: "planning-benchmark",
      dependencies: ["UETModel", "UETPlanning", "UETReporting", "UETTestSupport"],
      path: "Tests/Benchmarks/Planning", swiftSettings: strict),
    .executableTarget(
      name: "import-benchmark", dependencies: ["UETModel", "UETWorkLists"],
      path: "Tests/Benchmarks/Importing", swiftSettings: strict),
    .executableTarget(
      name: "agents-benchmark", dependencies: ["UETModel", "UETTools"],
      path: "Tests/Benchmarks/Agents", swiftSettings: strict),
    .executableTarget(
      name: "tokens-benchmark", dependencies: ["UETContext", "UETModel"],
      path: "Tests/Benchmarks/Tokens", swiftSettings: strict),
    .executableTarget(
      name: "redaction-benchmark", dependencies: ["UETWorkers"],
      path: "Tests/Benchmarks/Redaction", swiftSettings: strict),
    .executableTarget(
      name: "jobs-benchmark", dependencies: ["UETModel", "UETSystem", "UETWorkers"],
      path: "Tests/Benchmarks/Jobs", swiftSettings: strict),
    .executableTarget(
      name: "ledger-benchmark",
      dependencies: [
        "UETGit", "UETLedger", "UETModel", "UETTestSupport",
        .product(name: "GRDB", package: "GRDB.swift"),
      ],
      path: "Tests/Benchmarks/Ledger", swiftSettings: strict),
    .executableTarget(
      name: "queue-benchmark",
      dependencies: ["UETMergeQueue", "UETModel", "UETTestSupport"],
      path: "Tests/Benchmarks/Queue", swiftSettings: strict),
    .executableTarget(
      name: "merging-benchmark",
      dependencies: [
        "UETEngine", "UETGit", "UETLedger", "UETMergeQueue", "UETModel", "UETTestSupport",
      ],
      path: "Tests/Benchmarks/Merging", swiftSettings: strict),
    .executableTarget(
      name: "ledger-storm",
      dependencies: ["UETGit", "UETLedger", "UETModel", "UETTestSupport"],
      path: "Tests/LedgerStorm", swiftSettings: strict),
    .testTarget(
      name: "UETModelTests", dependencies: ["UETModel", "UETTestSupport"], exclude: ["Recorded"],
      swiftSettings: strict),
    .testTarget(
      name: "UETPlanningTests", dependencies: ["UETModel", "UETPlanning", "UETTestSupport"],
      exclude: ["Instances"], swiftSettings: strict),
    .testTarget(
      name: "UETWorkListsTests", dependencies: ["UETModel", "UETTestSupport", "UETWorkLists"],
      swiftSettings: strict),
    .testTarget(
      name: "UETSchedulingTests", dependencies: ["UETModel", "UETScheduling", "UETTestSupport"],
      swiftSettings: optimised),
    .testTarget(
      name: "UETMergeQueueTests", dependencies: ["UETMergeQueue", "UETModel", "UETTestSupport"],
      swiftSettings: optimised),
    .testTarget(
      name: "UETAdvisingTests",
      dependencies: ["UETAdvising", "UETMergeQueue", "UETModel", "UETPlanning", "UETTestSupport"],
      swiftSettings: optimised),
    .testTarget(
      name: "UETContextTests", dependencies: ["UETContext", "UETModel", "UETTestSupport"],
      exclude: ["Recorded"], swiftSettings: strict),
    .testTarget(
      name: "UETToolsTests", dependencies: ["UETModel", "UETTools", "UETTestSupport"],
      swiftSettings: strict),
    .testTarget(
      name: "UETSystemTests", dependencies: ["UETSystem", "UETTestSupport"], swiftSettings: strict),
    .testTarget(
      name: "UETGitTests", dependencies: ["UETGit", "UETModel", "UETSystem", "UETTestSupport"],
      exclude: ["MergeScenarios"], swiftSettings: strict),
    .testTarget(
      name: "UETLedgerTests",
      dependencies: [
        "UETGit", "UETLedger", "UETModel", "UETSystem", "UETTestSupport", "ledger-storm",
        .product(name: "GRDB", package: "GRDB.swift"),
      ], swiftSettings: strict),
    .testTarget(
      name: "UETReportingTests",
      dependencies: ["UETLedger", "UETModel", "UETPlanning", "UETReporting", "UETTestSupport"],
      swiftSettings: strict),
    .testTarget(
      name: "UETWorkersTests",
      dependencies: ["UETModel", "UETSystem", "UETTestSupport", "UETWorkers", "uet-supervise"],
      swiftSettings: strict),
    .testTarget(
      name: "UETEngineTests",
      dependencies: [
        "UETEngine", "UETGit", "UETLedger", "UETMergeQueue", "UETModel", "UETPlanning",
        "UETScheduling", "UETSystem", "UETTestSupport", "UETWorkers", "uet-supervise",
      ], swiftSettings: strict),
    .testTarget(
      name: "UETServerTests",
      dependencies: ["UETGit", "UETLedger", "UETModel", "UETServer", "UETTestSupport"],
      swiftSettings: strict),
    .testTarget(
      name: "UETDashboardTests",
      dependencies: [
        "UETDashboard", "UETEngine", "UETLedger", "UETModel", "UETReporting", "UETTestSupport",
      ],
      swiftSettings: strict),
    .testTarget(
      name: "UETCLITests", dependencies: ["UETCLI", "UETModel", "UETTestSupport"],
      swiftSettings: strict),
    .testTarget(
      name: "EndToEndTests",
      dependencies: [
        "UETGit", "UETLedger", "UETModel", "UETPlanning", "UETSystem", "UETTestSupport",
        "UETWorkers", "git-uet", "uet-supervise", .product(name: "GRDB", package: "GRDB.swift"),
      ], exclude: ["Version1"], swiftSettings: strict),
  ],
  cLanguageStandard: .c11
)

// The simulations of the state machines run many seeds, optimised ("make test-long"): what they
// need is built by itself then, in a moment, without what touches git or the disk.
if Context.environment["UET_SIMULATIONS"] == "1" {
  let needed: Set = [
    "UETModel", "UETPlanning", "UETScheduling", "UETMergeQueue", "UETAdvising", "UETTestSupport",
    "UETModelTests", "UETSchedulingTests", "UETMergeQueueTests", "UETAdvisingTests",
  ]
  package.targets.removeAll { !needed.contains($0.name) }
  package.products = []
}

// The dashboard's program is the only one that needs a server of HTTP, which takes minutes to build
// for the first time: it is there when it is asked for ("make dashboard").
if Context.environment["UET_DASHBOARD"] == "1" {
  package.dependencies += [
    .package(
      url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1", traits: []),
    .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
    .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0", traits: []),
    .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
  ]
  package.targets.append(
    .executableTarget(
      name: "git-uet-dashboard",
      dependencies: [
        "UETDashboard", "UETEngine", "UETModel", "UETSystem", "UETWorkers",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
        .product(name: "HTTPTypes", package: "swift-http-types"),
        .product(name: "HummingbirdCore", package: "hummingbird"),
        .product(name: "Logging", package: "swift-log"),
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"),
      ], swiftSettings: strict, linkerSettings: programLinking))
}
