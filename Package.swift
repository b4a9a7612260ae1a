// swift-tools-version: 6.2
import PackageDescription

let strict: [SwiftSetting] = [.treatAllWarnings(as: .error)]

let package = Package(
  name: "git-uet",
  platforms: [.macOS(.v15)],
  targets: [
    .target(name: "UETModel", dependencies: [], swiftSettings: strict),
    .target(name: "UETPlanning", dependencies: ["UETModel"], swiftSettings: strict),
    .testTarget(name: "UETModelTests", dependencies: ["UETModel"], swiftSettings: strict),
    .testTarget(
      name: "UETPlanningTests", dependencies: ["UETModel", "UETPlanning"], swiftSettings: strict),
  ],
  cLanguageStandard: .c11
)
