// swift-tools-version: 6.2
import PackageDescription

let package = Package(
  name: "git-uet",
  platforms: [.macOS(.v15)],
  targets: [
    .target(name: "UETModel", swiftSettings: [.treatAllWarnings(as: .error)]),
    .testTarget(name: "UETModelTests", dependencies: ["UETModel"]),
  ]
)
