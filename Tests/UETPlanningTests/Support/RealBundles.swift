import Foundation
import UETModel

/// The real bundles, where the shared data is at hand.
enum RealBundles {
  static let folder: URL? = {
    let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent()
    let shared =
      ProcessInfo.processInfo.environment["UET_SHARED"].map { URL(filePath: $0) }
      ?? root.deletingLastPathComponent().appending(path: "shared")
    let folder = shared.appending(path: "data/workstreams-36")
    return FileManager.default.fileExists(atPath: folder.path) ? folder : nil
  }()

  static var isPresent: Bool { folder != nil }

  /// Sorted by id, with resolved dependencies: only what planning needs is read.
  static func load() throws -> ([Workstream], [[Int]]) {
    guard let folder else { return ([], []) }
    var work: [Workstream] = []
    for name in try FileManager.default.contentsOfDirectory(atPath: folder.path)
    where name.hasSuffix(".json") {
      let bytes = try Data(contentsOf: folder.appending(path: name))
      let value = try JSONValue(parsing: Array(bytes))
      for entry in value.array ?? [value] { work.append(try workstream(entry)) }
    }
    work.sort { $0.id < $1.id }
    return (work, dependencies(of: work))
  }

  static func dependencies(of work: [Workstream]) -> [[Int]] {
    let places = Dictionary(uniqueKeysWithValues: work.enumerated().map { ($1.id.rawValue, $0) })
    return work.map { $0.dependsOn.compactMap { places[$0] }.sorted() }
  }

  private struct Unreadable: Error { let value: JSONValue }

  private static func workstream(_ value: JSONValue) throws -> Workstream {
    guard let id = value["id"]?.string.flatMap({ WorkstreamID($0) }) else {
      throw Unreadable(value: value)
    }
    let patterns = { (key: String) in
      try (value[key]?.array ?? []).compactMap(\.string).map { try ScopePattern($0) }
    }
    var result = Workstream(
      id: id, tasks: [], tool: "shell",
      scope: Workstream.Scope(
        writes: try patterns("files_scope"), creates: try patterns("files_create")))
    result.dependsOn = (value["depends_on"]?.array ?? []).compactMap(\.string)
    result.conflictGroup = value["conflict_group"]?.string
    result.parallelOK = value["parallel_ok"]?.bool ?? true
    result.estimate.effortHours = hours(value["metadata"]?["estimated_effort_hours"])
    return result
  }

  private static func hours(_ value: JSONValue?) -> Double? {
    if let number = value?.double { return number }
    let ends = (value?.string ?? "").split(separator: "-").compactMap { Double($0) }
    return ends.isEmpty ? nil : ends.reduce(0, +) / Double(ends.count)
  }
}
