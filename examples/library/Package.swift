// swift-tools-version: 6.2
import PackageDescription

let package = Package(
  name: "uet-library-example",
  platforms: [.macOS(.v15)],
  dependencies: [
    // Elsewhere: .package(url: "https://...", from: "0.1.0")
    .package(name: "git-uet", path: "../..")
  ],
  targets: [
    .executableTarget(
      name: "plan-bundles",
      dependencies: [
        .product(name: "UETPlanning", package: "git-uet"),
        .product(name: "UETScheduling", package: "git-uet"),
      ]),
    .executableTarget(
      name: "simulate-queue", dependencies: [.product(name: "UETMergeQueue", package: "git-uet")]),
    .executableTarget(
      name: "read-ledger", dependencies: [.product(name: "UETLedger", package: "git-uet")]),
  ]
)
